// Irradiation time by limits, figures of structures against the DVH, and figures along the beam axis.
#include "capture_testing.hpp"
#include "evaluate/capture/beam_axis.hpp"
#include "evaluate/capture/irradiation_time.hpp"
#include "evaluate/dvh/dvh.hpp"
#include "refusal_of.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

using test::CaptureCase;

TEST(StructureFigures, are_those_of_the_dvh) {
    CaptureCase const c;
    auto const map = c.map();
    Irradiation const run{35, 0, BloodLevel::constant(18)};
    auto const ready = ready_tissues(map.tissues(), run);
    auto const volumes = map.doses(run);
    for (auto const* mask : {&c.brain, &c.tumor}) {
        auto const voxels = structure_voxels("s", c.grid, *mask);
        for (auto const kind : {DoseKind::weighted, DoseKind::isoeffective}) {
            auto const dose = structure_doses(map, voxels, kind, ready);
            auto const dvh =
                dvh_of(kind == DoseKind::weighted ? volumes.weighted_Gy : volumes.isoeffective_Gy, *mask);
            // Both are sums over the same voxels; single precision of the doses, in other loops: 1e-6
            EXPECT_NEAR(voxels.volume_cm3(), dvh.volume_cm3(), 1e-9);
            EXPECT_NEAR(mean_dose_Gy(dose, voxels), dvh.mean_Gy(), 1e-6 * dvh.mean_Gy());
            EXPECT_NEAR(most_dose_Gy(dose), dvh.max_Gy(), 1e-6 * dvh.max_Gy());
            EXPECT_NEAR(*dose_at_cm3_Gy(dose, voxels, 2), *dvh.dose_at_cm3(2), 1e-6 * dvh.max_Gy());
            EXPECT_NEAR(dose_at_percent_Gy(dose, voxels, 95), dvh.dose_at_percent(95), 1e-6 * dvh.max_Gy());
            // The histogram of the scenarios: bins of 0.05 %; between two voxels it interpolates, the DVH
            // steps, which in a structure of 64 voxels is 1 % of the dose at the most
            DoseHistogram const histogram(dose, voxels);
            EXPECT_NEAR(histogram.mean_Gy(), dvh.mean_Gy(), 1e-6 * dvh.mean_Gy());
            EXPECT_NEAR(histogram.dose_at_Gy(0.5 * voxels.whole_voxels), dvh.dose_at_percent(50),
                        5e-4 * dvh.max_Gy());
            EXPECT_EQ(histogram.most_Gy(), most_dose_Gy(dose));
            EXPECT_EQ(histogram.least_Gy(), least_dose_Gy(dose));
        }
    }
}

DoseLimit limit_of(StructureVoxels const& voxels, DoseKind kind, LimitedFigure figure, double limit_Gy) {
    return {voxels.name, &voxels, kind, figure, 2, limit_Gy};
}

TEST(IrradiationTime, is_limit_over_rate_where_boron_is_constant) {
    CaptureCase const c;
    auto const map = c.map();
    auto const brain = structure_voxels("brain", c.grid, c.brain);
    auto const blood = BloodLevel::constant(15);
    auto const limit = limit_of(brain, DoseKind::weighted, LimitedFigure::most, 11);
    double const per_min = limited_figure_Gy(map, limit, {1, 0, blood});
    auto const time = irradiation_time(map, {limit}, blood, 0, 500);
    EXPECT_NEAR(time.minutes, 11 / per_min, 3e-6 * time.minutes); // the search ends at 1e-6, doses are float
    EXPECT_EQ(time.limiting, std::size_t{0});
    EXPECT_NEAR(time.limits[0].at_chosen_Gy, 11, 3e-5);
}

