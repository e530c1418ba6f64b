/// A cubic spline through points, straight beyond its ends (host only).
#pragma once
#include <vector>

namespace beamwright {

class CubicSpline {
public:
    CubicSpline() = default;
    /// Natural spline. \pre x ascending, at least three points
    CubicSpline(std::vector<double> x, std::vector<double> y);
    double operator()(double x) const;
    bool empty() const { return x_.empty(); }

private:
    double slope(std::size_t i, double place) const;
    std::vector<double> x_, y_, second_;
};

} // namespace beamwright
