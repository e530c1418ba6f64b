// Acceptance 13: slabs across the beam: curve, widths, water-equivalent depths, metal.
#include "core/text.hpp"
#include "jobs/physics_check/comparisons.hpp"
#include "jobs/spot.hpp"
#include "physics/proton/scattering.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cctype>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace {

/// "water:50 Bone_Cortical:20" as slabs.
std::vector<SpotSlab> slabs_of(std::string const& text) {
    std::vector<SpotSlab> slabs;
    for (auto const& word : words_of(text)) {
        slabs.push_back(slab_named(word));
    }
    return slabs;
}

/// Runs of equal material and density of a table with one row per mm; the last one deeper.
std::vector<SpotSlab> slabs_in(ReferenceTable const& table, double more_mm) {
    std::vector<SpotSlab> slabs;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        int const label = static_cast<int>(table.number(row, "material_label"));
        auto const* const material = MaterialLibrary::shipped().find_mcsquare(label);
        if (material == nullptr) {
            refuse(fmt::format("material number {} of the slabs is not known", label),
                   "the numbers are those of MCsquare's list", "restore the reference file");
        }
        double const density = table.number(row, "density_g_cm3");
        if (slabs.empty() || slabs.back().material.name != material->name ||
            slabs.back().density_g_per_cm3 != density) {
            slabs.push_back({*material, density, 0});
        }
        slabs.back().thickness_mm += 1;
    }
    slabs.back().thickness_mm += more_mm;
    return slabs;
}

/// Slab by slab; 0 leaves the material's own.
void give_mean_excitations(std::vector<SpotSlab>& slabs, std::vector<double> const& mean_excitation_eV) {
    if (!mean_excitation_eV.empty() && mean_excitation_eV.size() != slabs.size()) {
        refuse(
            fmt::format("{} mean excitation energies for {} slabs", mean_excitation_eV.size(), slabs.size()),
            "each slab has one, 0 for the material's own", "correct the case text");
    }
    for (std::size_t i = 0; i < mean_excitation_eV.size(); ++i) {
        slabs[i].material.mean_excitation_eV = mean_excitation_eV[i];
        slabs[i].material.name +=
            mean_excitation_eV[i] > 0 ? fmt::format("_{:g}_eV", mean_excitation_eV[i]) : "";
    }
}

/// All materials of slabs with their tables; slab i is material i.
struct SlabTables {
    explicit SlabTables(std::vector<SpotSlab> const& slabs_, WaterStopping water)
        : slabs(slabs_), tables(materials(), water) {}
    std::vector<SpotSlab> const& slabs;
    ProtonMaterialTables tables;

    std::vector<Material> materials() const {
        std::vector<Material> list;
        for (auto const& slab : slabs) {
            list.push_back(slab.material);
        }
        return list;
    }
    /// Residual range in water after a piece of slab i, g/cm2.
    double range_after(std::size_t i, double range, double piece_mm) const {
        auto const view = tables.view();
        auto const loss = [&](double at) {
            return stopping_ratio(view, static_cast<std::uint32_t>(i), water_energy_MeV(view, at)) *
                   slabs[i].density_g_per_cm3 * 0.1 * piece_mm;
        };
        double const half = range - 0.5 * loss(range);
        return range - loss(half);
    }
};

/// Fermi and Eyges: variance of the position at a depth with the differential Moliere scattering power.
double fermi_eyges_mm(SlabTables const& stack, double energy_MeV, double depth_mm, double sigma_mm) {
    constexpr double piece_mm = 0.1;
    auto const view = stack.tables.view();
    Scattering<double> const scattering{view};
    double const entry = pv_MeV(energy_MeV, constants::proton_MeV);
    double range = water_range_g_per_cm2(view, energy_MeV), before = energy_MeV, at = 0,
           variance = sigma_mm * sigma_mm;
    for (std::size_t i = 0; i < stack.slabs.size() && at < depth_mm; ++i) {
        double const end = std::min(at + stack.slabs[i].thickness_mm, depth_mm);
        auto const pieces = static_cast<int>(std::lround((end - at) / piece_mm));
        for (int p = 0; p < pieces; ++p) {
            range = stack.range_after(i, range, piece_mm);
            double const after = water_energy_MeV(view, range);
            double const angle =
                scattering.angle_variance(static_cast<std::uint32_t>(i), stack.slabs[i].density_g_per_cm3,
                                          0.1 * piece_mm, before, after, entry);
            double const lever_mm = depth_mm - (at + (p + 0.5) * piece_mm);
            variance += angle * lever_mm * lever_mm;
            before = after;
        }
        at = end;
    }
    return std::sqrt(variance);
}

