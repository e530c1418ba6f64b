/// Rates as JSON and as CSV.
#include "jobs/registry_rates_output.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>

namespace beamwright {

namespace {

namespace rg = registry;

Json stratum_json(rg::Stratum const& s) {
    return {
        {"registry", s.registry}, {"sex", s.sex}, {"site", s.site}, {"icd10", s.icd10}, {"period", s.period}};
}

Json interval_json(rg::NamedInterval const& named) {
    return {{"method", named.method}, {"lower", named.interval.lower}, {"upper", named.interval.upper}};
}

Json intervals_json(std::vector<rg::NamedInterval> const& all) {
    Json list = Json::array();
    for (auto const& named : all) {
        list.push_back(interval_json(named));
    }
    return list;
}

Json estimate_json(rg::RateEstimate const& e) {
    return {{"rate_per_100000", e.rate_per_100000},
            {"se_per_100000", e.se_per_100000},
            {"intervals", intervals_json(e.intervals)}};
}

Json cumulative_json(std::optional<rg::CumulativeEstimate> const& c) {
    if (!c) {
        return nullptr;
    }
    return {{"rate_percent", c->rate_percent},
            {"rate_se_percent", c->rate_se_percent},
            {"rate_intervals", intervals_json(c->rate_intervals)},
            {"risk_percent", c->risk_percent},
            {"risk_intervals", intervals_json(c->risk_intervals)}};
}

Json optional_json(std::optional<double> const& value) { return value ? Json(*value) : Json(nullptr); }

Json quality_json(rg::QualityIndicators const& q) {
    return {{"mv_percent", optional_json(q.microscopically_verified_percent)},
            {"dco_percent", optional_json(q.death_certificate_only_percent)},
            {"clinical_percent", optional_json(q.clinical_percent)},
            {"unknown_basis_percent", optional_json(q.unknown_basis_percent)},
            {"mortality_to_incidence", optional_json(q.mortality_to_incidence)},
            {"unknown_age_percent", optional_json(q.unknown_age_percent)}};
}

Json ages_json(std::vector<rg::AgeSpecificRate> const& ages) {
    Json groups = Json::array(), cases = Json::array(), years = Json::array(), rate = Json::array();
    Json lower = Json::array(), upper = Json::array();
    for (auto const& age : ages) {
        groups.push_back(age.age.label());
        cases.push_back(age.cases);
        years.push_back(age.person_years);
        rate.push_back(age.rate_per_100000);
        lower.push_back(age.interval.lower);
        upper.push_back(age.interval.upper);
    }
    return {{"age_group", std::move(groups)},   {"cases", std::move(cases)},
            {"person_years", std::move(years)}, {"rate_per_100000", std::move(rate)},
            {"lower", std::move(lower)},        {"upper", std::move(upper)}};
}

Json result_json(rg::RateResult const& r) {
    Json json = stratum_json(r.stratum);
    json["cases"] = r.cases;
    json["cases_unknown_age"] = r.cases_unknown_age;
    json["person_years"] = r.person_years;
    json["deaths"] = optional_json(r.deaths);
    json["unknown_age_factor"] = r.unknown_age_factor;
    json["crude"] = estimate_json(r.crude);
    json["standardized"] = Json::array();
    for (auto const& s : r.standardized) {
        Json entry{{"standard", s.standard}};
        entry.update(estimate_json(s.all_ages));
        entry["age_groups_used"] = s.age_groups_used;
        entry["truncated_35_64"] = s.truncated_35_64 ? estimate_json(*s.truncated_35_64) : Json(nullptr);
        json["standardized"].push_back(std::move(entry));
    }
    json["cumulative_0_64"] = cumulative_json(r.cumulative_0_64);
    json["cumulative_0_74"] = cumulative_json(r.cumulative_0_74);
    json["quality"] = quality_json(r.quality);
    json["ages"] = ages_json(r.ages);
    return json;
}

Json trend_json(rg::TrendResult const& t) {
    Json json = stratum_json(t.stratum);
    json["standard"] = t.standard;
    json["years_used"] = t.years_used;
    json["years_zero"] = t.years_zero;
    json["zero_years"] = t.zero_years;
    json["quantile"] = t.quantile;
    if (t.has_result) {
        json["eapc_percent"] = t.eapc_percent;
        json["eapc_lower_percent"] = t.eapc_interval.lower;
        json["eapc_upper_percent"] = t.eapc_interval.upper;
        json["slope"] = t.slope;
        json["slope_se"] = t.slope_se;
        json["p_value"] = t.p_value;
    } else {
        json["no_result"] = t.why_none;
    }
    json["points"] = Json::array();
    for (auto const& p : t.points) {
        json["points"].push_back(
            {{"year", p.year},
             {"cases", p.cases},
             {"rate_per_100000", p.rate_per_100000},
             {"used", p.used},
             {"fitted_per_100000", t.has_result ? Json(p.fitted_per_100000) : Json(nullptr)}});
    }
    return json;
}

Json comparison_json(rg::ComparisonResult const& c) {
    return {{"by", c.by},
            {"first", stratum_json(c.first)},
            {"second", stratum_json(c.second)},
            {"standard", c.standard},
            {"first_asr_per_100000", c.first_asr},
            {"second_asr_per_100000", c.second_asr},
            {"ratio", c.ratio},
            {"ratio_interval", interval_json(c.ratio_interval)},
            {"ratio_p", c.ratio_p},
            {"difference_per_100000", c.difference_per_100000},
            {"difference_interval", interval_json(c.difference_interval)},
            {"difference_p", c.difference_p}};
}

Json sir_json(rg::SirResult const& s) {
    Json json = stratum_json(s.stratum);
    json["reference"] = s.reference;
    json["observed"] = s.observed;
    json["expected"] = s.expected;
    json["ratio"] = s.ratio;
    json["interval"] = interval_json(s.interval);
    json["p_value"] = s.p_value;
    return json;
}

/// A CSV cell; quotes only where they are needed. A text that a spreadsheet would run as a formula gets none of ours:
/// names come from the user's own table.
std::string cell(std::string const& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) {
        return text;
    }
    std::string quoted = "\"";
    for (char const c : text) {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + "\"";
}

std::string stratum_cells(rg::Stratum const& s) {
    return fmt::format("{},{},{},{},{}", cell(s.registry), s.sex, cell(s.site), cell(s.icd10), s.period);
}
constexpr char const* stratum_header = "registry,sex,site,icd10,period";

class Csv {
public:
    void number(double value) {
        if (std::isfinite(value)) {
            fmt::format_to(std::back_inserter(out_), ",{:.8g}", value);
        } else {
            text(std::isnan(value) ? "" : "inf");
        }
    }
    void number(std::optional<double> const& value) { value ? number(*value) : text(""); }
    void text(std::string const& value) { fmt::format_to(std::back_inserter(out_), ",{}", cell(value)); }
    void start(std::string const& cells) { fmt::format_to(std::back_inserter(out_), "{}", cells); }
    void end() { out_.push_back('\n'); }
    void reserve(std::size_t bytes) { out_.reserve(bytes); }
    std::string str() const { return fmt::to_string(out_); }

private:
    fmt::memory_buffer out_;
};

void intervals(Csv& csv, std::vector<rg::NamedInterval> const* all, std::size_t methods) {
    for (std::size_t i = 0; i < methods; ++i) {
        if (all) {
            csv.number((*all)[i].interval.lower);
            csv.number((*all)[i].interval.upper);
        } else {
            csv.text("");
            csv.text("");
        }
    }
}

std::string interval_header(std::string const& quantity, std::vector<std::string> const& methods) {
    std::string out;
    for (auto const& method : methods) {
        out += fmt::format(",{0}_lower_{1},{0}_upper_{1}", quantity, method);
    }
    return out;
}

void rates_row(Csv& csv, rg::RateResult const& r, rg::StandardizedRates const& s,
               std::vector<std::string> const& asked) {
    auto const methods = asked.size();
    csv.start(stratum_cells(r.stratum));
    csv.number(r.cases);
    csv.number(r.cases_unknown_age);
    csv.number(r.person_years);
    csv.number(r.deaths);
    csv.number(r.crude.rate_per_100000);
    intervals(csv, &r.crude.intervals, methods);
    csv.text(s.standard);
    csv.number(s.all_ages.rate_per_100000);
    csv.number(s.all_ages.se_per_100000);
    intervals(csv, &s.all_ages.intervals, methods);
    auto const& t = s.truncated_35_64;
    csv.number(t ? std::optional(t->rate_per_100000) : std::nullopt);
    intervals(csv, t ? &t->intervals : nullptr, methods);
    for (auto const* c : {&r.cumulative_0_64, &r.cumulative_0_74}) {
        csv.number(*c ? std::optional((*c)->rate_percent) : std::nullopt);
        intervals(csv, *c ? &(*c)->rate_intervals : nullptr, methods);
        csv.number(*c ? std::optional((*c)->risk_percent) : std::nullopt);
        intervals(csv, *c ? &(*c)->risk_intervals : nullptr, methods);
    }
    csv.number(r.unknown_age_factor);
    csv.number(r.quality.microscopically_verified_percent);
    csv.number(r.quality.death_certificate_only_percent);
    csv.number(r.quality.mortality_to_incidence);
    bool replaced = false;
    for (std::size_t i = 0; i < methods; ++i) {
        replaced = replaced || s.all_ages.intervals[i].method != asked[i];
    }
    csv.text(replaced ? "no cases: gamma interval in place of a method without one" : "");
    csv.end();
}

} // namespace

Json rates_json(rg::RateTable const& rates) {
    Json json{{"schema_version", 1},
              {"confidence_percent", 100 * rates.confidence},
              {"intervals", rates.interval_methods}};
    json["standards"] = Json::array();
    for (std::size_t i = 0; i < rates.standards.size(); ++i) {
        json["standards"].push_back({{"name", rates.standards[i]}, {"title", rates.standard_titles[i]}});
    }
    auto const fill = [&](char const* key, auto const& all, auto const& one) {
        json[key] = Json::array();
        for (auto const& entry : all) {
            json[key].push_back(one(entry));
        }
    };
    fill("results", rates.results, result_json);
    fill("trends", rates.trends, trend_json);
    fill("comparisons", rates.comparisons, comparison_json);
    fill("sirs", rates.sirs, sir_json);
    return json;
}

std::string rates_csv(rg::RateTable const& rates) {
    auto const& m = rates.interval_methods;
    Csv csv;
    constexpr std::size_t bytes_per_row = 400;
    csv.reserve(rates.results.size() * rates.standards.size() * bytes_per_row);
    csv.start(fmt::format(
        "{},cases,cases_unknown_age,person_years,deaths,crude_per_100000{},standard,asr_per_100000,"
        "asr_se_per_100000{},truncated_35_64_per_100000{},",
        stratum_header, interval_header("crude", m), interval_header("asr", m),
        interval_header("truncated_35_64", m)));
    for (auto const* const to : {"64", "74"}) {
        auto const rate = fmt::format("cumulative_rate_0_{}", to),
                   risk = fmt::format("cumulative_risk_0_{}", to);
        csv.start(fmt::format("{0}_percent{1},{2}_percent{3},", rate, interval_header(rate, m), risk,
                              interval_header(risk, m)));
    }
    csv.start("unknown_age_factor,mv_percent,dco_percent,mortality_to_incidence,note");
    csv.end();
    for (auto const& result : rates.results) {
        for (auto const& standardized : result.standardized) {
            rates_row(csv, result, standardized, m);
        }
    }
    return csv.str();
}

std::string ages_csv(rg::RateTable const& rates) {
    Csv csv;
    csv.start(fmt::format("{},age_group,cases,person_years,rate_per_100000,lower,upper", stratum_header));
    csv.end();
    for (auto const& result : rates.results) {
        auto const words = stratum_cells(result.stratum);
        for (auto const& age : result.ages) {
            csv.start(words);
            csv.text(age.age.label());
            for (double const value :
                 {age.cases, age.person_years, age.rate_per_100000, age.interval.lower, age.interval.upper}) {
                csv.number(value);
            }
            csv.end();
        }
    }
    return csv.str();
}

std::string comparisons_csv(rg::RateTable const& rates) {
    Csv csv;
    csv.start(fmt::format(
        "{},kind,against,standard,first,second,ratio,ratio_method,ratio_lower,ratio_upper,ratio_p,"
        "difference_per_100000,difference_method,difference_lower,difference_upper,difference_p",
        stratum_header));
    csv.end();
    for (auto const& c : rates.comparisons) {
        csv.start(stratum_cells(c.first));
        csv.text("rates by " + c.by);
        csv.text(c.by == "sex" ? c.second.sex : c.by == "year" ? c.second.period : c.second.registry);
        csv.text(c.standard);
        csv.number(c.first_asr);
        csv.number(c.second_asr);
        csv.number(c.ratio);
        csv.text(c.ratio_interval.method);
        for (double const value : {c.ratio_interval.interval.lower, c.ratio_interval.interval.upper,
                                   c.ratio_p, c.difference_per_100000}) {
            csv.number(value);
        }
        csv.text(c.difference_interval.method);
        for (double const value :
             {c.difference_interval.interval.lower, c.difference_interval.interval.upper, c.difference_p}) {
            csv.number(value);
        }
        csv.end();
    }
    for (auto const& s : rates.sirs) {
        csv.start(stratum_cells(s.stratum));
        csv.text("seen over expected cases");
        csv.text(s.reference);
        csv.text("");
        csv.number(s.observed);
        csv.number(s.expected);
        csv.number(s.ratio);
        csv.text(s.interval.method);
        for (double const value : {s.interval.interval.lower, s.interval.interval.upper, s.p_value}) {
            csv.number(value);
        }
        csv.start(",,,,,");
        csv.end();
    }
    return csv.str();
}

std::string trends_csv(rg::RateTable const& rates) {
    Csv csv;
    csv.start(fmt::format(
        "{},standard,years_used,years_zero,eapc_percent,lower_percent,upper_percent,p_value,slope,"
        "slope_se,quantile,zero_years,note",
        stratum_header));
    csv.end();
    for (auto const& t : rates.trends) {
        csv.start(stratum_cells(t.stratum));
        csv.text(t.standard);
        csv.number(t.years_used);
        csv.number(t.years_zero);
        for (double const value :
             {t.eapc_percent, t.eapc_interval.lower, t.eapc_interval.upper, t.p_value, t.slope, t.slope_se}) {
            csv.number(t.has_result ? std::optional(value) : std::nullopt);
        }
        csv.text(t.quantile);
        csv.text(t.zero_years);
        csv.text(t.why_none);
        csv.end();
    }
    return csv.str();
}

} // namespace beamwright
