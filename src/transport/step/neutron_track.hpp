/// \file  neutron_track.hpp — a neutron or photon on its way, the stack of those that wait, and the book of energies
/// \how   docs/methods/neutron_transport.md sections 2 and 6
/// \fits  neutrons of 1e-5 eV to 20 MeV, photons of 1 keV to 20 MeV
/// \not   charged particles: they stop where they are made
/// \proof tests/transport/neutrons/engine_test.cpp
#pragma once
#include "lanes/vec3.hpp"
#include "transport/step/track.hpp"
#include <array>
#include <cstdint>

namespace beamwright {

/// How histories are followed. Each gives the same mean (tests/transport/neutrons/bias_test.cpp).
struct NeutronMethod {
    bool survival = false; ///< absorption lowers the weight instead of ending the neutron
    /// Photons of absorption are made in every collision by its chance, not when it happens.
    bool expected_photons = true;
    double roulette_below =
        0.25; ///< survival: weights below, relative to the source particle's, are played for ...
    double roulette_to = 0.5;       ///< ... this one
    double photon_weight = 0.25;    ///< of expected photons, relative to the source particle's
    bool photon_path_length = true; ///< photon dose by path length; else by energy left in collisions
    /// Tentative collisions, where flux is booked, are at least this dense: below and above 10 keV.
    double tentative_per_cm = 2.5, fast_tentative_per_cm = 10;
};

/// Where energy can go. In analog mode each history balances: source + Q = all others.
enum class NeutronTerm : std::uint8_t {
    source,
    Q,         ///< set free by reactions (negative: bound)
    deposited, ///< by charged particles, where they were made
    escaped_neutrons,
    escaped_photons,
    misfit, ///< what an evaluation's photons fail to carry off, or carry too much
    rare
};

/// Counts of a run, for reports and rooflines.
enum class NeutronCount : std::uint8_t { tentative, collisions, absorptions, photons, photon_steps, entered };
inline constexpr int neutron_count_count = 6;

/// Integers, so that the order of adding cannot matter.
struct NeutronBook {
    static constexpr int most_nuclides = 48;
    std::array<std::int64_t, 8> energy{}; ///< fixed point, by NeutronTerm
    std::array<std::int64_t, rare_count> rare{};
    std::array<std::int64_t, neutron_count_count> counts{}; ///< by NeutronCount
    std::array<std::int64_t, most_nuclides> misfit{};       ///< by nuclide of the library, fixed point
    std::array<std::int64_t, most_nuclides> absorbed{}; ///< weight absorbed, by nuclide, fixed point of one

    void add(NeutronBook const& other) {
        auto const sum = [](auto& to, auto const& from) {
            for (std::size_t i = 0; i < to.size(); ++i) {
                to[i] += from[i];
            }
        };
        sum(energy, other.energy);
        sum(rare, other.rare);
        sum(counts, other.counts);
        sum(misfit, other.misfit);
        sum(absorbed, other.absorbed);
    }
};

inline namespace BW_TARGET {

/// Position in the grid's own frame, mm.
struct NeutralTrack {
    Vec3<double> position_mm{};
    Vec3<double> direction{0, 0, 1};
    double energy_eV = 0;
    double weight = 1;
    bool photon = false;
    bool of_beam = false; ///< photons: came out of the port
};

/// Tracks waiting, last in first out.
struct NeutralStack {
    static constexpr int capacity = 192;
    std::array<NeutralTrack, capacity> tracks{};
    int count = 0;
    BW_KERNEL bool push(NeutralTrack const& track) {
        if (count == capacity) {
            return false;
        }
        tracks[static_cast<unsigned>(count++)] = track;
        return true;
    }
    BW_KERNEL NeutralTrack pop() { return tracks[static_cast<unsigned>(--count)]; }
};

/// Adds to a book with the scale of the run.
struct NeutronBooking {
    NeutronBook* book;
    double per_MeV;
    BW_KERNEL void put(NeutronTerm term, double energy_eV) const {
        book->energy[static_cast<unsigned>(term)] += fixed(energy_eV);
    }
    BW_KERNEL void misfit(std::uint32_t nuclide, double energy_eV) const {
        std::int64_t const units = fixed(energy_eV);
        book->energy[static_cast<unsigned>(NeutronTerm::misfit)] += units;
        book->misfit[nuclide] += units;
    }
    BW_KERNEL void absorbed(std::uint32_t nuclide, double weight) const {
        book->absorbed[nuclide] += fixed(weight * 1e6);
    }
    BW_KERNEL void count(NeutronCount what, std::int64_t amount = 1) const {
        book->counts[static_cast<unsigned>(what)] += amount;
    }
    BW_KERNEL void rare(Rare what) const { ++book->rare[static_cast<unsigned>(what)]; }

private:
    BW_KERNEL std::int64_t fixed(double energy_eV) const {
        double const scaled = energy_eV * 1e-6 * per_MeV;
        return static_cast<std::int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
