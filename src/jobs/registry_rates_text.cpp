/// Rates as a table for a terminal.
#include "jobs/registry_rates_output.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

namespace rg = registry;

constexpr std::size_t most_rows = 200;
constexpr std::size_t widest_word = 34;

/// Columns that a character of UTF-8 takes: two for most of East Asian scripts.
std::size_t columns_of(unsigned char lead) {
    bool const follows = (lead & 0xC0U) == 0x80U;
    bool const wide = lead >= 0xE3 && lead <= 0xED;
    return follows ? 0 : wide ? 2 : 1;
}

std::size_t width_of(std::string const& text) {
    std::size_t width = 0;
    for (char const c : text) {
        width += columns_of(static_cast<unsigned char>(c));
    }
    return width;
}

std::string cut(std::string const& text) {
    if (width_of(text) <= widest_word) {
        return text;
    }
    std::size_t width = 0, end = 0;
    while (end < text.size() && width + columns_of(static_cast<unsigned char>(text[end])) < widest_word) {
        width += columns_of(static_cast<unsigned char>(text[end++]));
    }
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        ++end; // the rest of the last character
    }
    return text.substr(0, end) + "\u2026";
}

/// Rows of cells under a header; the first `words` columns stand left, numbers right.
class TextTable {
public:
    TextTable(std::vector<std::string> header, std::size_t words) : words_(words) { add(std::move(header)); }
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    std::string text() const {
        std::vector<std::size_t> widths(rows_.front().size(), 0);
        for (auto const& row : rows_) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                widths[i] = std::max(widths[i], width_of(row[i]));
            }
        }
        std::string out;
        for (auto const& row : rows_) {
            std::string line;
            for (std::size_t i = 0; i < row.size(); ++i) {
                std::string const space(widths[i] - width_of(row[i]), ' ');
                line += (i > 0 ? "  " : "") + (i < words_ ? row[i] + space : space + row[i]);
            }
            out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        }
        return out;
    }

private:
    std::size_t words_;
    std::vector<std::vector<std::string>> rows_;
};

/// Two decimals below 100, one below 1000, none above: what reports print.
std::string number(double value) {
    if (!std::isfinite(value)) {
        return std::isnan(value) ? "-" : "inf";
    }
    return fmt::format("{:.{}f}", value, std::abs(value) < 99.995 ? 2 : std::abs(value) < 999.95 ? 1 : 0);
}

std::string range(rg::Interval const& interval) {
    return fmt::format("{} - {}", number(interval.lower), number(interval.upper));
}

std::string p_text(double p) { return p < 0.001 ? "<0.001" : fmt::format("{:.3f}", p); }

std::vector<std::string> words_of(rg::Stratum const& s) {
    return {cut(s.registry), s.sex, cut(s.site), s.period};
}

std::string more_text(std::size_t all, char const* how) {
    return all > most_rows ? fmt::format("... and {} more: {} writes all\n", all - most_rows, how) : "";
}

/// Marks an interval that is not of the method asked for.
char const* mark(rg::NamedInterval const& used, std::string const& asked) {
    return used.method == asked ? "" : "*";
}

std::string rates_table(rg::RateTable const& rates, bool& marked) {
    auto const& method = rates.interval_methods.front();
    std::vector<std::string> header{"registry", "sex", "site", "period", "cases", "crude"};
    for (auto const& standard : rates.standards) {
        header.push_back(standard);
        header.push_back(fmt::format("{:g}% interval", 100 * rates.confidence));
    }
    header.insert(header.end(), {"35-64", "cum. 0-74 %"});
    TextTable table(header, 4);
    for (std::size_t i = 0; i < std::min(most_rows, rates.results.size()); ++i) {
        auto const& result = rates.results[i];
        auto row = words_of(result.stratum);
        row.insert(row.end(), {fmt::format("{:.10g}", result.cases), number(result.crude.rate_per_100000)});
        for (auto const& standardized : result.standardized) {
            auto const& used = standardized.all_ages.intervals.front();
            row.push_back(number(standardized.all_ages.rate_per_100000));
            row.push_back(range(used.interval) + mark(used, method));
            marked = marked || used.method != method;
        }
        auto const& truncated = result.standardized.front().truncated_35_64;
        row.push_back(truncated ? number(truncated->rate_per_100000) : "-");
        row.push_back(result.cumulative_0_74 ? number(result.cumulative_0_74->rate_percent) : "-");
        table.add(row);
    }
    return table.text() + more_text(rates.results.size(), "--csv FILE");
}

