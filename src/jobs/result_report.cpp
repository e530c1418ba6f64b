#include "jobs/result_report.hpp"
#include "jobs/report_structure.hpp"
#include "jobs/structure_metrics.hpp"
#include "report/report.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace beamwright {

namespace {

std::string unit_text(DoseGoal::Unit unit) {
    return unit == DoseGoal::Unit::Gy ? "Gy" : unit == DoseGoal::Unit::percent ? "%" : "cm³";
}

double prescription_of(CaseDescription const& description) {
    return description.prescription ? description.prescription->dose_Gy : 0;
}

StructureDvh const* dvh_named(std::vector<StructureDvh> const& structures, std::string const& name) {
    auto const found =
        std::find_if(structures.begin(), structures.end(), [&](auto const& s) { return s.name == name; });
    return found == structures.end() ? nullptr : &*found;
}

ReportStructure report_structure(Structure const& drawn, StructureDvh const& values) {
    auto out = report_curve(drawn, values);
    if (!out.shown) {
        return out;
    }
    auto const& dvh = values.dvh;
    out.metrics = {{"mean", dvh.mean_Gy(), "Gy", values.mean_uncertainty_Gy},
                   {"D98", dvh.near_min_Gy(), "Gy", {}},
                   {"D95", dvh.dose_at_percent(95), "Gy", {}},
                   {"D50", dvh.median_Gy(), "Gy", {}},
                   {"D2", dvh.near_max_Gy(), "Gy", {}}};
    if (auto const hot = dvh.dose_at_cm3(0.03)) {
        out.metrics.push_back({"D0.03cc", *hot, "Gy", {}});
    }
    return out;
}

std::vector<ReportBeam> report_beams(Plan const& plan) {
    std::vector<ReportBeam> beams;
    for (auto const& beam : plan.beams) {
        ReportBeam out;
        out.number = beam.number;
        out.name = beam.name;
        out.machine = beam.machine_name;
        out.gantry_deg = beam.gantry_deg;
        out.couch_deg = beam.couch_deg;
        out.layers = static_cast<int>(beam.layers.size());
        out.energy_min_MeV = beam.layers.empty() ? 0 : beam.layers.front().energy_MeV;
        for (auto const& layer : beam.layers) {
            out.spots += static_cast<int>(layer.spots.size());
            out.energy_min_MeV = std::min(out.energy_min_MeV, layer.energy_MeV);
            out.energy_max_MeV = std::max(out.energy_max_MeV, layer.energy_MeV);
        }
        out.meterset_MU = beam.meterset_MU;
        for (auto const& shifter : beam.range_shifters) {
            out.range_shifter += (out.range_shifter.empty() ? "" : ", ") + shifter.id;
        }
        for (auto const& block : beam.blocks) {
            out.range_shifter += (out.range_shifter.empty() ? "" : ", ") + block.id +
                                 (block.is_aperture ? " (aperture)" : " (block)");
        }
        for (auto const& filter : beam.ridge_filters) {
            out.range_shifter += (out.range_shifter.empty() ? "" : ", ") + filter.id + " (ridge filter)";
        }
        beams.push_back(out);
    }
    return beams;
}

std::vector<ReportFact> facts_of(Json const& record, Plan const& plan) {
    std::vector<ReportFact> facts;
    facts.push_back({"Histories", fmt::format("{:.3g}", record.value("histories", 0.0))});
    facts.push_back({"Stopped by", record.value("stop_reason", std::string())});
    facts.push_back({"Mean uncertainty per voxel",
                     fmt::format("{:.2f} % (1σ)", 100 * record.value("mean_relative_uncertainty", 0.0))});
    facts.push_back({"Time", fmt::format("{:.1f} s ({:.1f} CPU s)", record.value("wall_s", 0.0),
                                         record.value("cpu_s", 0.0))});
    facts.push_back({"Fractions", fmt::format("{}", plan.fractions)});
    for (auto const& depth : record.value("water_equivalent_depth", Json::array())) {
        facts.push_back({fmt::format("Beam {}: water depth of the target", depth.value("beam", 0)),
                         fmt::format("{:.1f} to {:.1f} mm", depth.value("least_mm", 0.0),
                                     depth.value("greatest_mm", 0.0))});
    }
    return facts;
}

std::vector<ReportShare> energy_shares(Json const& record) {
    std::vector<ReportShare> shares;
    auto const budget = record.value("energy_budget", Json::object());
    double const source = budget.value("source_MeV", 0.0);
    if (source > 0) {
        for (auto const& [key, label] :
             std::map<std::string, std::string>{{"deposited_MeV", "deposited"},
                                                {"outside_grid_MeV", "left in air and shifter"},
                                                {"escaped_charged_MeV", "escaped protons"},
                                                {"neutrons_MeV", "neutrons"},
                                                {"gammas_MeV", "gammas"}}) {
            shares.push_back({label, budget.value(key, 0.0) / source});
        }
    }
    return shares;
}

std::vector<ReportGoal> report_goals(CaseDescription const& description,
                                     std::vector<StructureDvh> const& structures) {
    std::vector<ReportGoal> goals;
    for (auto const& goal : description.goals) {
        auto const* const values = dvh_named(structures, goal.structure);
        auto const value =
            values ? metric_value(*values, goal.metric, prescription_of(description)) : std::nullopt;
        if (value) {
            ReportGoal out;
            out.structure = goal.structure;
            out.metric = goal.metric;
            out.unit = unit_text(goal.unit);
            out.at_least = goal.at_least;
            out.at_most = goal.at_most;
            out.value = *value;
            goals.push_back(out);
        }
    }
    return goals;
}

std::vector<Warning> warnings_of(Json const& record) {
    std::vector<Warning> warnings;
    for (auto const& w : record.value("warnings", Json::array())) {
        warnings.push_back({w.value("problem", ""), w.value("why", ""), w.value("do", "")});
    }
    return warnings;
}

Volume<float> relative_of(ResultValues const& result) {
    Volume<float> relative(result.dose_Gy.grid);
    for (std::size_t i = 0; i < relative.values.size(); ++i) {
        float const dose = result.dose_Gy.values[i];
        relative.values[i] = dose > 0 ? result.sigma_Gy.values[i] / dose : 0.0F;
    }
    return relative;
}

} // namespace

