// Acceptance 2, 4, 8, 11: ranges, straggling, removal of primaries, energy balance, in water.
#include "physics/proton/straggling.hpp"
#include "transport/engine/transport_tables.hpp"
#include "transport/schedule/spot.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

SpotRequest narrow(double energy_MeV, std::int64_t histories) {
    SpotRequest request;
    request.energy_MeV = energy_MeV;
    request.histories = histories;
    request.lateral_mm = 200;
    request.voxel_mm = 5;
    request.depth_step_mm = 0.1;
    request.seed = 4;
    return request;
}

SpotResult spot(SpotRequest const& request) {
    Warnings warnings;
    return calculate_spot(request, warnings);
}

/// ICRU Report 90 (2016), Table A.9: CSDA range in water and its detour factor, typed from the report.
struct RangeInReport {
    double energy_MeV, range_g_per_cm2;
};
constexpr RangeInReport icru90[] = {{100, 7.759}, {150, 15.86}, {200, 26.09}};
constexpr double detour = 0.9987;

TEST(Range, r80_on_a_fine_scorer_is_the_range_of_icru_90) {
    // Of 10,000 protons with a range sigma of 1.1 % the mean has 0.03 mm at 200 MeV: far within the bar
    for (auto const& row : icru90) {
        auto const result = spot(narrow(row.energy_MeV, 10'000));
        double const expected = 10 * row.range_g_per_cm2 * detour;
        EXPECT_NEAR(result.r80_mm, expected, 0.15 + 1e-3 * expected) << row.energy_MeV << " MeV";
    }
}

TEST(Range, does_not_depend_on_step_settings) {
    auto request = narrow(150, 60'000); // two R80 of 0.02 mm each
    double const usual = spot(request).r80_mm;
    request.limits.straggling_share = request.limits.scattering_share = 0.05;
    request.limits.most_g_per_cm2 = 0.2;
    EXPECT_NEAR(spot(request).r80_mm, usual, 0.1);
    request.limits.straggling_share = request.limits.scattering_share = 0.25;
    request.limits.most_g_per_cm2 = 4;
    EXPECT_NEAR(spot(request).r80_mm, usual, 0.1);
}

TEST(Range, coarse_voxels_agree_with_the_fine_curve_rebinned) {
    // 40,000 protons: a coarse bin has less than 0.25 % of the maximum as noise; 0.5 % + 4 sigma
    auto request = narrow(100, 40'000);
    auto const fine = spot(request).integrated_depth_dose;
    for (double const edge_mm : {0.5, 1.0, 2.0, 3.0}) {
        request.voxel_mm = edge_mm;
        request.depth_step_mm = 0;
        request.seed += 1;
        auto const coarse = spot(request).integrated_depth_dose;
        double most = 0;
        for (auto const& point : coarse) {
            most = std::max(most, point.MeV_per_mm);
        }
        auto const ratio = static_cast<std::size_t>(std::lround(edge_mm / 0.1));
        for (std::size_t k = 0; (k + 1) * ratio <= fine.size() && k < coarse.size(); ++k) {
            double mean = 0, variance = 0;
            for (std::size_t i = k * ratio; i < (k + 1) * ratio; ++i) {
                mean += fine[i].MeV_per_mm / static_cast<double>(ratio);
                variance += std::pow(fine[i].sigma_MeV_per_mm / static_cast<double>(ratio), 2);
            }
            double const noise = std::hypot(coarse[k].sigma_MeV_per_mm, std::sqrt(variance));
            EXPECT_NEAR(coarse[k].MeV_per_mm, mean, 0.005 * most + 4 * noise)
                << edge_mm << " mm voxels, bin " << k;
        }
    }
}

/// Variance of the range in water by quadrature over a stopping table: integral of T / S^3 dE, T = K' Tmax
/// (1 - beta^2/2); ICRU 49 eq. for xi, electrons per gram of water.
double range_sigma_mm(ProtonMaterialsView const& water, double energy_MeV) {
    constexpr double electrons_mol_per_g = 0.55508; // 10 / 18.0153
    double sum = 0;
    int const steps = 20'000;
    for (int i = 0; i < steps; ++i) {
        double const at = energy_MeV * (i + 0.5) / steps;
        double const tau = at / constants::proton_MeV;
        double const beta2 = tau * (tau + 2) / ((tau + 1) * (tau + 1));
        double const xi = 0.5 * constants::bethe_MeV_cm2_per_mol * electrons_mol_per_g / beta2;
        double const stopping = water_mass_stopping_MeV_cm2_per_g(water, at);
        sum +=
            xi * largest_electron_MeV(tau) * (1 - 0.5 * beta2) / std::pow(stopping, 3) * energy_MeV / steps;
    }
    return 10 * std::sqrt(sum);
}

TEST(Straggling, spread_of_end_points_is_the_quadrature_over_the_stopping_power) {
    TransportTables const tables({}, WaterStopping::icru90, false);
    for (double const energy_MeV : {100.0, 150.0}) {
        auto request = narrow(energy_MeV, 100'000);
        request.depth_step_mm = 0.25;
        request.on = {.nuclear = false, .straggling = true, .scattering = false};
        auto const curve = spot(request).integrated_depth_dose;
        // Primaries that enter a bin but not the next end there; moments about the middle of bins
        double mean = 0, square = 0, all = 0;
        for (std::size_t k = 0; k + 1 < curve.size(); ++k) {
            double const ended = curve[k].primaries - curve[k + 1].primaries;
            all += ended;
            mean += ended * curve[k].depth_mm;
            square += ended * curve[k].depth_mm * curve[k].depth_mm;
        }
        EXPECT_NEAR(all, 1, 1e-9);
        double const sigma = std::sqrt(square - mean * mean - 0.25 * 0.25 / 12);
        double const expected = range_sigma_mm(tables.view(1.0).materials, energy_MeV);
        // 100,000 end points: sigma has 0.22 %; the bar of 1 % is 4.5 of them
        EXPECT_NEAR(sigma, expected, 0.01 * expected) << energy_MeV << " MeV";
        ::testing::Test::RecordProperty("sigma_mm_" + std::to_string(int(energy_MeV)), std::to_string(sigma));
    }
}

/// Macroscopic cross section of water by process at an energy, cm2/g.
double water_cm2_per_g(StepTablesView const& view, float const* barn, double at_MeV, bool hydrogen_only) {
    double sum = 0;
    auto const& nuclear = view.nuclear;
    for (auto part = nuclear.first_part[view.water]; part < nuclear.first_part[view.water + 1]; ++part) {
        auto const& one = nuclear.parts[part];
        if (hydrogen_only && nuclear.targets[one.target].Z != 1) {
            continue;
        }
        sum += one.atoms_per_g_e24 *
               nuclear_grid_value(barn + std::size_t{one.target} * nuclear_grid_points, at_MeV);
    }
    return sum;
}

TEST(Removal, primaries_fall_with_the_nonelastic_cross_section) {
    double const energy_MeV = 160;
    std::int64_t const histories = 60'000;
    TransportTables const tables({}, WaterStopping::icru90);
    auto const view = tables.view(1.0);
    auto request = narrow(energy_MeV, histories);
    request.depth_step_mm = 5;
    auto const result = spot(request);
    auto const& curve = result.integrated_depth_dose;
    double const range = water_range_g_per_cm2(view.materials, energy_MeV);
    // A primary that meets hydrogen goes on with part of its energy and ends early: it lowers the fluence below
    // what the non-elastic cross section leaves, by at most all such events
    double left = 1, left_of_both = 1, left_to_stop = 1;
    std::size_t k = 1;
    for (double depth = 0.005; depth < range; depth += 0.01) { // 0.1 mm pieces
        double const at_MeV = water_energy_MeV(view.materials, range - depth);
        double const removed = 0.01 * water_cm2_per_g(view, view.nuclear.nonelastic_barn, at_MeV, false);
        double const bent = 0.01 * water_cm2_per_g(view, view.nuclear.elastic_barn, at_MeV, true);
        left_to_stop *= std::exp(-removed);
        if (depth > 0.9 * range) {
            continue;
        }
        left *= std::exp(-removed);
        left_of_both *= std::exp(-removed - bent);
        if (depth + 0.01 < 0.5 * static_cast<double>(k) || k >= curve.size()) {
            continue;
        }
        // Binomial sigma of 60,000, times 4; 0.3 % is the bar
        double const noise = 4 * std::sqrt(left * (1 - left) / static_cast<double>(histories));
        EXPECT_LT(curve[k].primaries, left + 0.003 + noise) << "at " << curve[k].depth_mm << " mm";
        EXPECT_GT(curve[k].primaries, left_of_both - 0.003 - noise) << "at " << curve[k].depth_mm << " mm";
        ++k;
    }
    // All events of primaries down to rest. Those slowed by hydrogen (4 %, by half) have less way to go: they
    // miss about 0.2 % of the incident
    double const lost = 1 - left_to_stop;
    double const noise = 4 * std::sqrt(lost * (1 - lost) / static_cast<double>(histories));
    EXPECT_NEAR(result.primary_nonelastic_per_history, lost, 0.003 + noise);
    EXPECT_LT(left, 0.90); // about 1.2 % per cm were lost (Bortfeld 1997)
}

TEST(Energy, balances_with_all_physics) {
    auto request = narrow(200, 5'000);
    request.depth_step_mm = 1;
    auto const energy = spot(request).energy;
    EXPECT_LT(std::fabs(energy.imbalance()), 1e-6);
    EXPECT_NEAR(energy.source, 200, 1e-9);
    EXPECT_GT(energy.neutrons, 0);
    EXPECT_GT(energy.gammas, 0);
    EXPECT_LT(energy.Q, 0);
    EXPECT_GT(energy.deposited, 170);
}

TEST(SpotCurves, distal_depths_are_read_between_points) {
    std::vector<DepthDosePoint> const curve = {{0.5, 1}, {1.5, 2}, {2.5, 4}, {3.5, 2}, {4.5, 0}};
    EXPECT_DOUBLE_EQ(distal_depth_mm(curve, 0.8), 2.5 + (4 - 3.2) / 2);
    EXPECT_DOUBLE_EQ(distal_depth_mm(curve, 0.25), 3.5 + 0.5);
    EXPECT_DOUBLE_EQ(distal_depth_mm({}, 0.8), 0);
}

TEST(SpotCurves, a_gaussian_in_bins_gives_its_sigma) {
    for (double const sigma : {0.7, 3.0, 5.0}) {
        std::vector<double> profile;
        for (int i = -20; i < 20; ++i) {
            profile.push_back(std::erf((i + 1) / (sigma * std::sqrt(2.0))) -
                              std::erf(i / (sigma * std::sqrt(2.0))));
        }
        EXPECT_NEAR(fitted_sigma_mm(profile, 1.0, 10.0), sigma, 1e-6 * sigma);
    }
}

} // namespace
} // namespace beamwright
