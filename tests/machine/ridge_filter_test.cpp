// Ridge filters: the plates say how much of the beam goes through how much material.
#include "machine/treatment/beam_sources.hpp"
#include "machine_testing.hpp"
#include <cmath>

namespace beamwright::test {
namespace {

RidgeFilterSetting comb() {
    return {.id = "RF",
            .material = "PMMA",
            .isocenter_to_downstream_mm = 300,
            .along_x = true,
            .period_mm = 5,
            .half_width_mm = 40,
            .steps = {{5, 2}, {3, 8}, {1, 20}}};
}

/// Solid at a place: an even number of outlines around it.
bool solid_at(BeamSlab const& plate, double x, double y) {
    int around = 0;
    for (auto const& outline : plate.openings) {
        auto const [low_x, high_x] = std::minmax_element(outline.x_mm.begin(), outline.x_mm.end());
        auto const [low_y, high_y] = std::minmax_element(outline.y_mm.begin(), outline.y_mm.end());
        around += x > *low_x && x < *high_x && y > *low_y && y < *high_y ? 1 : 0;
    }
    return around % 2 == 0;
}

/// Thickness on the way along z at a place.
double thickness_mm(std::vector<BeamSlab> const& plates, double x, double y) {
    double sum = 0;
    for (auto const& plate : plates) {
        sum += solid_at(plate, x, y) ? plate.upstream_z_mm - plate.downstream_z_mm : 0;
    }
    return sum;
}

TEST(RidgeFilter, has_its_profile_in_every_period_and_air_beside_it) {
    for (bool const along_x : {true, false}) {
        auto setting = comb();
        setting.along_x = along_x;
        auto const plates = ridge_filter_slabs(setting, "beam 1");
        ASSERT_EQ(plates.size(), 3U);
        EXPECT_EQ(plates.front().upstream_z_mm, 320);
        EXPECT_EQ(plates.back().downstream_z_mm, 300);
        auto const at = [&](double along, double across) {
            return along_x ? thickness_mm(plates, along, across) : thickness_mm(plates, across, along);
        };
        for (int ridge = -6; ridge <= 6; ++ridge) {
            double const top = 5.0 * ridge;
            EXPECT_EQ(at(top + 0.4, 3), 20) << ridge;
            EXPECT_EQ(at(top - 0.6, -30), 8) << ridge;
            EXPECT_EQ(at(top + 1.4, 7), 8) << ridge;
            EXPECT_EQ(at(top - 1.6, 7), 2) << ridge;
        }
        for (double const side : {1.0, -1.0}) { // to the rim
            EXPECT_EQ(at(side * 35.4, 3), 20);
            EXPECT_EQ(at(side * 37.5, 3), 2);
            EXPECT_EQ(at(side * 38.9, 38.9), 8);
            EXPECT_EQ(at(side * 39.5, 0), 20);
            EXPECT_EQ(at(side * 37.5, 39.5), 20);
        }
        EXPECT_EQ(at(41, 0), 0);
        EXPECT_EQ(at(0, -41), 0);
    }
}

TEST(RidgeFilter, stands_in_the_beam_with_the_other_plates) {
    Plan plan;
    TreatmentBeam beam;
    beam.number = 1;
    beam.layers.push_back({150, {{0, 0, 1}}});
    beam.ridge_filters = {comb()};
    plan.beams = {beam};
    Warnings warnings;
    EXPECT_EQ(make_beam_sources(plan, small_machine(), warnings).front().slabs.size(), 3U);
    plan.beams[0].ridge_filters[0].isocenter_to_downstream_mm = 490; // the optics stand at 500 mm
    EXPECT_TRUE(
        holds(refusal_of([&] { (void)make_beam_sources(plan, small_machine(), warnings); }).problem, "RF"));
}

TEST(RidgeFilter, refuses_what_cannot_be_built) {
    auto const said = [](RidgeFilterSetting const& setting) {
        return refusal_of([&] { (void)ridge_filter_slabs(setting, "beam 1"); }).problem;
    };
    auto setting = comb();
    setting.steps = {{3, 8}, {4, 20}}; // gets wider
    EXPECT_TRUE(holds(said(setting), "4 mm width"));
    setting.steps = {{3, 8}, {2, 8}}; // does not rise
    EXPECT_TRUE(holds(said(setting), "8 mm height"));
    setting.steps.clear();
    EXPECT_TRUE(holds(said(setting), "0 steps"));
    setting = comb();
    setting.period_mm = std::nan("");
    EXPECT_TRUE(holds(said(setting), "period"));
    setting = comb();
    setting.half_width_mm = 4; // narrower than two periods
    EXPECT_TRUE(holds(said(setting), "half width 4 mm"));
    setting = comb();
    setting.material = "moonstone";
    EXPECT_TRUE(holds(said(setting), "moonstone"));
}

} // namespace
} // namespace beamwright::test
