// Capture doses on grids: weighted and isoeffective totals, their uncertainty with correlations, refusals.
#include "evaluate/capture/capture_rates.hpp"
#include "evaluate/capture/field_sequence.hpp"
#include "lanes/random.hpp"
#include "refusal_of.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

Grid small_grid(int n = 8) {
    Grid grid;
    grid.size = {n, n, n};
    return grid;
}

CaptureRates uniform_rates(Grid const& grid) {
    std::size_t const n = grid.voxels();
    return {grid,
            std::vector<float>(n, 0.003F),
            std::vector<float>(n, 0.01F),
            std::vector<float>(n, 0.004F),
            std::vector<float>(n, 0.06F),
            {}};
}

std::vector<CaptureTissue> two_tissues() {
    auto const weights = find_capture_weights("bpa_common");
    auto const isoeffective = find_isoeffective_set("transcribed_2026");
    return {{"elsewhere", weights_of(weights, "brain"), parameters_of(isoeffective, "brain")},
            {"GTV", weights_of(weights, "tumor"), parameters_of(isoeffective, "glioblastoma_U87")}};
}

struct Case {
    Grid grid = small_grid();
    std::vector<std::uint8_t> index;
    Volume<float> ratio;
    CaptureMap map;
    explicit Case(CaptureRates rates)
        : index(make_index(grid)), ratio(make_ratio(grid, index)),
          map(std::move(rates), ratio, two_tissues(), index) {}
    Case() : Case(uniform_rates(small_grid())) {}
    static std::vector<std::uint8_t> make_index(Grid const& grid) {
        StructureMask const mask{{2, 2, 2}, {3, 3, 3}, std::vector<float>(27, 0.7F), 0};
        return tissue_indices(grid, {{1, &mask}});
    }
    static Volume<float> make_ratio(Grid const& grid, std::vector<std::uint8_t> const& index) {
        Volume<float> ratio(grid, 1.0F);
        for (std::size_t v = 0; v < index.size(); ++v) {
            ratio.values[v] = index[v] == 1 ? 3.5F : 1.0F;
        }
        return ratio;
    }
};

TEST(CaptureMap, weighted_dose_is_the_sum_by_hand) {
    Case const c;
    auto const dose = c.map.weighted_dose_Gy({30, 0, BloodLevel::constant(20)});
    double const rest = 3.2 * 0.01 * 30 + 3.2 * 0.004 * 30 + 1.0 * 0.06 * 30;
    // single precision, four terms: 4e-7
    EXPECT_NEAR(dose.at(0, 0, 0), 1.35 * 0.003 * 20 * 30 + rest, 4e-6);
    EXPECT_NEAR(dose.at(3, 3, 3), 3.8 * 0.003 * 3.5 * 20 * 30 + rest, 2e-5);
}

TEST(CaptureMap, boron_follows_the_blood_and_the_rest_the_clock) {
    Case const c;
    BloodLevel const falling{{{25, 0.01}}};
    auto const parts = c.map.components({60, 30, falling});
    double const by_hand = 25 * (std::exp(-0.3) - std::exp(-0.9)) / 0.01; // closed form of the integral
    EXPECT_NEAR(parts.boron_Gy.at(0, 0, 0), 0.003 * by_hand, 1e-5);
    EXPECT_NEAR(parts.boron_Gy.at(4, 4, 4), 3.5 * 0.003 * by_hand, 3e-5);
    EXPECT_NEAR(parts.photon_Gy.at(0, 0, 0), 3.6, 1e-6);
}

TEST(CaptureMap, isoeffective_dose_is_the_model_in_every_voxel) {
    Case const c;
    Irradiation const run{45, 10, {{{22, 0.008}, {6, 0.001}}}};
    auto const made = c.map.doses(run);
    auto const parts = c.map.components(run);
    for (std::size_t const voxel : {std::size_t{0}, c.grid.index(3, 3, 3)}) {
        auto const& tissue = c.map.tissues()[c.index[voxel]];
        double const exact =
            photon_isoeffective_dose_Gy(isoeffective_tissue(tissue.isoeffective, run),
                                        {parts.boron_Gy.values[voxel], parts.nitrogen_Gy.values[voxel],
                                         parts.fast_Gy.values[voxel], parts.photon_Gy.values[voxel]});
        EXPECT_NEAR(made.isoeffective_Gy.values[voxel], exact,
                    2e-6 * exact); // single precision, some 20 operations
    }
    EXPECT_EQ(made.weighted_Gy.values, c.map.weighted_dose_Gy(run).values);
    EXPECT_EQ(made.isoeffective_Gy.values, c.map.isoeffective_dose_Gy(run).values);
}