std::string quality_table(rg::RateTable const& rates) {
    auto const has = [](rg::RateResult const& result) {
        auto const& q = result.quality;
        return q.microscopically_verified_percent || q.death_certificate_only_percent ||
               q.mortality_to_incidence;
    };
    if (std::none_of(rates.results.begin(), rates.results.end(), has)) {
        return {};
    }
    auto const shown = [](std::optional<double> const& value) {
        return value ? fmt::format("{:.2f}", *value) : "-";
    };
    TextTable table({"registry", "sex", "site", "period", "MV %", "DCO %", "M:I", "age unknown %"}, 4);
    for (std::size_t i = 0; i < std::min(most_rows, rates.results.size()); ++i) {
        auto const& q = rates.results[i].quality;
        auto row = words_of(rates.results[i].stratum);
        row.insert(row.end(),
                   {shown(q.microscopically_verified_percent), shown(q.death_certificate_only_percent),
                    shown(q.mortality_to_incidence), shown(q.unknown_age_percent)});
        table.add(row);
    }
    return "\nQuality of registration\n" + table.text() + more_text(rates.results.size(), "--csv FILE");
}

std::string trend_table(rg::RateTable const& rates) {
    if (rates.trends.empty()) {
        return {};
    }
    auto const& first = rates.trends.front();
    TextTable table({"registry", "sex", "site", "years", "used", "EAPC %", "interval", "p"}, 4);
    for (std::size_t i = 0; i < std::min(most_rows, rates.trends.size()); ++i) {
        auto const& trend = rates.trends[i];
        auto row = words_of(trend.stratum);
        row.push_back(fmt::format("{} of {}", trend.years_used, trend.years_used + trend.years_zero));
        if (trend.has_result) {
            row.insert(row.end(),
                       {number(trend.eapc_percent), range(trend.eapc_interval), p_text(trend.p_value)});
        } else {
            row.insert(row.end(), {"-", trend.why_none, "-"});
        }
        table.add(row);
    }
    auto const* const zeros = first.zero_years == "drop" ? "left out" : "no result for the series";
    return fmt::format("\nTrend: estimated annual percent change of {} ({} quantile; years with a rate of "
                       "zero: {})\n",
                       first.standard, first.quantile, zeros) +
           table.text() + more_text(rates.trends.size(), "--trend-csv FILE");
}

std::string comparison_table(rg::RateTable const& rates) {
    if (rates.comparisons.empty()) {
        return {};
    }
    TextTable table({"registry", "sex", "site", "period", "against", "rate", "its", "ratio", "interval", "p",
                     "difference", "interval", "p"},
                    5);
    for (std::size_t i = 0; i < std::min(most_rows, rates.comparisons.size()); ++i) {
        auto const& c = rates.comparisons[i];
        auto row = words_of(c.first);
        auto const& against = c.by == "sex"    ? c.second.sex
                              : c.by == "year" ? c.second.period
                                               : c.second.registry;
        row.insert(row.end(),
                   {cut(against), number(c.first_asr), number(c.second_asr), number(c.ratio),
                    range(c.ratio_interval.interval) + (c.ratio_interval.method == "f" ? " (f)" : ""),
                    p_text(c.ratio_p), number(c.difference_per_100000), range(c.difference_interval.interval),
                    p_text(c.difference_p)});
        table.add(row);
    }
    return fmt::format("\nRates against each other, standard {}\n", rates.comparisons.front().standard) +
           table.text() + more_text(rates.comparisons.size(), "--compare-csv FILE");
}

std::string sir_text(rg::RateTable const& rates) {
    if (rates.sirs.empty()) {
        return {};
    }
    TextTable table({"registry", "sex", "site", "period", "seen", "expected", "SIR", "interval", "p"}, 4);
    for (std::size_t i = 0; i < std::min(most_rows, rates.sirs.size()); ++i) {
        auto const& sir = rates.sirs[i];
        auto row = words_of(sir.stratum);
        row.insert(row.end(), {fmt::format("{:.10g}", sir.observed), number(sir.expected), number(sir.ratio),
                               range(sir.interval.interval), p_text(sir.p_value)});
        table.add(row);
    }
    return fmt::format("\nIndirect standardization with the rates of {} ({} limits)\n",
                       rates.sirs.front().reference, rates.sirs.front().interval.method) +
           table.text() + more_text(rates.sirs.size(), "--compare-csv FILE");
}

} // namespace

std::string rates_text(rg::RateTable const& rates) {
    bool marked = false;
    auto const table = rates_table(rates, marked);
    std::string out = "Rates per 100,000 person-years; ";
    for (std::size_t i = 0; i < rates.standards.size(); ++i) {
        out += fmt::format("{}{} = {}", i > 0 ? ", " : "", rates.standards[i], rates.standard_titles[i]);
    }
    out += fmt::format("; intervals: {}\n", rates.interval_methods.front()) + table;
    if (marked) {
        out += "* no cases: the gamma interval stands in, the method asked for has none\n";
    }
    return out + quality_table(rates) + trend_table(rates) + comparison_table(rates) + sir_text(rates);
}

} // namespace beamwright
