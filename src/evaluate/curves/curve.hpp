/// Curves over a depth and how far two of them lie apart: what a comparison of depth doses needs.
#pragma once
#include <cstddef>
#include <vector>

namespace beamwright {

/// Points with rising x; straight lines between them. `sigma` (one standard deviation of y) is empty or as long.
struct Curve {
    std::vector<double> x, y, sigma;
    std::size_t size() const { return x.size(); }
};

/// y at x; the end values outside. \pre at least one point
double value_at(Curve const& curve, double x);
/// Area between two x, of the straight lines; nothing outside of the curve.
double area_between(Curve const& curve, double from, double to);
/// The greatest y.
double maximum_of(Curve const& curve);
/// All y and sigma times a factor.
Curve scaled(Curve curve, double factor);
/// All x plus a shift.
Curve shifted(Curve curve, double by);
/// Mean of each `many` neighbours (bins of equal width); what is left over at the end is dropped.
Curve rebinned(Curve const& curve, std::size_t many);
/// Mean of the curve over bins of width `bin` about the given centers: what a scorer of such bins would hold.
Curve binned_at(Curve const& curve, std::vector<double> const& centers, double bin);

/// The place where two curves lie farthest apart.
struct CurveDifference {
    double worst = 0, at = 0;     ///< ours - theirs there, in units of their maximum
    double sigma = 0;             ///< of that difference
    double most_beyond_noise = 0; ///< greatest |difference| - z sigma over all points; at most |worst|
    std::size_t points = 0;       ///< compared
    Curve difference;             ///< all of them, with sigma
};

/// At the points of `theirs` from `from` to `to`, as the curves are. `z` sigmas are granted in most_beyond_noise.
CurveDifference difference_between(Curve const& ours, Curve const& theirs, double from, double to, double z);
/// Ours scaled to the area of theirs, where both are.
CurveDifference area_normalized_difference(Curve const& ours, Curve const& theirs, double from, double to,
                                           double z);
/// `theirs` times this has the area of `ours` where both are.
double area_ratio(Curve const& ours, Curve const& theirs);

} // namespace beamwright
