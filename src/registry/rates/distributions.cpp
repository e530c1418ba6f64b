#include "registry/rates/distributions.hpp"
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

namespace beamwright::registry {

namespace {

namespace bm = boost::math;
/// double is enough (relative error below 1e-13) and five times as fast as the wider default.
using Policy = bm::policies::policy<bm::policies::promote_double<false>>;
constexpr Policy policy{};

} // namespace

double normal_quantile(double probability) {
    return -std::numbers::sqrt2 * bm::erfc_inv(2 * probability, policy);
}

double normal_two_sided_p(double z) { return bm::erfc(std::abs(z) / std::numbers::sqrt2, policy); }

double gamma_quantile(double shape, double probability) {
    return shape > 0 ? bm::gamma_p_inv(shape, probability, policy) : 0;
}

double gamma_below(double shape, double x) {
    if (x <= 0) {
        return shape > 0 ? 0 : (x < 0 ? 0 : 1);
    }
    return shape > 0 ? bm::gamma_p(shape, x, policy) : 1;
}

double gamma_mixture_quantile(ScaledGamma const& first, ScaledGamma const& second, double probability) {
    auto const below = [&](double x) {
        return 0.5 *
               (gamma_below(first.shape, x / first.scale) + gamma_below(second.shape, x / second.scale));
    };
    // The quantile of a mixture lies between the quantiles of its parts
    double const one = gamma_quantile(first.shape, probability) * first.scale;
    double const two = gamma_quantile(second.shape, probability) * second.scale;
    double low = std::min(one, two), high = std::max(one, two);
    if (below(low) >= probability) {
        return low; // a point mass at zero already holds it
    }
    // Halving to the last bit: at most 60 rounds of two gamma functions
    while (true) {
        double const middle = low + 0.5 * (high - low);
        if (middle <= low || middle >= high || high - low <= 1e-14 * high) {
            return middle;
        }
        (below(middle) < probability ? low : high) = middle;
    }
}

double beta_quantile(double a, double b, double probability) {
    return bm::ibeta_inv(a, b, probability, policy);
}

double f_quantile(double numerator_freedom, double denominator_freedom, double probability) {
    // F = (d2/d1) x / (1 - x) with x of the beta distribution (d1/2, d2/2); 1 - x is kept to full precision
    double rest = 0;
    double const x =
        bm::ibeta_inv(0.5 * numerator_freedom, 0.5 * denominator_freedom, probability, &rest, policy);
    return denominator_freedom / numerator_freedom * x / rest;
}

double f_below(double numerator_freedom, double denominator_freedom, double x) {
    double const scaled = numerator_freedom * x;
    return bm::ibeta(0.5 * numerator_freedom, 0.5 * denominator_freedom,
                     scaled / (scaled + denominator_freedom), policy);
}

double student_t_quantile(double freedom, double probability) {
    return bm::quantile(bm::students_t_distribution<double, Policy>(freedom), probability);
}

double student_t_two_sided_p(double freedom, double t) {
    return 2 * bm::cdf(bm::complement(bm::students_t_distribution<double, Policy>(freedom), std::abs(t)));
}

} // namespace beamwright::registry
