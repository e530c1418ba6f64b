/// A neutron port as transport sees it: owner of what PortSampler reads. Plain values; the room machine/port fills it.
#pragma once
#include "machine/source/port_source_view.hpp"
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace beamwright {

/// Fill the lists, call prepare(), hand it to NeutronRequest. A copy keeps its own memory: take a new view of it.
struct PortSource {
    std::string name;
    PortAperture aperture = PortAperture::point;
    double radius_mm = 0;                ///< disk
    double half_x_mm = 0, half_y_mm = 0; ///< rectangle
    std::vector<PortBin> bins;
    std::vector<double> shares; ///< true share of each bin among all source particles; any sum
    std::vector<double> drawn;  ///< share with which each bin is drawn; empty = the true one
    std::vector<PortAngles> angles;
    std::vector<double> cosines, cosine_cumulative;

    /// \throws Refusal for a port that sends out nothing, bins that fall, an aperture without size, angles that miss.
    void prepare();
    /// Valid after prepare() and as long as this object lives and does not change.
    PortSourceView view() const;
    double highest_eV() const;

private:
    std::vector<double> cumulative_;
};

} // namespace beamwright
