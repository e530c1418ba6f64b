#include "tables/cubic_spline.hpp"
#include "core/contracts.hpp"
#include <algorithm>
#include <cstddef>

namespace beamwright {

CubicSpline::CubicSpline(std::vector<double> x, std::vector<double> y)
    : x_(std::move(x)), y_(std::move(y)), second_(x_.size(), 0.0) {
    BW_EXPECT(x_.size() >= 3 && x_.size() == y_.size() && std::is_sorted(x_.begin(), x_.end()));
    // Second derivatives by elimination of the tridiagonal system, zero at both ends
    std::size_t const n = x_.size();
    std::vector<double> factor(n, 0.0), right(n, 0.0);
    for (std::size_t i = 1; i + 1 < n; ++i) {
        double const before = x_[i] - x_[i - 1], after = x_[i + 1] - x_[i];
        double const pivot = 2 * (before + after) - before * factor[i - 1];
        factor[i] = after / pivot;
        double const bend = 6 * ((y_[i + 1] - y_[i]) / after - (y_[i] - y_[i - 1]) / before);
        right[i] = (bend - before * right[i - 1]) / pivot;
    }
    for (std::size_t i = n - 1; i-- > 1;) {
        second_[i] = right[i] - factor[i] * second_[i + 1];
    }
}

double CubicSpline::slope(std::size_t i, double place) const {
    double const h = x_[i + 1] - x_[i], rest = 1 - place;
    return (y_[i + 1] - y_[i]) / h +
           h / 6 * ((3 * place * place - 1) * second_[i + 1] - (3 * rest * rest - 1) * second_[i]);
}

double CubicSpline::operator()(double x) const {
    if (x <= x_.front()) {
        return y_.front() + (x - x_.front()) * slope(0, 0.0);
    }
    if (x >= x_.back()) {
        return y_.back() + (x - x_.back()) * slope(x_.size() - 2, 1.0);
    }
    auto const i = static_cast<std::size_t>(std::upper_bound(x_.begin(), x_.end(), x) - x_.begin()) - 1;
    double const h = x_[i + 1] - x_[i], place = (x - x_[i]) / h, rest = 1 - place;
    return rest * y_[i] + place * y_[i + 1] +
           h * h / 6 *
               ((rest * rest * rest - rest) * second_[i] + (place * place * place - place) * second_[i + 1]);
}

} // namespace beamwright
