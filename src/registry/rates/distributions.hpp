/// Quantiles and tails of the distributions that intervals need; Boost.Math stands behind this door only.
#pragma once

namespace beamwright::registry {

double normal_quantile(double probability);
/// Chance of a standard normal number at least this far from zero, on either side.
double normal_two_sided_p(double z);

/// Gamma distribution with scale 1. A shape of zero is the point mass at zero.
double gamma_quantile(double shape, double probability);
double gamma_below(double shape, double x); ///< chance of a value up to x

/// Quantile of the even mixture of two gamma distributions (shapes may be zero).
struct ScaledGamma {
    double shape = 0, scale = 1;
};
double gamma_mixture_quantile(ScaledGamma const& first, ScaledGamma const& second, double probability);

double beta_quantile(double a, double b, double probability);
double f_quantile(double numerator_freedom, double denominator_freedom, double probability);
double f_below(double numerator_freedom, double denominator_freedom, double x); ///< chance of a value up to x
double student_t_quantile(double freedom, double probability);
double student_t_two_sided_p(double freedom, double t);

} // namespace beamwright::registry
