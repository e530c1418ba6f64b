// Pages of registry statistics: complete, closed against names from outside, without network and script.
#include "core/atomic_file.hpp"
#include "registry_example.hpp"
#include "report/bar_table.hpp"
#include "report/figures_page.hpp"
#include "report/text.hpp"
#include "support.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string demand_page(std::string const& cases_source = "given by the user") {
    using namespace registry;
    auto const figures = DemandFigures::load(test::source_dir() / "data/registry/demand_figures.json");
    std::vector<DemandAnswer> answers;
    for (Modality const modality : {Modality::xray, Modality::proton, Modality::bnct}) {
        DemandRequest request;
        request.modality = modality;
        request.cases = poisson_count(500000);
        request.cases_source = cases_source;
        request.draws = 20000;
        if (modality == Modality::proton) {
            request.given["fractions_per_course"] = {25, 20, 30};
        } else if (modality == Modality::bnct) {
            request.given["eligible_share"] = {0.005, 0.002, 0.01};
            request.given["setup_minutes"] = {30, 20, 45};
        }
        answers.push_back(estimate_demand(request, figures));
    }
    Json const record{{"version", "test"}, {"verb", "registry demand"}};
    return render_demand_report(
        {answers, count_rates(500000), figures, record, {{"a warning", "why", "do"}}});
}

std::string rates_page(registry::RateTable const& table) {
    return render_rates_report(
        {table, "Invented registries", Json{{"version", "test"}}, {}, {"Invented for a test."}});
}

registry::RateTable full_table() {
    auto table = test::invented_rates(12);
    test::add_invented_trends(table);
    test::add_invented_comparisons(table);
    return table;
}

void expect_closed(std::string page) {
    EXPECT_THAT(page, HasSubstr("default-src 'none'"));
    std::string const svg = "http://www.w3.org/2000/svg";
    for (auto const* text : {"http:", "https:", "src=", "@import", "url(", "<script", "onerror=\"", "nan%",
                             "inf%", "\"nan", "\"inf", "-nan"}) {
        EXPECT_THAT(page, Not(HasSubstr(text))) << text;
    }
}

