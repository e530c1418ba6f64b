// Acceptance 14 and 17: a field of spots in solid water, with the runs of five codes for the Danish centre's plan.
#include "jobs/physics_check/comparisons.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace {

constexpr double voxel_mm = 20; // lateral; the codes score 20 x 20 mm2
constexpr int columns = 15, planes = 200;

/// 300 x 300 x 200 mm3 of solid water with a plate of PMMA at 20 to 25 mm; depth along z, axis at 0.
VoxelWorld solid_water(CaseRunner const& run) {
    VoxelWorld world;
    world.grid.size = {columns, columns, planes};
    world.grid.spacing_mm = {voxel_mm, voxel_mm, 1};
    world.grid.origin_mm = {-0.5 * (columns - 1) * voxel_mm, -0.5 * (columns - 1) * voxel_mm, 0.5};
    auto const& library = MaterialLibrary::shipped();
    world.materials = {library.named("Solid_water"), library.named("PMMA")};
    for (int k = 0; k < planes; ++k) {
        bool const plate = k >= 20 && k < 25;
        auto const voxels = static_cast<std::size_t>(columns) * columns;
        world.material.insert(world.material.end(), voxels, plate ? 1 : 0);
        double const density = plate ? world.materials[1].density_g_per_cm3 : run.number("density_g_per_cm3");
        world.density_g_per_cm3.insert(world.density_g_per_cm3.end(), voxels, static_cast<float>(density));
    }
    return world;
}

