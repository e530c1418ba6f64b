// The parts of the page: escaping, digits, colors, outlines, level lines, goals.
#include "report/colors.hpp"
#include "report/encode.hpp"
#include "report/level_lines.hpp"
#include "report/scene.hpp"
#include "report/tables.hpp"
#include "report/text.hpp"
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace beamwright::report {
namespace {

TEST(EscapeHtml, leaves_nothing_that_could_act) {
    EXPECT_EQ(escape_html("<b a=\"1\" c='2'>&"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
    EXPECT_EQ(escape_html("頭 ü 😀"), "頭 ü 😀");
    EXPECT_EQ(escape_html(std::string("a\0b\x1b", 4)), "a\xEF\xBF\xBD"
                                                       "b\xEF\xBF\xBD");
    // Broken UTF-8: lone continuation, overlong slash, surrogate, cut off at the end
    EXPECT_EQ(escape_html("\x80"), "\xEF\xBF\xBD");
    EXPECT_THAT(escape_html("\xC0\xAF"), testing::Not(testing::HasSubstr("\xC0")));
    EXPECT_THAT(escape_html("\xED\xA0\x80"), testing::Not(testing::HasSubstr("\xED")));
    EXPECT_EQ(escape_html("\xE9\xA0"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(JsonForScript, cannot_end_its_script) {
    Json const json{{"</script>", "<!--&"}};
    std::string const text = json_for_script(json);
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("<")));
    EXPECT_EQ(Json::parse(text), json);
}

TEST(Number, has_the_digits_that_its_uncertainty_allows) {
    EXPECT_EQ(number(58.8712), "58.87");
    EXPECT_EQ(number(158.8712), "158.9");
    EXPECT_EQ(number(1588.712), "1589");
    EXPECT_EQ(with_uncertainty(58.8712, 0.213), "58.87 ± 0.21");
    EXPECT_EQ(with_uncertainty(58.8712, 2.13), "58.9 ± 2.1");
    EXPECT_EQ(with_uncertainty(58.8712, 21.3), "59 ± 21");
    EXPECT_EQ(number(-0.0001), "0.00");
    EXPECT_EQ(number(std::nan("")), "–");
}

TEST(Base64, matches_the_vectors_of_rfc_4648) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Colors, contrast_is_that_of_wcag_and_can_be_asked_for) {
    EXPECT_NEAR(contrast({0, 0, 0}, {255, 255, 255}), 21.0, 1e-9);
    // the known first gray that fails 4.5
    EXPECT_NEAR(contrast({119, 119, 119}, {255, 255, 255}), 4.48, 0.005);
    for (Rgb const color :
         {Rgb{240, 228, 66}, Rgb{0, 0, 255}, Rgb{255, 255, 255}, Rgb{0, 0, 0}, Rgb{86, 180, 233}}) {
        EXPECT_GE(contrast(readable_on(color, {255, 255, 255}, 3.2), {255, 255, 255}), 3.2);
        EXPECT_GE(contrast(readable_on(color, {20, 22, 26}, 4.5), {20, 22, 26}), 4.5);
    }
}

TEST(Colors, ramps_get_lighter_all_the_way) {
    for (auto const* ramp : {&dose_ramp(), &uncertainty_ramp()}) {
        for (std::size_t i = 8; i < ramp->size(); i += 8) {
            EXPECT_GT(contrast((*ramp)[i], {0, 0, 0}), contrast((*ramp)[i - 8], {0, 0, 0})) << i;
        }
    }
}

TEST(LevelLines, follow_a_circle_and_close) {
    Slice slice(41, 41);
    for (int y = 0; y < 41; ++y) {
        for (int x = 0; x < 41; ++x) {
            slice.at(x, y) = static_cast<float>(20 - std::hypot(x - 20.0, y - 20.0));
        }
    }
    double length = 0;
    for (auto const& s : level_lines(slice, 8.0F)) {
        // distance is linear along the edges but for curvature
        EXPECT_NEAR(std::hypot(s.x0 - 20, s.y0 - 20), 12.0, 0.02);
        length += std::hypot(s.x1 - s.x0, s.y1 - s.y0);
    }
    EXPECT_NEAR(length, 2 * 3.14159265 * 12, 0.1);
}

TEST(Outline, holds_the_area_of_its_contours_with_holes) {
    Structure structure;
    for (double z = 0; z < 20; z += 2) {
        structure.contours.push_back({{{0.3, 0.7, z}, {20.3, 0.7, z}, {20.3, 10.7, z}, {0.3, 10.7, z}}});
        structure.contours.push_back({{{5, 3, z}, {9, 3, z}, {9, 7, z}, {5, 7, z}}}); // even-odd: a hole
    }
    Grid grid;
    grid.size = {20, 20, 20};
    grid.spacing_mm = {2, 2, 2};
    grid.origin_mm = {-6, -6, -6};
    auto const outline = outline_of(structure, grid);
    double cells = 0;
    for (auto const value : outline.filled) {
        cells += value / 255.0;
    }
    // Ten planes; four lines per voxel resolve a horizontal edge to 0.25 of a 2 mm voxel: 0.25 mm on 20 mm twice
    EXPECT_NEAR(cells * 8, (200 - 16) * 2 * 10, 0.04 * 3680);
}

TEST(Outline, of_sagittal_contours_is_found_too) {
    Structure structure;
    for (double x = 0; x < 10; x += 2) {
        structure.contours.push_back({{{x, 0, 0}, {x, 10, 0}, {x, 10, 6}, {x, 0, 6}}});
    }
    Grid grid;
    grid.size = {12, 12, 12};
    grid.spacing_mm = {2, 2, 2};
    grid.origin_mm = {-4, -4, -4};
    double cells = 0;
    for (auto const value : outline_of(structure, grid).filled) {
        cells += value / 255.0;
    }
    EXPECT_NEAR(cells * 8, 10 * 10 * 6, 0.05 * 600);
}

TEST(Goals, are_met_not_met_or_too_close_to_tell) {
    ReportGoal goal{"CTV", "D95", "Gy", 57.0, {}, 58.0, 0.2};
    EXPECT_EQ(state_of(goal), GoalState::met);
    goal.value = 57.3;
    EXPECT_EQ(state_of(goal), GoalState::too_close);
    goal.uncertainty.reset();
    EXPECT_EQ(state_of(goal), GoalState::met);
    goal.value = 56.9;
    EXPECT_EQ(state_of(goal), GoalState::not_met);
    goal = {"Brainstem", "D2", "Gy", {}, 54.0, std::nan(""), {}};
    EXPECT_EQ(state_of(goal), GoalState::not_met);
}

} // namespace
} // namespace beamwright::report
