#include "machine/port_source.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace beamwright {

namespace {

double checked_sum(std::vector<double> const& shares, std::string const& name, char const* what) {
    for (double const share : shares) {
        if (!(share >= 0) || !std::isfinite(share)) {
            refuse(fmt::format("port '{}': {} of {:g}", name, what, share), "shares are numbers of 0 or more",
                   "check the spectrum of the port");
        }
    }
    double const sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    if (!(sum > 0)) {
        refuse(fmt::format("port '{}' sends out nothing", name), fmt::format("the sum of its {}s is 0", what),
               "check the spectrum of the port");
    }
    return sum;
}

void check_bin(PortBin const& bin, std::size_t angles, std::string const& name) {
    bool const log_from_zero = bin.shape == PortBinShape::even_in_logarithm && !(bin.low_eV > 0);
    if (!(bin.low_eV >= 0) || !(bin.high_eV >= bin.low_eV) || !(bin.high_eV > 0) || log_from_zero) {
        refuse(fmt::format("port '{}': a bin from {:g} to {:g} eV", name, bin.low_eV, bin.high_eV),
               "bins rise and, where they are even in the logarithm, begin above 0",
               "check the spectrum of the port");
    }
    if (bin.angles >= angles) {
        refuse(fmt::format("port '{}': a bin names angular law {}", name, bin.angles),
               fmt::format("there are {}", angles), "check the angles of the port");
    }
}

void check_angles(PortAngles const& law, PortSource const& port) {
    if (law.law == PortAngularLaw::cosine_power && !(law.power >= 0)) {
        refuse(fmt::format("port '{}': cosine to the power {:g}", port.name, law.power),
               "the power is 0 or more", "check the angles of the port");
    }
    if (law.law != PortAngularLaw::table) {
        return;
    }
    std::size_t const end = std::size_t{law.first} + law.count;
    bool good = law.count >= 2 && end <= port.cosines.size() && end <= port.cosine_cumulative.size();
    for (std::size_t i = law.first; good && i < end; ++i) {
        double const mu = port.cosines[i];
        bool const rises = i == law.first || (mu > port.cosines[i - 1] &&
                                              port.cosine_cumulative[i] >= port.cosine_cumulative[i - 1]);
        good = mu >= -1 && mu <= 1 && rises;
    }
    good = good && port.cosine_cumulative[law.first] == 0 && port.cosine_cumulative[end - 1] == 1;
    if (!good) {
        refuse(fmt::format("port '{}': a table of cosines is not one", port.name),
               "cosines rise between -1 and 1, their cumulative shares from 0 to 1",
               "check the angles of the port");
    }
}

} // namespace

void PortSource::prepare() {
    bool const sized = aperture == PortAperture::point || (aperture == PortAperture::disk && radius_mm > 0) ||
                       (aperture == PortAperture::rectangle && half_x_mm > 0 && half_y_mm > 0);
    if (!sized || bins.empty() || bins.size() != shares.size() ||
        (!drawn.empty() && drawn.size() != bins.size())) {
        refuse(fmt::format("port '{}' is not complete", name),
               fmt::format("{} bins, {} shares, aperture {}", bins.size(), shares.size(),
                           sized ? "given" : "without size"),
               "check aperture and spectrum of the port");
    }
    for (auto const& law : angles) {
        check_angles(law, *this);
    }
    double const all = checked_sum(shares, name, "share");
    auto const& chances = drawn.empty() ? shares : drawn;
    double const all_drawn = checked_sum(chances, name, "drawn share");
    cumulative_.assign(bins.size(), 0);
    double sum = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < bins.size(); ++i) {
        check_bin(bins[i], angles.size(), name);
        if (shares[i] > 0 && !(chances[i] > 0)) {
            refuse(fmt::format("port '{}': bin {} is never drawn", name, i), "its share is above 0",
                   "draw it with a share above 0");
        }
        bins[i].weight = chances[i] > 0 ? shares[i] / all / (chances[i] / all_drawn) : 0;
        sum += chances[i];
        cumulative_[i] = sum / all_drawn;
        last = chances[i] > 0 ? i : last;
    }
    std::fill(cumulative_.begin() + static_cast<std::ptrdiff_t>(last), cumulative_.end(), 1.0);
}

PortSourceView PortSource::view() const {
    PortSourceView v;
    v.aperture = aperture;
    v.radius_mm = radius_mm;
    v.half_x_mm = half_x_mm;
    v.half_y_mm = half_y_mm;
    v.bins = bins.data();
    v.bin_cumulative = cumulative_.data();
    v.bin_count = static_cast<std::uint32_t>(bins.size());
    v.angles = angles.data();
    v.cosines = cosines.data();
    v.cosine_cumulative = cosine_cumulative.data();
    return v;
}

double PortSource::highest_eV() const {
    double most = 0;
    for (auto const& bin : bins) {
        most = std::max(most, bin.high_eV);
    }
    return most;
}

} // namespace beamwright