TEST(DemandReport, shows_chain_intervals_and_every_source) {
    std::string const page = demand_page();
    write_atomically(std::filesystem::path(BW_BINARY_DIR) / "registry_demand_example.html",
                     page); // to look at
    for (auto const* text :
         {"Demand for treatment rooms", "about 1,370", "X-ray", "Neutron capture", "× 0.483",
          "Barton et al 2014", "McConnell", "USER", "P-COMMERCIAL", "research.manchester.ac.uk",
          "Each modality is counted on its own", "a warning", "not a medical device"}) {
        EXPECT_THAT(page, HasSubstr(text));
    }
    expect_closed(page);
    EXPECT_LT(page.size(), 300'000u);
    EXPECT_EQ(page, demand_page()) << "the page must be a function of its input";
}

TEST(RatesReport, shows_curves_bars_funnel_and_trend) {
    std::string const page = rates_page(full_table());
    write_atomically(std::filesystem::path(BW_BINARY_DIR) / "registry_rates_example.html",
                     page); // to look at
    for (auto const* text :
         {"Age-standardized rates", "Funnel", "Rates by age", "Trend", "Stomach (C16)", "Compared",
          "Observed over expected", "Registry J", "-3.20 % a year", "class=\"zeros\"", "no cases",
          "rate 0: not in the fit", "Invented for a test"}) {
        EXPECT_THAT(page, HasSubstr(text));
    }
    expect_closed(page);
    EXPECT_EQ(page, rates_page(full_table()));
}

TEST(RatesReport, of_one_registry_compares_sites) {
    auto const page = rates_page(test::invented_rates(1));
    write_atomically(std::filesystem::path(BW_BINARY_DIR) / "registry_one_example.html", page);
    EXPECT_THAT(page, Not(HasSubstr("id=\"funnel\"")));
    EXPECT_THAT(page, HasSubstr("women"));
    expect_closed(page);
}

TEST(RatesReport, does_without_everything_optional) {
    registry::RateTable empty;
    EXPECT_THAT(rates_page(empty), HasSubstr("Invented registries"));
    auto table = test::invented_rates(2);
    for (auto& result : table.results) { // no cases at all
        for (auto& age : result.ages) {
            age.cases = age.rate_per_100000 = 0;
            age.interval = {0, 3.69 / age.person_years * 1e5};
        }
        for (auto& standard : result.standardized) {
            standard.all_ages = {};
        }
    }
    expect_closed(rates_page(table));
}

TEST(RatesReport, names_from_outside_stay_text) {
    std::string const evil = "</style><script>alert(1)</script><img src=x onerror=\"alert(2)\">'&";
    auto table = full_table();
    for (auto& result : table.results) {
        result.stratum.registry = result.stratum.site = result.stratum.icd10 = result.stratum.sex = evil;
        result.stratum.period = evil;
    }
    for (auto& trend : table.trends) {
        trend.stratum.site = trend.stratum.sex = trend.why_none = evil;
        trend.has_result = false;
    }
    table.comparisons[0].first.site = table.sirs[0].reference = table.standard_titles[0] = evil;
    std::string const page =
        render_rates_report({table, evil, Json{{evil, evil}}, {{evil, evil, evil}}, {evil}});
    for (auto const* text : {"<script>alert", "<img src=x", "onerror=\"alert"}) {
        EXPECT_THAT(page, Not(HasSubstr(text)));
    }
    EXPECT_THAT(demand_page(evil), Not(HasSubstr("<script>alert")));
}

TEST(XyPlot, zeros_have_a_place_of_their_own) {
    using namespace report;
    XyPlot plot;
    plot.zero_label = "no cases";
    plot.series = {
        {"a", {{1, 10, 5, 20, "", false}, {2, 0, 0, 4, "nothing", false}, {3, 12, 6, 22, "", false}}}};
    std::string const svg = xy_svg(plot);
    EXPECT_THAT(svg, HasSubstr("class=\"zeros\""));
    EXPECT_THAT(svg, HasSubstr("whisker from-zero"));
    EXPECT_THAT(svg, HasSubstr("mark hollow"));
    // The line breaks at the zero: two strokes begin
    auto const path = svg.find("class=\"curve\"");
    ASSERT_NE(path, std::string::npos);
    auto const d = svg.substr(path, svg.find("/>", path) - path);
    EXPECT_EQ(std::count(d.begin(), d.end(), 'M'), 2);
    plot.series[0].points[1].y = 8;
    EXPECT_THAT(xy_svg(plot), Not(HasSubstr("class=\"zeros\"")));
    plot.series[0].points.clear();
    EXPECT_EQ(xy_svg(plot), "");
}

TEST(XyPlot, ticks_are_round_numbers) {
    using namespace report;
    auto const texts = [](std::vector<XyTick> const& ticks) {
        std::vector<std::string> out;
        for (auto const& tick : ticks) {
            if (!tick.text.empty()) {
                out.push_back(tick.text);
            }
        }
        return out;
    };
    EXPECT_THAT(texts(linear_ticks(0, 10, 5)), testing::ElementsAre("0", "2", "4", "6", "8", "10"));
    EXPECT_THAT(texts(log_ticks(0.5, 300)), testing::ElementsAre("1", "10", "100"));
    EXPECT_THAT(texts(log_ticks(8, 120)), testing::ElementsAre("10", "20", "50", "100"));
}

TEST(PlainNumber, groups_thousands_and_keeps_small_digits) {
    using report::plain_number;
    EXPECT_EQ(plain_number(3120000), "3,120,000");
    EXPECT_EQ(plain_number(-4605), "-4,605");
    EXPECT_EQ(plain_number(999.5), "999.5");
    EXPECT_EQ(plain_number(0.483), "0.483");
    EXPECT_EQ(plain_number(19.4), "19.4");
    EXPECT_EQ(plain_number(std::numeric_limits<double>::infinity()), "∞");
}

} // namespace
} // namespace beamwright