TEST(CaptureMap, uncertainty_takes_correlations_along) {
    // Boron and nitrogen rates that are one number in two units: errors add, they do not add in quadrature
    auto rates = uniform_rates(small_grid());
    ComponentCovariance<float> covariance;
    float const sb = 0.0003F, sn = 0.001F;
    covariance.upper = {sb * sb, sb * sn, 0, 0, sn * sn, 0, 0, 0, 0, 0};
    rates.covariance.assign(rates.grid.voxels(), covariance);
    Case const c(std::move(rates));
    auto const sigma = c.map.sigmas({30, 0, BloodLevel::constant(20)});
    double const summed = 1.35 * 20 * 30 * sb + 3.2 * 30 * sn;
    EXPECT_NEAR(sigma.weighted_Gy.at(0, 0, 0), summed, 1e-6 * summed);
    EXPECT_GT(summed, 1.25 * std::hypot(1.35 * 20 * 30 * sb, 3.2 * 30 * sn)); // and it matters
}

TEST(CaptureMap, uncertainty_is_what_repeated_runs_show) {
    // 20000 draws of correlated rates give a standard deviation to 0.5 %; 4 sigma of that is 2 %, false alarm
    // 6e-5. Relative errors of 1 % keep the isoeffective dose linear to 1e-4.
    constexpr int draws = 20000;
    auto const base = uniform_rates(small_grid(2));
    auto const tissues = two_tissues();
    Irradiation const run{40, 0, BloodLevel::constant(15)};
    auto const tissue = isoeffective_tissue(tissues[0].isoeffective, run);
    double const sigma_boron = 0.01 * 0.003, sigma_photon = 0.01 * 0.06, common = 0.6;
    RandomStream random({7, 1, 0, 0});
    double sum = 0, squares = 0;
    for (int i = 0; i < draws; ++i) {
        auto const [a, b] = random.gaussian_pair();
        double const boron = 0.003 + sigma_boron * a;
        double const photon = 0.06 + sigma_photon * (common * a + std::sqrt(1 - common * common) * b);
        double const dose =
            photon_isoeffective_dose_Gy(tissue, {boron * 15 * 40, 0.01 * 40, 0.004 * 40, photon * 40});
        sum += dose;
        squares += dose * dose;
    }
    double const seen = std::sqrt(squares / draws - sum / draws * (sum / draws));
    auto rates = base;
    ComponentCovariance<float> covariance;
    covariance.upper[0] = static_cast<float>(sigma_boron * sigma_boron);
    covariance.upper[3] = static_cast<float>(common * sigma_boron * sigma_photon);
    covariance.upper[9] = static_cast<float>(sigma_photon * sigma_photon);
    rates.covariance.assign(rates.grid.voxels(), covariance);
    CaptureMap const map(rates, Volume<float>(rates.grid, 1.0F), tissues,
                         std::vector<std::uint8_t>(rates.grid.voxels(), 0));
    EXPECT_NEAR(map.sigmas(run).isoeffective_Gy.values[0], seen, 0.02 * seen);
}

TEST(CaptureMap, refuses_what_does_not_fit) {
    auto rates = uniform_rates(small_grid());
    rates.fast_Gy_per_min[5] = -1;
    auto const negative = test::refusal_of([&] { Case{rates}; });
    EXPECT_NE(negative.problem.find("fast dose rate of voxel 5"), std::string::npos);
    rates = uniform_rates(small_grid());
    rates.photon_Gy_per_min.pop_back();
    EXPECT_NE(test::refusal_of([&] { Case{rates}; }).problem.find("photon"), std::string::npos);
    Case const c;
    EXPECT_NE(test::refusal_of([&] {
                  (void)c.map.sigmas({30, 0, BloodLevel::constant(20)});
              }).why.find("quadrature"),
              std::string::npos);
    EXPECT_NE(test::refusal_of([&] {
                  (void)c.map.weighted_dose_Gy({0, 0, BloodLevel::constant(20)});
              }).problem.find("0 min"),
              std::string::npos);
}

