/// A planning figure with its interval, and how it is drawn. docs/methods/registry_demand.md eq. 4
#pragma once
#include <string>
#include <string_view>

namespace beamwright::registry {

/// Value (taken as the median) with its 2.5 % and 97.5 % ends; both equal to the value where it is exact.
struct Estimate {
    double value = 0, low = 0, high = 0;
    bool has_interval() const { return low < value || value < high; }
    friend bool operator==(Estimate const&, Estimate const&) = default;
};

inline Estimate exact(double value) { return {value, value, value}; }

/// "0.483" or "0.483:0.44:0.52" (value, low, high). `what` names it in refusals: "--utilization".
/// \throws Refusal on words, an interval that does not hold the value, or numbers outside least..most
Estimate parse_estimate(std::string_view text, std::string const& what, double least, double most);

/// Checks an estimate as `parse_estimate` does. \throws Refusal
void check_estimate(Estimate const& estimate, std::string const& what, double least, double most);

/// The estimate at a standard normal number: value exp(z s), s from the ends on either side. Monotone in z;
/// z = 0 gives the value, z = -1.96 and 1.96 the ends. `cut` bounds shares at 1.
double at_normal(Estimate const& estimate, double z, double cut);

/// A Poisson count with its exact 95 % limits (Garwood 1936).
Estimate poisson_count(double cases);

/// The 97.5 % quantile of the standard normal distribution.
inline constexpr double normal_975 = 1.959963984540054;

} // namespace beamwright::registry