TEST(IrradiationTime, falling_boron_is_integrated) {
    // One voxel, boron alone, one exponential: a + b (1 - e^-kT) = limit has a closed answer
    CaptureCase c;
    std::fill(c.rates.nitrogen_Gy_per_min.begin(), c.rates.nitrogen_Gy_per_min.end(), 0.0F);
    std::fill(c.rates.fast_Gy_per_min.begin(), c.rates.fast_Gy_per_min.end(), 0.0F);
    std::fill(c.rates.photon_Gy_per_min.begin(), c.rates.photon_Gy_per_min.end(), 0.0F);
    auto const map = c.map();
    StructureMask const one{{4, 4, 4}, {1, 1, 1}, {1.0F}, 0};
    auto const voxel = structure_voxels("point", c.grid, one);
    double const k = 0.01, start = 40, ppm = 30, limit_Gy = 2.5;
    double const rate = 1.35 * static_cast<double>(c.rates.boron_Gy_per_min_per_ppm[c.grid.index(4, 4, 4)]);
    double const part = limit_Gy * k / (rate * ppm * std::exp(-k * start));
    ASSERT_LT(part, 1);
    auto const time = irradiation_time(
        map, {limit_of(voxel, DoseKind::weighted, LimitedFigure::mean, limit_Gy)}, {{{ppm, k}}}, start, 1000);
    EXPECT_NEAR(time.minutes, -std::log(1 - part) / k, 3e-6 * time.minutes);
}

TEST(IrradiationTime, the_first_limit_reached_decides) {
    CaptureCase const c;
    auto const map = c.map();
    auto const brain = structure_voxels("brain", c.grid, c.brain),
               tumor = structure_voxels("GTV", c.grid, c.tumor);
    BloodLevel const blood{{{20, 0.02}, {10, 0.002}}};
    std::vector<DoseLimit> const limits{
        limit_of(brain, DoseKind::weighted, LimitedFigure::most, 12.5),
        limit_of(brain, DoseKind::isoeffective, LimitedFigure::hottest_volume, 9),
        limit_of(brain, DoseKind::weighted, LimitedFigure::mean, 4),
        limit_of(tumor, DoseKind::isoeffective, LimitedFigure::most, 1e5)};
    auto const time = irradiation_time(map, limits, blood, 30, 2000);
    ASSERT_TRUE(time.limiting);
    double least = 1e9;
    for (std::size_t i = 0; i < limits.size(); ++i) {
        least = std::min(least, time.limits[i].minutes);
        EXPECT_LE(time.limits[i].at_chosen_Gy, limits[i].limit_Gy * (1 + 1e-5));
        if (time.limits[i].reached) { // alone, each ends at its own limit
            EXPECT_NEAR(limited_figure_Gy(map, limits[i], {time.limits[i].minutes, 30, blood}),
                        limits[i].limit_Gy, 1e-5 * limits[i].limit_Gy);
        }
    }
    EXPECT_EQ(time.minutes, least);
    EXPECT_FALSE(time.limits[3].reached);
    EXPECT_NE(time.limits[1].limit.find("brain D_2cc of the photon-isoeffective dose, 9 Gy"),
              std::string::npos);
    auto const short_time = irradiation_time(map, limits, blood, 30, 0.5);
    EXPECT_FALSE(short_time.limiting);
    EXPECT_EQ(short_time.minutes, 0.5);
}

TEST(IrradiationTime, less_boron_means_longer_irradiation) {
    CaptureCase const c;
    auto const map = c.map();
    auto const brain = structure_voxels("brain", c.grid, c.brain);
    std::vector<DoseLimit> const limits{limit_of(brain, DoseKind::isoeffective, LimitedFigure::most, 12)};
    EXPECT_GT(irradiation_time(map, limits, BloodLevel::constant(10), 0, 1000).minutes,
              irradiation_time(map, limits, BloodLevel::constant(20), 0, 1000).minutes);
}