TEST(FieldSequence, two_halves_are_one_field_and_a_break_repairs) {
    Case const c;
    auto const blood = BloodLevel::constant(20);
    auto const one = c.map.doses({60, 10, blood});
    auto const halves = sequence_doses({{&c.map, {25, 10, blood}}, {&c.map, {35, 35, blood}}});
    auto const apart = sequence_doses({{&c.map, {25, 10, blood}}, {&c.map, {35, 155, blood}}});
    for (std::size_t const v : {std::size_t{0}, c.grid.index(3, 3, 3)}) {
        // single precision of the whole field against double in the sequence
        EXPECT_NEAR(halves.weighted_Gy.values[v], one.weighted_Gy.values[v],
                    2e-6 * one.weighted_Gy.values[v]);
        EXPECT_NEAR(halves.isoeffective_Gy.values[v], one.isoeffective_Gy.values[v],
                    3e-6 * one.isoeffective_Gy.values[v]);
        EXPECT_LT(apart.isoeffective_Gy.values[v], halves.isoeffective_Gy.values[v]);
        EXPECT_EQ(apart.weighted_Gy.values[v], halves.weighted_Gy.values[v]);
    }
    EXPECT_NE(test::refusal_of([&] {
                  sequence_doses({{&c.map, {25, 10, blood}}, {&c.map, {35, 20, blood}}});
              }).problem.find("before"),
              std::string::npos);
    EXPECT_NE(test::refusal_of([&] { sequence_doses({}); }).problem.find("without fields"),
              std::string::npos);
}

TEST(CaptureRates, are_doses_per_particle_times_the_strength) {
    auto const grid = small_grid(2);
    Volume<float> const boron(grid, 5e-16F), nitrogen(grid, 2e-16F), fast(grid, 1e-16F), photon(grid, 9e-16F),
        beam(grid, 1e-17F);
    Volume<float> const sigma(grid, 4e-18F), crossed(grid, 0.5F), none(grid, 0.0F);
    SourceComponents from{{&boron, &sigma},  {&nitrogen, &sigma}, {&fast, &sigma},
                          {&photon, &sigma}, {&beam, &sigma},     {}};
    from.correlation = {&crossed, &none, &none, &none, &none, &crossed};
    double const per_s = 7.85e11, factor = 60 * per_s;
    auto const rates = capture_rates(from, per_s);
    EXPECT_NEAR(rates.boron_Gy_per_min_per_ppm[3], 5e-16 * factor, 1e-6 * 5e-16 * factor);
    EXPECT_NEAR(rates.photon_Gy_per_min[3], 9.1e-16 * factor, 1e-6 * 9.1e-16 * factor);
    ASSERT_EQ(rates.covariance.size(), 8U);
    auto const& upper = rates.covariance[0].upper;
    double const square = 16e-36 * factor * factor;
    EXPECT_NEAR(upper[0], square, 1e-5 * square);
    EXPECT_NEAR(upper[1], square / 2, 1e-5 * square);     // boron with nitrogen
    EXPECT_NEAR(upper[8], square / 2, 1e-5 * square);     // fast with photon
    EXPECT_NEAR(upper[9], 2 * square, 1e-5 * 2 * square); // induced and beam photons are independent
    from.correlation[2] = nullptr;
    EXPECT_TRUE(capture_rates(from, per_s).covariance.empty()); // some are missing: none are made up
    Volume<float> const other(small_grid(3), 0.0F);
    from.fast.value = &other;
    EXPECT_NE(test::refusal_of([&] { capture_rates(from, per_s); }).problem.find("fast"), std::string::npos);
    EXPECT_NE(test::refusal_of([&] { capture_rates(from, 0); }).problem.find("0 particles"),
              std::string::npos);
}

TEST(CaptureRates, fields_add_and_their_errors_are_independent) {
    auto field = uniform_rates(small_grid(2));
    ComponentCovariance<float> one;
    one.upper = {1e-8F, 5e-9F, 0, 0, 1e-8F, 0, 0, 1e-8F, 0, 1e-8F};
    field.covariance.assign(8, one);
    auto const sum = summed_rates({field, field}, {0.25, 0.75});
    EXPECT_NEAR(sum.photon_Gy_per_min[1], 0.06, 1e-7);
    EXPECT_NEAR(sum.covariance[1].upper[0], (0.0625 + 0.5625) * 1e-8, 1e-13);
    auto const other = uniform_rates(small_grid(3));
    EXPECT_NE(test::refusal_of([&] {
                  summed_rates({field, other}, {1, 1});
              }).problem.find("field 2"),
              std::string::npos);
}

} // namespace
} // namespace beamwright
