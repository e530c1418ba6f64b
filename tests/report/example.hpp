/// A report to test and to look at: the head phantom with an invented dose (not a calculation).
#pragma once
#include "casefolder/phantom.hpp"
#include "report/report.hpp"
#include "report/scene.hpp"
#include "support.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright::test {

struct ReportExample {
    Volume<std::int16_t> ct;
    Volume<float> dose, uncertainty;
    ReportInput input;
};

/// Dose of two invented fields: flat over the target, falling off behind it and beside it.
inline float invented_dose_Gy(Vec3<double> p) {
    Vec3<double> const target{33, 8, -14};
    double sum = 0;
    for (auto const& towards : {Vec3<double>{-1, 0, 0}, normalized(Vec3<double>{-0.7, -0.7, 0})}) {
        auto const d = p - target;
        double const depth = dot(d, towards);
        double const side = norm(d - depth * towards);
        double const across = 0.5 * std::erfc((side - 19) / 4.0);
        double const distal = 0.5 * std::erfc((depth - 18) / 3.0);
        double const entrance = depth > -18 ? 1.0 : 0.72 + 0.28 * std::exp((depth + 18) / 14);
        sum += 30.3 * across * distal * entrance;
    }
    // A little noise that does not depend on a library's random numbers
    double const noise = std::sin(12.9898 * p.x + 78.233 * p.y + 37.719 * p.z) * 43758.5453;
    return static_cast<float>(sum * (1 + 0.02 * (noise - std::floor(noise) - 0.5)));
}

inline ReportStructure with_dvh(Structure const& structure, Volume<float> const& dose) {
    ReportStructure entry;
    entry.structure = structure;
    auto const outline = report::outline_of(structure, dose.grid);
    std::vector<std::pair<float, double>> cells; // dose, part of a voxel
    double all = 0;
    for (int k = 0; k < outline.size[2]; ++k) {
        for (int j = 0; j < outline.size[1]; ++j) {
            for (int i = 0; i < outline.size[0]; ++i) {
                double const part =
                    outline.filled[std::size_t((k * outline.size[1] + j) * outline.size[0] + i)] / 255.0;
                if (part > 0) {
                    cells.push_back(
                        {dose.at(outline.first[0] + i, outline.first[1] + j, outline.first[2] + k), part});
                    all += part;
                }
            }
        }
    }
    entry.volume_cm3 = all * dose.grid.voxel_cm3();
    std::sort(cells.begin(), cells.end());
    double left = all, mean = 0;
    auto const d_percent = [&](double percent) {
        double above = all;
        for (auto const& [value, part] : cells) {
            above -= part;
            if (above <= all * percent / 100) {
                return double(value);
            }
        }
        return 0.0;
    };
    for (auto const& [value, part] : cells) {
        entry.dose_Gy.push_back(value);
        entry.volume_percent.push_back(100 * left / all);
        left -= part;
        mean += value * part / all;
    }
    entry.metrics = {{"mean", mean, "Gy", 0.004 * mean},
                     {"D95", d_percent(95), "Gy", 0.006 * d_percent(95)},
                     {"D50", d_percent(50), "Gy", 0.005 * d_percent(50)},
                     {"D2", d_percent(2), "Gy", 0.01 * d_percent(2)}};
    return entry;
}

inline ReportExample make_example(double voxel_mm = 2.0) {
    ReportExample e;
    auto const phantom = read_phantom(source_dir() / "data" / "phantoms" / "head.json");
    Grid const grid = phantom_grid(phantom, voxel_mm);
    e.ct = voxelize(phantom, grid, 3);
    e.dose = Volume<float>(grid);
    e.uncertainty = Volume<float>(grid);
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i) {
                auto const p = grid.to_patient({double(i), double(j), double(k)});
                bool const air = e.ct.at(i, j, k) < -900;
                e.dose.at(i, j, k) = air ? 0.0F : invented_dose_Gy(p);
                e.uncertainty.at(i, j, k) = 0.016F / std::sqrt(std::max(e.dose.at(i, j, k), 0.5F) / 60.0F);
            }
        }
    }
    auto& in = e.input;
    in.case_label = "Demo head";
    in.subtitle = "Proton dose to medium, Monte Carlo, 60 Gy in 30 fractions";
    in.fractions = 30;
    in.prescription_structure = "CTV";
    in.prescription_Gy = 60.0;
    in.body_structure = "BODY";
    for (auto const& structure : phantom_structures(phantom, grid).structures) {
        in.structures.push_back(with_dvh(structure, e.dose));
        in.structures.back().shown =
            structure.name != "Skull" && structure.name != "AirCavity" && structure.name != "Brain";
    }
    auto const value = [&](std::string const& name, std::size_t metric) {
        for (auto const& s : in.structures) {
            if (s.structure.name == name) {
                return s.metrics[metric];
            }
        }
        return ReportMetric{};
    };
    in.goals = {
        {"CTV", "D95", "Gy", 57.0, {}, value("CTV", 1).value, value("CTV", 1).uncertainty},
        {"CTV", "D2", "Gy", {}, 64.2, value("CTV", 3).value, value("CTV", 3).uncertainty},
        {"Brainstem", "D2", "Gy", {}, 54.0, value("Brainstem", 3).value, value("Brainstem", 3).uncertainty},
        {"OpticChiasm",
         "D2",
         "Gy",
         {},
         54.0,
         value("OpticChiasm", 3).value,
         value("OpticChiasm", 3).uncertainty}};
    in.beams = {{1, "Left lateral", "generic_synchrotron", 90, 0, 21, 612, 71.2, 118.4, 4321.5, "", 3.2e10},
                {2, "Left posterior oblique", "generic_synchrotron", 135, 0, 24, 655, 82.0, 134.9, 4210.25,
                 "RS_30 (30 mm PMMA)", 3.1e10}};
    in.facts = {{"CTV D95", "58.9 ± 0.4 Gy"},
                {"Prescribed", "60 Gy in 30"},
                {"Uncertainty in CTV", "1.6 %"},
                {"Histories", "2.1e7 in 41 s"}};
    in.energy_budget = {{"ionization in the patient", 0.901},
                        {"neutrals that left", 0.046},
                        {"charged particles that left", 0.012},
                        {"nuclear binding", 0.029},
                        {"range shifter and air", 0.012}};
    in.notes = {"The dose here is invented by a test; it is not a calculation."};
    in.limits = {"Electrons deposit their energy where they are set free.",
                 "Neutrons are booked as escaped."};
    in.warnings = {{"isocenter lies 2 mm outside the target", "beam 2", "check the plan"}};
    in.run_record = Json::parse(
        R"({"program": "beamwright", "version": "0.1.0", "verb": "dose", "command": ["beamwright", "dose", "demo"],
        "seed": 1, "target": "scalar", "inputs": [{"role": "ct", "name": "ct.nrrd",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}], "wall_s": 41.2, "cpu_s": 80.9, "warnings": [],
        "histories": 21000000, "stop_reason": "uncertainty 2 % reached"})");
    in.ct_HU = &e.ct;
    in.dose_Gy = &e.dose;
    in.relative_uncertainty = &e.uncertainty;
    return e;
}

/// The volumes move with the example: point the input at them again.
inline ReportInput const& input_of(ReportExample& e) {
    e.input.ct_HU = &e.ct;
    e.input.dose_Gy = &e.dose;
    e.input.relative_uncertainty = &e.uncertainty;
    return e.input;
}

} // namespace beamwright::test
