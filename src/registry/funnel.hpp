/// Funnel limits of rates on a logarithmic scale. docs/methods/registry_demand.md, section Funnel
#pragma once
#include "registry/rates/results.hpp"

namespace beamwright::registry {

/// A rate with the cases that carry its information: (rate / standard error)^2.
struct FunnelPoint {
    double rate = 0, information = 0;
};

/// The rate of all together: exp of the mean of the logarithms, weighted by information. Points without a rate
/// or information are left out; 0 if none is left.
double funnel_center(std::vector<FunnelPoint> const& points);

/// center exp(-+ z / sqrt(information)): where a rate with the center as its truth lies (Spiegelhalter 2005).
Interval funnel_limits(double center, double information, double z);

} // namespace beamwright::registry
