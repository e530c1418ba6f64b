// The page as a whole: complete, closed against what comes from outside, small, and the same every time.
#include "core/atomic_file.hpp"
#include "example.hpp"
#include "report/report.hpp"
#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Report, holds_what_it_must_and_is_small_and_quick) {
    auto example = test::make_example();
    auto const start = std::chrono::steady_clock::now();
    std::string const page = render_report(test::input_of(example));
    double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    RecordProperty("seconds", std::to_string(seconds));
    write_atomically(std::filesystem::path(BW_BINARY_DIR) / "report_example.html", page); // to look at
    EXPECT_LT(page.size(), 15'000'000u);
    for (auto const* text :
         {"Demo head", "Research software, not a medical device", "D95", "58.", "data:image/png;base64,",
          "<svg id=\"dvh\"", "Left posterior oblique", "9f86d081884c7d65", "ionization in the patient",
          "isocenter lies 2 mm outside", "2 mm voxels", "stop_reason", "Neutrons are booked as escaped"}) {
        EXPECT_THAT(page, HasSubstr(text));
    }
    EXPECT_EQ(page, render_report(test::input_of(example))) << "the page must be a function of its input";
}

TEST(Report, reaches_for_no_network) {
    auto example = test::make_example(4.0);
    std::string const page = render_report(test::input_of(example));
    EXPECT_THAT(page, HasSubstr("default-src 'none'"));
    for (auto const* text :
         {"http:", "https:", "src=\"//", "@import", "url(", "fetch(", "XMLHttpRequest", "eval("}) {
        // The namespace of SVG is a name, not an address that is opened
        std::string rest = page;
        std::string const svg = "http://www.w3.org/2000/svg";
        for (auto at = rest.find(svg); at != std::string::npos; at = rest.find(svg)) {
            rest.erase(at, svg.size());
        }
        EXPECT_THAT(rest, Not(HasSubstr(text)));
    }
}

TEST(Report, names_from_outside_stay_text) {
    auto example = test::make_example(4.0);
    std::string const evil = "</script><script>alert(1)</script><img src=x onerror=\"alert(2)\">'&";
    auto& in = example.input;
    in.case_label = in.subtitle = in.verb = in.dose_name = in.dose_unit = evil;
    in.facts = {{evil, evil}};
    in.goals[0].structure = in.goals[0].metric = in.goals[0].unit = evil;
    in.beams[0].name = in.beams[0].machine = in.beams[0].range_shifter = evil;
    in.energy_budget[0].label = evil;
    in.notes = in.limits = {evil};
    in.warnings = {{evil, evil, evil}};
    in.run_record = {{evil, evil}, {"inputs", {{{"role", evil}, {"name", evil}, {"sha256", evil}}}}};
    in.structures[1].structure.name = evil;
    in.structures[1].metrics[0].name = in.structures[1].metrics[0].unit = evil;
    in.maps = {{evil, evil, &example.dose}};
    std::string const page = render_report(test::input_of(example));
    EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
    EXPECT_THAT(page, Not(HasSubstr("<img src=x")));
    EXPECT_THAT(page, Not(HasSubstr("onerror=\"alert")));
    EXPECT_THAT(page, HasSubstr("&lt;/script&gt;"));
}

TEST(Report, does_without_everything_optional) {
    auto example = test::make_example(4.0);
    ReportInput bare;
    bare.case_label = "bare";
    bare.ct_HU = &example.ct;
    bare.dose_Gy = &example.dose;
    std::string const page = render_report(bare);
    EXPECT_THAT(page, HasSubstr("100 % is the maximum dose"));
    EXPECT_THAT(page, Not(HasSubstr("id=\"uncertainty\"")));
    Volume<float> const none(example.dose.grid); // a dose of zero everywhere
    bare.dose_Gy = &none;
    EXPECT_THAT(render_report(bare), HasSubstr("bare"));
}

TEST(Report, a_large_body_gets_coarser_voxels_and_says_so) {
    Grid grid;
    grid.size = {250, 180, 300};
    grid.spacing_mm = {2, 2, 2};
    Volume<std::int16_t> ct(grid);
    Volume<float> dose(grid);
    std::uint32_t noise = 1;
    for (std::size_t i = 0; i < ct.values.size(); ++i) {
        noise = noise * 1664525u + 1013904223u; // as incompressible as a CT can be
        ct.values[i] = static_cast<std::int16_t>(static_cast<int>(noise >> 25) - 20);
        dose.values[i] = static_cast<float>(50 + (noise >> 20 & 15) * 0.1);
    }
    ReportInput in;
    in.case_label = "large";
    in.ct_HU = &ct;
    in.dose_Gy = &dose;
    std::string const page = render_report(in);
    EXPECT_LT(page.size(), 15'000'000u);
    EXPECT_THAT(page, Not(HasSubstr("Pictures: 2 mm voxels")));
    EXPECT_THAT(page, HasSubstr(" mm voxels"));
}

} // namespace
} // namespace beamwright