double density_of(std::vector<SpotSlab> const& slabs, double depth_mm) {
    double end = 0;
    for (auto const& slab : slabs) {
        end += slab.thickness_mm;
        if (depth_mm < end) {
            return slab.density_g_per_cm3;
        }
    }
    return 1;
}

} // namespace

void compare_slab_curve(CaseRunner& run) {
    run.expect_runs(run.references().size());
    for (std::size_t file = 0; file < run.references().size(); ++file) {
        auto const table = run.reference(file);
        auto const theirs = table.curve("depth_mm", "idd_MeV_per_mm_per_primary", "idd_se");
        auto request = run.spot_request(run.number("energy_MeV"));
        request.energy_sigma_MeV = run.numbers("spreads_percent").at(file) / 100 * request.energy_MeV;
        request.slabs = slabs_in(table, 30);
        give_mean_excitations(request.slabs, run.numbers_or("mean_excitation_eV", {}));
        auto const result = run.spot(request);
        auto const ours = curve_of(result);
        double const r80 = distal_mm(ours, 0.8), there = distal_mm(theirs, 0.8);
        auto const name =
            fmt::format("{:g} MeV, spread {:g} %", request.energy_MeV, run.numbers("spreads_percent")[file]);
        auto const before = area_normalized_difference(ours, theirs, 0, 0.9 * there, granted_sigmas);
        run.judge({.what = name + ": shape before 0.9 R80",
                   .value = 100 * before.worst,
                   .sigma = 100 * before.sigma,
                   .unit = "% of max",
                   .detail = fmt::format("worst at {:.1f} mm, where the density is {:g}", before.at,
                                         density_of(request.slabs, before.at)),
                   .reference = "MCsquare",
                   .beyond_noise = 100 * before.most_beyond_noise},
                  "before_percent");
        run.judge({.what = name + ": R80",
                   .value = r80 - there,
                   .sigma = r80_sigma_mm(r80, static_cast<double>(result.histories)),
                   .unit = "mm",
                   .detail = fmt::format("{:.2f} against {:.2f} mm", r80, there),
                   .reference = "MCsquare"},
                  "r80_mm");
        run.plot({"Slabs, " + name,
                  "Water, bone, lung, water.",
                  "depth [mm]",
                  "MeV/mm per proton",
                  {{"ours", ours}, {"MCsquare", theirs, true}}});
        auto const whole = area_normalized_difference(ours, theirs, 0, 1.1 * there, granted_sigmas);
        run.plot({"Slabs, " + name + ": difference",
                  "",
                  "depth [mm]",
                  "ours - theirs [% of maximum]",
                  {{"difference", scaled(whole.difference, 100)}}});
    }
}

void compare_slab_widths(CaseRunner& run) {
    auto const slabs = slabs_of(run.word("slabs"));
    double const energy = run.number("energy_MeV");
    SlabTables const stack(slabs, WaterStopping::icru90);
    auto const depths = run.numbers("depths_mm");
    run.expect_runs(2);
    Curve theory;
    std::vector<PlotLine> lines;
    for (auto const mode : {PhysicsMode::full, PhysicsMode::fast}) {
        auto request = run.spot_request(energy);
        request.slabs = slabs;
        request.mode = mode;
        request.on.nuclear = false;
        request.sigma_depths_mm = depths;
        auto const result = run.spot(request);
        Curve ours;
        for (auto const& [depth, sigma] : result.sigma_mm) {
            double const expected = fermi_eyges_mm(stack, energy, depth, request.x.sigma_mm);
            // Of one axis; the spread of n positions is known to 1 / sqrt(2 n)
            double const error = sigma / std::sqrt(2 * static_cast<double>(result.histories));
            run.judge({.what = fmt::format("{}: sigma at {:.1f} mm", to_string(mode), depth),
                       .value = 100 * (sigma / expected - 1),
                       .sigma = 100 * error / expected,
                       .unit = "%",
                       .detail = fmt::format("{:.3f} against {:.3f} mm", sigma, expected),
                       .reference = "Fermi-Eyges, differential Moliere power"},
                      "sigma_percent");
            ours.x.push_back(depth);
            ours.y.push_back(sigma);
            if (mode == PhysicsMode::full) {
                theory.x.push_back(depth);
                theory.y.push_back(expected);
            }
        }
        lines.push_back({to_string(mode), ours});
    }
    lines.push_back({"Fermi-Eyges", theory, true});
    run.plot(
        {"Width behind slabs", "Fitted Gaussians; nuclear events off.", "depth [mm]", "sigma [mm]", lines});
}

