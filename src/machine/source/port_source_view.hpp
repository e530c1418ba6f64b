/// \file  port_source_view.hpp — what a neutron port sends out, ready for drawing particles
/// \how   docs/methods/neutron_transport.md section 1
/// \fits  points, disks and rectangles; spectra in bins; directions parallel, cosine^n, tabulated, isotropic
/// \not   the memory (machine/port_source.hpp owns it), where the port stands (transport)
/// \proof tests/machine/port_sampler_test.cpp
#pragma once
#include "lanes/math.hpp"
#include "lanes/random.hpp"
#include "lanes/vec3.hpp"
#include <cstdint>

namespace beamwright {

enum class PortParticle : std::uint32_t { neutron, photon };
enum class PortAperture : std::uint32_t { point, disk, rectangle };
enum class PortAngularLaw : std::uint32_t {
    parallel,     ///< along the axis
    cosine_power, ///< share of the current between mu and mu + d mu: (n + 1) mu^n, 0 < mu < 1
    table,        ///< cosines with their cumulative share of the current
    isotropic     ///< all directions, backwards too
};
enum class PortBinShape : std::uint32_t { even_in_energy, even_in_logarithm };

/// A law of directions about the axis of the port.
struct PortAngles {
    PortAngularLaw law = PortAngularLaw::parallel;
    double power = 0;        ///< n of cosine_power
    std::uint32_t first = 0; ///< table: first of its entries in cosines and cosine_cumulative
    std::uint32_t count = 0; ///< at least two; cumulative from 0 to 1, cosines rising
};

/// Particles of one kind between two energies; low = high is a line.
struct PortBin {
    double low_eV = 0, high_eV = 0;
    PortBinShape shape = PortBinShape::even_in_energy;
    PortParticle particle = PortParticle::neutron;
    std::uint32_t angles = 0; ///< among PortSourceView::angles
    double weight = 1;        ///< true share over the share with which it is drawn
};

/// Port frame: origin in the middle of the aperture, which lies in z = 0; particles travel towards -z, as in the
/// gantry frame of IEC 61217.
struct PortSourceView {
    PortAperture aperture = PortAperture::point;
    double radius_mm = 0;                ///< disk
    double half_x_mm = 0, half_y_mm = 0; ///< rectangle
    PortBin const* bins = nullptr;
    double const* bin_cumulative = nullptr; ///< share of what is drawn up to and with each bin; the last is 1
    std::uint32_t bin_count = 0;
    PortAngles const* angles = nullptr;
    double const* cosines = nullptr;
    double const* cosine_cumulative = nullptr;
};

/// A particle as it leaves the port, in the port's frame.
struct PortParticleState {
    Vec3<double> position_mm;
    Vec3<double> direction;
    double energy_eV = 0;
    double weight = 1;
    PortParticle particle = PortParticle::neutron;
};

inline namespace BW_TARGET {

/// Draws one particle. `share` in (0, 1) chooses the bin: a caller may stratify it over a batch.
struct PortSampler {
    PortSourceView source;

    BW_KERNEL PortParticleState operator()(double share, RandomStream& random) const {
        PortBin const& bin = source.bins[bin_of(share)];
        PortParticleState out;
        out.particle = bin.particle;
        out.weight = bin.weight;
        double const u = random.uniform();
        bool const even = bin.shape == PortBinShape::even_in_energy || !(bin.high_eV > bin.low_eV);
        out.energy_eV = even ? bin.low_eV + u * (bin.high_eV - bin.low_eV)
                             : bin.low_eV * exp(u * log(bin.high_eV / bin.low_eV));
        out.position_mm = place(random);
        out.direction = heading(source.angles[bin.angles], random);
        return out;
    }

    /// The first bin whose cumulative share is above `share`.
    BW_KERNEL std::uint32_t bin_of(double share) const {
        std::uint32_t low = 0, high = source.bin_count - 1;
        while (low < high) {
            std::uint32_t const middle = (low + high) / 2;
            if (source.bin_cumulative[middle] <= share) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

private:
    BW_KERNEL Vec3<double> place(RandomStream& random) const {
        if (source.aperture == PortAperture::disk) {
            double const radius = source.radius_mm * sqrt(random.uniform());
            SinCos const turn = sincos_turns(random.uniform());
            return {radius * turn.cosine, radius * turn.sine, 0.0};
        }
        if (source.aperture == PortAperture::rectangle) {
            double const x = (2.0 * random.uniform() - 1.0) * source.half_x_mm;
            return {x, (2.0 * random.uniform() - 1.0) * source.half_y_mm, 0.0};
        }
        return {0.0, 0.0, 0.0};
    }

    BW_KERNEL Vec3<double> heading(PortAngles const& angles, RandomStream& random) const {
        if (angles.law == PortAngularLaw::parallel) {
            return {0.0, 0.0, -1.0};
        }
        double const u = random.uniform();
        double mu = 2.0 * u - 1.0; // isotropic
        if (angles.law == PortAngularLaw::cosine_power) {
            mu = exp(log(u) / (angles.power + 1.0));
        } else if (angles.law == PortAngularLaw::table) {
            mu = tabulated(angles, u);
        }
        double const rest = 1.0 - mu * mu;
        double const sine = sqrt(select(rest > 0.0, rest, 0.0));
        SinCos const turn = sincos_turns(random.uniform());
        return {sine * turn.cosine, sine * turn.sine, -mu};
    }

    /// Straight lines between the entries of a table.
    BW_KERNEL double tabulated(PortAngles const& angles, double u) const {
        double const* const cumulative = source.cosine_cumulative + angles.first;
        double const* const cosine = source.cosines + angles.first;
        std::uint32_t low = 0, high = angles.count - 1;
        while (high - low > 1) {
            std::uint32_t const middle = (low + high) / 2;
            if (cumulative[middle] <= u) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double const width = cumulative[low + 1] - cumulative[low];
        double const part = width > 0 ? (u - cumulative[low]) / width : 0.0;
        return cosine[low] + part * (cosine[low + 1] - cosine[low]);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
