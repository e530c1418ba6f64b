#include "core/refusal.hpp"
#include "jobs/structure_metrics.hpp"
#include <gtest/gtest.h>

using namespace beamwright;

namespace {

/// 4 cm3: one each at 10, 20, 30 and 40 Gy.
StructureDvh sample() {
    StructureDvh structure;
    structure.name = "PTV";
    structure.dvh = Dvh({{10, 1}, {20, 1}, {30, 1}, {40, 1}});
    return structure;
}

} // namespace

TEST(MetricValue, answers_the_field_s_notations) {
    auto const structure = sample();
    EXPECT_DOUBLE_EQ(*metric_value(structure, "mean", 0), 25);
    EXPECT_DOUBLE_EQ(*metric_value(structure, "min", 0), 10);
    EXPECT_DOUBLE_EQ(*metric_value(structure, "max", 0), 40);
    EXPECT_DOUBLE_EQ(*metric_value(structure, "V25Gy", 0), 50);
    EXPECT_DOUBLE_EQ(*metric_value(structure, "V25Gy_cc", 0), 2);
    EXPECT_DOUBLE_EQ(*metric_value(structure, "V95%", 40), 25);
    EXPECT_DOUBLE_EQ(*metric_value(structure, "D95", 0), *metric_value(structure, "D95%", 0));
    EXPECT_DOUBLE_EQ(*metric_value(structure, "D0.5cc", 0), 40);
}

TEST(MetricValue, has_no_answer_where_there_is_none) {
    EXPECT_FALSE(metric_value(sample(), "D5cc", 0)); // larger than the structure
    EXPECT_FALSE(metric_value(StructureDvh{}, "mean", 0));
}

TEST(MetricValue, refuses_what_it_does_not_know) {
    for (auto const* name : {"", "D", "Dx", "D101", "V20", "V20cc", "X95", "D-3", "V95% ", "median"}) {
        EXPECT_THROW(metric_value(sample(), name, 50), Refusal) << name;
    }
    EXPECT_THROW(metric_value(sample(), "V95%", 0), Refusal);
}

TEST(DvhStep, is_round_and_gives_about_500_points) {
    EXPECT_DOUBLE_EQ(dvh_step_Gy({sample()}), 0.1);
    EXPECT_DOUBLE_EQ(dvh_step_Gy({}), 1);
}