void compare_slab_depths(CaseRunner& run) {
    auto const slabs = slabs_of(run.word("slabs"));
    double const energy = run.number("energy_MeV");
    SlabTables const stack(slabs, WaterStopping::icru90);
    run.expect_runs(slabs.size());
    auto const water = run.spot(run.spot_request(energy));
    double const sigma = std::sqrt(2.0) * r80_sigma_mm(water.r80_mm, static_cast<double>(water.histories));
    double range = water_range_g_per_cm2(stack.tables.view(), energy), depth = 0;
    double const whole = range;
    for (std::size_t i = 0; i + 1 < slabs.size(); ++i) {
        auto const pieces = static_cast<int>(std::lround(slabs[i].thickness_mm / 0.1));
        for (int p = 0; p < pieces; ++p) {
            range = stack.range_after(i, range, 0.1);
        }
        depth += slabs[i].thickness_mm;
        auto request = run.spot_request(energy);
        request.seed += static_cast<std::uint32_t>(i) + 1;
        request.slabs.assign(slabs.begin(), slabs.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        request.slabs.push_back(water_for(energy, request.depth_step_mm));
        double const found = water.r80_mm - (run.spot(request).r80_mm - depth);
        double const expected = 10 * (whole - range);
        run.judge({.what = fmt::format("water-equivalent depth of the end of {} ({:g} mm)",
                                       slabs[i].material.name, depth),
                   .value = found - expected,
                   .sigma = sigma,
                   .unit = "mm",
                   .detail = fmt::format("{:.2f} against {:.2f} mm", found, expected),
                   .reference = "integral of the stopping power"},
                  "depth_mm");
    }
}

namespace {

/// Water-equivalent thicknesses from NIST's ranges, which go with a power of the energy: straight lines between logarithms.
class PstarRanges {
public:
    explicit PstarRanges(ReferenceTable const& table) : table_(table), water_(ranges("WATER, LIQUID")) {}

    /// Of a slab that protons of this energy reach behind so much water.
    double thickness_mm(SpotSlab const& slab, double energy_MeV, double before_mm) const {
        auto name = slab.material.name;
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        auto const solid = ranges(name);
        double const reached = energy_at(water_, range_at(water_, energy_MeV) - 0.1 * before_mm);
        double const left =
            energy_at(solid, range_at(solid, reached) - 0.1 * slab.thickness_mm * slab.density_g_per_cm3);
        return 10 * (range_at(water_, reached) - range_at(water_, left));
    }

private:
    Curve ranges(std::string const& name) const {
        auto curve = table_.where("material_nist", name).curve("T_MeV", "range_csda_g_per_cm2");
        for (std::size_t i = 0; i < curve.size(); ++i) {
            curve.x[i] = std::log(curve.x[i]);
            curve.y[i] = std::log(curve.y[i]);
        }
        return curve;
    }
    static double range_at(Curve const& lg, double energy) {
        return std::exp(value_at(lg, std::log(energy)));
    }
    static double energy_at(Curve const& lg, double range) {
        return std::exp(value_at(Curve{lg.y, lg.x, {}}, std::log(range)));
    }
    ReferenceTable table_;
    Curve water_;
};

} // namespace

void compare_implant(CaseRunner& run) {
    PstarRanges const pstar(run.reference(0));
    double const energy = run.number("energy_MeV"), before_mm = run.number("before_mm");
    auto const metals = words_of(run.word("metals"));
    run.expect_runs(2 * (metals.size() + 1));
    // Ranges know nothing of detours: judged with straight protons, reported with scattering
    for (bool const scattering : {false, true}) {
        auto request = run.spot_request(energy);
        request.water_stopping = WaterStopping::pstar; // as the reference
        request.on.scattering = scattering;
        auto const alone = run.spot(request);
        double const sigma =
            std::sqrt(2.0) * r80_sigma_mm(alone.r80_mm, static_cast<double>(alone.histories));
        for (auto const& metal : metals) {
            auto const slab = slab_named(metal);
            double const expected = pstar.thickness_mm(slab, energy, before_mm);
            auto stack = request;
            stack.seed += 1;
            stack.slabs = {{request.slabs[0].material, 1.0, before_mm}, slab, request.slabs[0]};
            double const behind_mm = before_mm + slab.thickness_mm;
            double const r80 = distal_beyond_mm(curve_of(run.spot(stack)), 0.8, behind_mm);
            double const found = alone.r80_mm - (r80 - slab.thickness_mm);
            Figure figure{.what =
                              fmt::format("water-equivalent thickness of {:g} mm of {}{}", slab.thickness_mm,
                                          slab.material.name, scattering ? ", with scattering" : ""),
                          .value = found - expected,
                          .sigma = sigma,
                          .unit = "mm",
                          .detail = fmt::format("{:.2f} against {:.2f} mm", found, expected),
                          .reference = "NIST PSTAR"};
            if (scattering) {
                run.add(figure);
            } else {
                run.judge(figure, "thickness_mm", expected);
            }
        }
    }
}

} // namespace beamwright::physics_check