Json goals_json(CaseDescription const& description, std::vector<StructureDvh> const& structures) {
    Json list = Json::array();
    for (auto const& goal : report_goals(description, structures)) {
        bool const met = (!goal.at_least || goal.value >= *goal.at_least) &&
                         (!goal.at_most || goal.value <= *goal.at_most);
        Json json{{"structure", goal.structure},
                  {"metric", goal.metric},
                  {"unit", goal.unit},
                  {"value", goal.value}};
        if (goal.at_least) {
            json["at_least"] = *goal.at_least;
        }
        if (goal.at_most) {
            json["at_most"] = *goal.at_most;
        }
        json["met"] = met;
        list.push_back(json);
    }
    return list;
}

std::string report_of(CaseFolder const& folder, StructureSet const& structures, Plan const& plan,
                      Volume<std::int16_t> const& ct_HU, ResultValues const& result) {
    auto const& description = folder.description();
    auto const relative = relative_of(result);
    ReportInput input;
    input.case_label = description.label;
    input.verb = result.record.value("verb", std::string("dose"));
    input.subtitle = "Proton dose to medium, Monte Carlo";
    input.fractions = plan.fractions;
    if (description.prescription) {
        input.prescription_structure = description.prescription->structure;
        input.prescription_Gy = description.prescription->dose_Gy;
    }
    input.ct_HU = &ct_HU;
    input.dose_Gy = &result.dose_Gy;
    input.relative_uncertainty = &relative;
    input.body_structure = description.body_structure;
    input.facts = facts_of(result.record, plan);
    for (auto const& structure : structures.structures) {
        auto const found = std::find_if(result.structures.begin(), result.structures.end(),
                                        [&](auto const& s) { return s.number == structure.number; });
        if (found != result.structures.end()) {
            input.structures.push_back(report_structure(structure, *found));
        }
    }
    input.goals = report_goals(description, result.structures);
    input.beams = report_beams(plan);
    input.energy_budget = energy_shares(result.record);
    if (!result.let.particles.empty()) {
        input.maps.push_back({"LETd of " + result.let.particles, "keV/µm", &result.let.dose_averaged});
        input.sections.push_back(let_section(result.let));
    }
    input.run_record = result.record;
    input.warnings = warnings_of(result.record);
    input.notes = {
        "Dose is physical dose to medium in Gy for the whole course; no RBE is applied.",
        "Uncertainty is one standard deviation from independent batches of histories. Stated above 20 %, it "
        "only says that too few protons came: there it is too small.",
        "The uncertainty of a mean takes voxels as independent.",
        "Air outside the body structure is given no dose: it would be noise."};
    input.limits = {
        result.record.value("settings", Json::object()).value("physics", "fast") == "full"
            ? "Coulomb scattering: soft collisions as a Gaussian, hard ones one by one (theory, "
              "docs/methods)."
            : "Coulomb scattering is the Gaussian differential Moliere form; its tail is left out.",
        "Delta electrons deposit where they are made; neutrons and photons leave and give no dose.",
        "Machine and calibration are as named below; a generic machine is no hospital's machine."};
    return render_report(input);
}

} // namespace beamwright
