#include "registry/trend/series.hpp"
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace beamwright::registry {

std::vector<TrendResult> trends_of(std::vector<RateResult> const& results, std::size_t standard,
                                   TrendOptions const& options) {
    struct Series {
        RateResult const* first;
        std::vector<TrendPoint> points;
    };
    std::vector<Series> all;
    std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> places;
    for (auto const& result : results) {
        auto const& s = result.stratum;
        if (s.first_year == 0 || s.first_year != s.last_year) {
            continue;
        }
        auto const [place, is_new] =
            places.emplace(std::tuple(s.registry, s.sex, s.icd10, s.site), all.size());
        if (is_new) {
            all.push_back({&result, {}});
        }
        auto const& rates = result.standardized.at(standard).all_ages;
        TrendPoint point;
        point.year = s.first_year;
        point.cases = result.cases;
        point.rate_per_100000 = rates.rate_per_100000;
        point.interval = rates.intervals.front().interval;
        all[place->second].points.push_back(point);
    }
    std::vector<TrendResult> trends;
    for (auto& series : all) {
        if (series.points.size() < 2) {
            continue;
        }
        auto trend = eapc(std::move(series.points), options);
        trend.stratum = series.first->stratum;
        trend.stratum.first_year = trend.points.front().year;
        trend.stratum.last_year = trend.points.back().year;
        trend.stratum.period = fmt::format("{}-{}", trend.stratum.first_year, trend.stratum.last_year);
        trend.standard = series.first->standardized.at(standard).standard;
        trends.push_back(std::move(trend));
    }
    return trends;
}

} // namespace beamwright::registry