TEST(IrradiationTime, refuses_what_has_no_answer) {
    CaptureCase const c;
    auto const map = c.map();
    auto const tumor = structure_voxels("GTV", c.grid, c.tumor);
    auto const blood = BloodLevel::constant(20);
    auto refused = [&](std::vector<DoseLimit> const& limits) {
        return test::refusal_of([&] { irradiation_time(map, limits, blood, 0, 100); }).problem;
    };
    EXPECT_NE(refused({}).find("no structure limits"), std::string::npos);
    EXPECT_NE(refused({limit_of(tumor, DoseKind::weighted, LimitedFigure::most, 0)}).find("'GTV' is 0 Gy"),
              std::string::npos);
    auto large = limit_of(tumor, DoseKind::weighted, LimitedFigure::hottest_volume, 10);
    large.cm3 = 7; // it has 6
    EXPECT_NE(refused({large}).find("6.00 cm3"), std::string::npos);
    StructureMask const nothing{{0, 0, 0}, {1, 1, 1}, {0.0F}, 0};
    EXPECT_NE(test::refusal_of([&] { structure_voxels("empty", c.grid, nothing); }).problem.find("'empty'"),
              std::string::npos);
}

TEST(BeamAxis, exponentials_have_closed_figures) {
    // Normal tissue N0 e^(-d/L), tumor T0 e^(-d/L): advantage depth L ln(T0/N0), ratio T0/N0, dose rate N0
    AxisRates axis;
    double const decay_mm = 30;
    for (int i = 0; i <= 400; ++i) {
        axis.depth_mm.push_back(0.5 * i);
        double const fall = std::exp(-0.5 * i / decay_mm);
        axis.rate_Gy_per_min.push_back({0.01 * fall, 0, 0, 0.1 * fall});
    }
    AxisTissue const tumor{{3.8, 3.2, 3.2, 1}, 52.5}, normal{{1.35, 3.2, 3.2, 1}, 15};
    double const t0 = 3.8 * 52.5 * 0.01 + 0.1, n0 = 1.35 * 15 * 0.01 + 0.1;
    auto const figures = axis_figures(axis, tumor, normal);
    // broken lines over 0.5 mm: (0.5/30)^2 / 8 = 3.5e-5
    EXPECT_NEAR(*figures.advantage_depth_mm, decay_mm * std::log(t0 / n0), 4e-5 * decay_mm);
    EXPECT_NEAR(*figures.advantage_ratio, t0 / n0, 1e-9);
    EXPECT_NEAR(figures.most_normal_Gy_per_min, n0, 1e-12);
    EXPECT_NEAR(figures.peak_therapeutic_ratio, t0 / n0, 1e-12);
    EXPECT_EQ(figures.depth_of_peak_ratio_mm, 0);
    EXPECT_NEAR(figures.therapeutic_ratio[100], t0 / n0 * std::exp(-50 / decay_mm), 1e-9);
    axis.depth_mm.resize(20);
    axis.rate_Gy_per_min.resize(20);
    EXPECT_FALSE(axis_figures(axis, tumor, normal).advantage_depth_mm); // the line ends before
}

TEST(BeamAxis, samples_between_voxels) {
    CaptureCase c;
    for (std::size_t v = 0; v < c.grid.voxels(); ++v) {
        c.rates.photon_Gy_per_min[v] = 1.0F + 0.5F * static_cast<float>(v % 24); // linear along x
    }
    auto const axis = sample_axis(c.rates, {2.5, 40, 40}, {2, 0, 0}, 4, 1000);
    ASSERT_GT(axis.depth_mm.size(), 20U);
    EXPECT_NEAR(axis.rate_Gy_per_min[0].photon, 1.25, 1e-6);
    EXPECT_NEAR(axis.rate_Gy_per_min[10].photon, 1 + 0.5 * (2.5 + 40) / 5, 1e-5);
    EXPECT_LE(axis.depth_mm.back(), 23.5 * 5);
    EXPECT_NE(test::refusal_of([&] {
                  sample_axis(c.rates, {-40, 0, 0}, {1, 0, 0}, 4, 100);
              }).problem.find("outside"),
              std::string::npos);
}

} // namespace
} // namespace beamwright