BeamSource field_of(ReferenceTable const& spots, CaseRunner const& run) {
    constexpr double fwhm = 2.354820045, cm = 10, mrad = 1e-3;
    BeamSource beam;
    beam.number = 1;
    beam.name = "plan02";
    beam.gantry_to_patient.rotation = {{1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    beam.gantry_to_patient.shift_mm = {0, 0, run.number("surface_above_isocenter_mm")};
    beam.source_plane_z_mm = run.number("optics_plane_mm");
    beam.virtual_source_x_mm = run.number("virtual_source_x_mm");
    beam.virtual_source_y_mm = run.number("virtual_source_y_mm");
    EnergyOptics optics;
    optics.mean_energy_MeV = optics.nominal_energy_MeV = 1000 * spots.number(0, "E_GeV_or_GeV_per_n");
    optics.energy_sigma_MeV = 1000 * spots.number(0, "dE_GeV_or_GeV_per_n");
    auto const axis = [&](std::string const& name) {
        return AxisOptics{.sigma_mm = cm * spots.number(0, "FWHM" + name + "_cm") / fwhm,
                          .divergence_rad =
                              mrad * spots.number(0, name == "x" ? "SigXpr_mrad" : "SigYpr_mrad"),
                          .correlation = spots.number(0, name == "x" ? "CorX" : "CorY")};
    };
    optics.gaussians.push_back({1.0, axis("x"), axis("y")});
    beam.optics.push_back(optics);
    for (std::size_t row = 0; row < spots.rows(); ++row) {
        beam.elements.push_back({.optics = 0,
                                 .x_mm = cm * spots.number(row, "X_cm"),
                                 .y_mm = cm * spots.number(row, "Y_cm"),
                                 .protons = spots.number(row, "Weight_primary_particle_count")});
    }
    return beam;
}

/// Along depth, mean over the voxels within `half` columns of the axis, each with its weight.
Curve along_depth(Volume<float> const& values, Volume<float> const& sigma, Volume<float> const* weight,
                  int half) {
    Curve curve;
    int const middle = columns / 2;
    for (int k = 0; k < planes; ++k) {
        double sum = 0, weights = 0, variance = 0;
        for (int j = middle - half; j <= middle + half; ++j) {
            for (int i = middle - half; i <= middle + half; ++i) {
                double const w = weight != nullptr ? weight->at(i, j, k) : 1;
                sum += w * values.at(i, j, k);
                variance += std::pow(w * sigma.at(i, j, k), 2);
                weights += w;
            }
        }
        curve.x.push_back(k + 0.5);
        curve.y.push_back(weights > 0 ? sum / weights : 0);
        curve.sigma.push_back(weights > 0 ? std::sqrt(variance) / weights : 0);
    }
    return curve;
}

/// Relative standard deviations as absolute ones.
Volume<float> absolute(Volume<float> const& values, Volume<float> relative) {
    for (std::size_t i = 0; i < relative.values.size(); ++i) {
        relative.values[i] *= values.values[i];
    }
    return relative;
}

/// A column of a code, depth in mm.
Curve of_code(ReferenceTable const& all, std::string const& code, std::string const& quantity) {
    auto curve = all.where("code", code).where("quantity", quantity).curve("depth_cm", "value");
    for (auto& x : curve.x) {
        x *= 10;
    }
    return curve;
}

/// Depths as parts of R80: codes and materials that differ by tenths of a mm there are compared at equal residual range.
Curve moved_to(Curve const& curve, double own_r80, double r80) { return shifted(curve, r80 - own_r80); }

void compare_let(CaseRunner& run, ReferenceTable const& all, DoseResult const& result,
                 Volume<float> const& volume, Volume<float> const& relative, std::string const& quantity,
                 std::string const& name) {
    auto const& dose = result.total.to_medium_Gy;
    auto ours = scaled(along_depth(volume, absolute(volume, relative), &dose, 1), 10); // MeV/cm
    double const r80 = distal_mm(along_depth(dose, result.total.to_medium_sigma_Gy, nullptr, 1), 0.8);
    // Means over a few mm on both sides: single bins are noisy in all codes
    auto const many = static_cast<std::size_t>(run.number("bins_together"));
    ours = rebinned(ours, many);
    std::vector<Curve> codes;
    for (char const* const code : {"sh12a", "openshieldhit"}) {
        double const own = distal_mm(of_code(all, code, "DOSE.all.mat"), 0.8);
        codes.push_back(
            binned_at(moved_to(of_code(all, code, quantity), own, r80), ours.x, static_cast<double>(many)));
    }
    Figure figure{.acceptance = 14,
                  .what = name + " up to R80",
                  .unit = "%",
                  .reference = "mean of SHIELD-HIT12A and openSHIELDHIT"};
    double beyond = 0, mean = 0;
    int points = 0;
    Curve percent;
    for (std::size_t i = 0; i < ours.size() && ours.x[i] <= r80; ++i) {
        if (ours.x[i] < run.number("from_mm")) {
            continue;
        }
        double const there = 0.5 * (value_at(codes[0], ours.x[i]) + value_at(codes[1], ours.x[i]));
        double const apart = 100 * (ours.y[i] / there - 1), sigma = 100 * ours.sigma[i] / there;
        percent.x.push_back(ours.x[i]);
        percent.y.push_back(apart);
        percent.sigma.push_back(sigma);
        beyond = std::max(beyond, std::fabs(apart) - granted_sigmas * sigma);
        mean += apart;
        ++points;
        if (std::fabs(apart) > std::fabs(figure.value)) {
            figure.value = apart;
            figure.sigma = sigma;
            figure.detail =
                fmt::format("worst at {:.1f} mm: {:.2f} against {:.2f} and {:.2f} MeV/cm", ours.x[i],
                            ours.y[i], value_at(codes[0], ours.x[i]), value_at(codes[1], ours.x[i]));
        }
    }
    figure.detail += fmt::format("; {:+.1f} % in the mean", mean / std::max(points, 1));
    figure.beyond_noise = beyond;
    run.judge(figure, "let_percent");
    Plot plot{name + ", 160 MeV field",
              "Depths of the codes are moved so that all R80 coincide.",
              "depth in solid water [mm]",
              "LET in water [MeV/cm]",
              {{"ours", ours}, {"SHIELD-HIT12A", codes[0], true}, {"openSHIELDHIT", codes[1], true}}};
    auto const mcnp = all.where("code", "mcnp").where("quantity", quantity);
    if (mcnp.rows() > 1) {
        plot.lines.push_back({"MCNP6.3",
                              moved_to(of_code(all, "mcnp", quantity),
                                       distal_mm(of_code(all, "mcnp", "DOSE.all.mat"), 0.8), r80),
                              true});
    }
    run.plot(plot);
    run.plot({name + ": difference",
              "",
              "depth in solid water [mm]",
              "ours - mean of the two [%]",
              {{"difference", percent}}});
}

void compare_dose(CaseRunner& run, ReferenceTable const& all, DoseResult const& result, double protons) {
    // Gy per course to MeV/g per proton
    constexpr double MeV_per_g_per_Gy = 1 / 1.602176634e-10;
    double const unit = MeV_per_g_per_Gy / protons;
    auto const ours =
        scaled(along_depth(result.total.to_medium_Gy, result.total.to_medium_sigma_Gy, nullptr, 0), unit);
    double const at = run.number("dose_depth_mm");
    // The mean of four bins, two on each side of the place
    Curve const smooth = binned_at(ours, {at}, 4);
    Plot plot{
        "Dose of the 160 MeV field", "", "depth in solid water [mm]", "MeV/g per proton", {{"ours", ours}}};
    double mean = 0;
    int codes = 0;
    std::string detail;
    for (char const* const code : {"sh12a", "openshieldhit", "mcnp", "fluka.cern", "topas"}) {
        auto const theirs = of_code(all, code, "DOSE.all.mat");
        plot.lines.push_back({code, theirs, true});
        double const there = value_at(binned_at(theirs, {at}, 4), at);
        mean += there;
        ++codes;
        detail += fmt::format("{}{} {:.4f}", codes > 1 ? ", " : "", code, there);
        double const r80 = distal_mm(ours, 0.8), their_r80 = distal_mm(theirs, 0.8);
        run.add({.acceptance = 17,
                 .what = fmt::format("R80 less that of {}", code),
                 .value = r80 - their_r80,
                 .unit = "mm",
                 .detail = fmt::format("{:.2f} against {:.2f} mm", r80, their_r80),
                 .reference = "DCPT plan02"});
    }
    double const expected = run.number("dose_MeV_per_g");
    run.judge({.acceptance = 17,
               .what = fmt::format("dose per proton at {:g} mm", at),
               .value = 100 * (smooth.y[0] / expected - 1),
               .sigma = 100 * smooth.sigma[0] / (2 * expected), // of four bins
               .unit = "%",
               .detail = fmt::format("{:.4f} against {:.4f} MeV/g; codes: {}, mean {:.4f}", smooth.y[0],
                                     expected, detail, mean / codes),
               .reference = "DCPT plan02"},
              "dose_percent");
    run.plot(plot);
}

} // namespace

void compare_field(CaseRunner& run) {
    auto const spots = run.reference(1);
    auto const all = run.reference(0).where("plan", "plan02_field01_geoD_mono");
    auto const world = solid_water(run);
    DoseRequest request;
    request.world = &world;
    request.beams = {field_of(spots, run)};
    request.options.let = LetParticles::protons;
    request.options.stop.histories = static_cast<std::int64_t>(run.number("histories"));
    request.options.keep_beams = false;
    double protons = 0;
    for (auto const& element : request.beams.front().elements) {
        protons += element.protons;
    }
    run.expect_runs(1);
    auto const result = run.dose(request);
    compare_dose(run, all, result, protons);
    compare_let(run, all, result, result.let.dose_averaged_keV_per_um, result.let.dose_averaged_sigma_rel,
                "DLET.protons.H2O", "LETd of protons");
    compare_let(run, all, result, result.let.track_averaged_keV_per_um, result.let.track_averaged_sigma_rel,
                "TLET.protons.H2O", "LETt of protons");
}

} // namespace beamwright::physics_check
