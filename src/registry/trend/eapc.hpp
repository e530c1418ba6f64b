/// Estimated annual percent change. docs/methods/registry_trend.md
#pragma once
#include "registry/rates/results.hpp"
#include <string>
#include <vector>

namespace beamwright::registry {

enum class TrendQuantile {
    t,     ///< Student's t with n - 2 degrees of freedom (SEER)
    normal ///< as some packages do
};

/// What a year with a rate of zero does: its logarithm does not exist.
enum class ZeroYears {
    drop, ///< it is left out, and the result says how many were
    none  ///< no result (SEER)
};

struct TrendOptions {
    double confidence = 0.95;
    TrendQuantile quantile = TrendQuantile::t;
    ZeroYears zero_years = ZeroYears::drop;
};

/// Least squares of log(rate) on the year (eq. 1-4). Fills everything but the stratum and the standard; marks the
/// points that were used and what was fitted there.
TrendResult eapc(std::vector<TrendPoint> points, TrendOptions const& options);

} // namespace beamwright::registry
