#include "registry/funnel.hpp"
#include "core/contracts.hpp"
#include <cmath>

namespace beamwright::registry {

double funnel_center(std::vector<FunnelPoint> const& points) {
    double sum = 0, weight = 0;
    for (auto const& point : points) {
        if (point.rate > 0 && point.information > 0) {
            sum += point.information * std::log(point.rate);
            weight += point.information;
        }
    }
    return weight > 0 ? std::exp(sum / weight) : 0;
}

Interval funnel_limits(double center, double information, double z) {
    BW_EXPECT(information > 0);
    double const factor = std::exp(z / std::sqrt(information));
    return {center / factor, center * factor};
}

} // namespace beamwright::registry
