// Fields one after the other: their times, the time that limits give, and what a structure alone says.
#include "capture_testing.hpp"
#include "evaluate/capture/field_sequence.hpp"
#include "refusal_of.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

using test::CaptureCase;

struct TwoFields {
    CaptureCase first, second;
    std::vector<CaptureMap> maps;
    StructureVoxels brain = structure_voxels("brain", first.grid, first.brain);

    TwoFields() {
        for (auto& rate : second.rates.photon_Gy_per_min) { // another port
            rate *= 0.5F;
        }
        maps.push_back(first.map());
        maps.push_back(second.map());
    }
    DoseLimit limit(DoseKind kind, LimitedFigure figure, double Gy) const {
        return {"brain", &brain, kind, figure, 2, Gy};
    }
};

TEST(FieldSchedule, fields_follow_each_other_with_pauses) {
    FieldSchedule const schedule{{0.75, 0.25}, 30, 10, {{{20, 0.01}}}};
    auto const times = schedule.irradiations(40);
    ASSERT_EQ(times.size(), 2U);
    EXPECT_DOUBLE_EQ(times[0].minutes, 30);
    EXPECT_DOUBLE_EQ(times[0].start_min, 30);
    EXPECT_DOUBLE_EQ(times[1].minutes, 10);
    EXPECT_DOUBLE_EQ(times[1].start_min, 70);
    // 20 exp(-0.01 t), from 30 to 60 and 70 to 80, over 40 minutes
    double const ppm_min = 2000 * (std::exp(-0.3) - std::exp(-0.6) + std::exp(-0.7) - std::exp(-0.8));
    EXPECT_NEAR(schedule.mean_blood_ppm(40), ppm_min / 40, 1e-12);
}

TEST(FieldSchedule, a_structure_alone_has_the_doses_of_the_whole) {
    TwoFields const c;
    FieldSchedule const schedule{{0.6, 0.4}, 0, 15, {{{18, 0.004}}}};
    auto const times = schedule.irradiations(50);
    auto const whole = sequence_doses({{&c.maps[0], times[0]}, {&c.maps[1], times[1]}});
    auto const figures = sequence_figures(c.maps, schedule,
                                          {c.limit(DoseKind::isoeffective, LimitedFigure::most, 1),
                                           c.limit(DoseKind::weighted, LimitedFigure::mean, 1)},
                                          50);
    double most = 0, sum = 0, count = 0;
    for (std::size_t v = 0; v < c.first.grid.voxels(); ++v) {
        if (c.first.index[v] != 0) { // brain and the tumor in it
            most = std::max(most, static_cast<double>(whole.isoeffective_Gy.values[v]));
            sum += whole.weighted_Gy.values[v];
            ++count;
        }
    }
    EXPECT_NEAR(figures[0], most, 1e-6 * most);
    EXPECT_NEAR(figures[1], sum / count, 1e-6 * sum / count);
}

TEST(FieldSchedule, the_time_keeps_the_limit_of_all_fields_together) {
    TwoFields const c;
    FieldSchedule const schedule{{0.6, 0.4}, 0, 15, {{{18, 0.004}}}};
    std::vector<DoseLimit> const limits{c.limit(DoseKind::weighted, LimitedFigure::mean, 6),
                                        c.limit(DoseKind::isoeffective, LimitedFigure::most, 11)};
    auto const time = sequence_time(c.maps, schedule, limits, 240);
    ASSERT_TRUE(time.limiting.has_value());
    auto const at = sequence_figures(c.maps, schedule, limits, time.minutes);
    EXPECT_NEAR(at[*time.limiting], limits[*time.limiting].limit_Gy, 1e-4);
    EXPECT_LE(at[1 - *time.limiting], limits[1 - *time.limiting].limit_Gy);
    // Two equal fields without a pause and at a constant level are one field
    std::vector<CaptureMap> const same{c.maps[0], c.maps[0]};
    FieldSchedule const halves{{0.5, 0.5}, 0, 0, BloodLevel::constant(18)};
    auto const in_two = sequence_time(same, halves, limits, 240);
    auto const in_one = irradiation_time(c.maps[0], limits, BloodLevel::constant(18), 0, 240);
    EXPECT_NEAR(in_two.minutes, in_one.minutes, 1e-4 * in_one.minutes);
    EXPECT_EQ(in_two.limiting, in_one.limiting);
}

} // namespace
} // namespace beamwright
