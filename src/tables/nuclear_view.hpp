/// \file  nuclear_view.hpp — proton nuclear data as kernels see it: plain pointers and sizes
/// \how   docs/methods/proton_nuclear_data.md
/// \fits  protons from 0 to 260 MeV, materials handed to NuclearTables
/// \not   neutrons (room physics/neutron has its own data)
/// \proof tests/tables/nuclear_tables_test.cpp
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace beamwright {

/// Light products, in the order of every list of counts.
inline constexpr int nuclear_species_count = 6;
enum class NuclearSpecies : std::uint8_t { neutron, proton, deuteron, triton, helium3, alpha };

/// Uniform energy grid of all cross sections: point i stands at i * step.
inline constexpr int nuclear_grid_points = 521;
inline constexpr double nuclear_grid_step_MeV = 0.5;

/// Angular tables hold cosines between equally probable parts; the first (backward) part is halved this often, so
/// that its few particles do not spread evenly over all backward angles (physics/proton/nuclear_angle.hpp).
inline constexpr int nuclear_tail_halvings = 8;
inline constexpr int nuclear_cosine_parts = 16;
inline constexpr int nuclear_cosine_bounds = nuclear_cosine_parts + nuclear_tail_halvings + 1;

/// A break-up channel: how many of each light product leave, and what must hold for their energies.
struct NuclearChannel {
    float Q_MeV; ///< to ground states; negative where energy is bound
    /// alias entry (Walker 1977) among the channels of a node, keep in units of 1/65536
    std::uint16_t keep, other;
    std::uint16_t most_bins; ///< energies, rounded up to whole bins, add up to at most this
    std::array<std::uint8_t, nuclear_species_count> counts; ///< by NuclearSpecies
};

/// A set of products in a node: what the energies of all of them may still add up to.
struct NuclearSum {
    std::uint32_t first_value; ///< into sum_values: weight of a total of at most k bins, k = 0 .. bin_count
    std::uint32_t rest;        ///< the set without one product of `species`
    std::int32_t species;      ///< NuclearSpecies, -1 for the empty set
};

/// What happens at one tabulated energy of one element.
struct NuclearNode {
    float energy_MeV;
    float bin_MeV;      ///< width of an energy bin of the products
    float recoil_share; ///< part of the energy left over that the residual nucleus keeps as motion
    std::uint32_t first_channel, channel_count;
    std::uint32_t bin_count;
    std::array<std::uint32_t, nuclear_species_count> first_spectrum; ///< into spectra, bin_count each
    std::array<std::uint32_t, 2> first_cosine;                       ///< into cosines: protons, deuterons
    std::uint32_t cosine_rows;                                       ///< rows of equal width over the range
};
/// Bins of the range that the rows of cosines cover; bin_count has a few more.
inline constexpr std::uint32_t nuclear_range_bins = 128;

/// Where the data of a target lie. One element may borrow the events of another.
struct NuclearTarget {
    std::uint32_t first_node, node_count; ///< non-elastic; none for hydrogen
    std::uint32_t first_elastic, elastic_count;
    std::int32_t Z, A;
    float mass_MeV;
};

/// Centre-of-mass cosines of elastic scattering at one energy, ascending.
struct NuclearElasticNode {
    float energy_MeV;
    std::uint32_t first_cosine;
};
inline constexpr int nuclear_elastic_parts = 64;
inline constexpr int nuclear_elastic_bounds = nuclear_elastic_parts + nuclear_tail_halvings + 1;

/// An element in a material.
struct NuclearPart {
    std::uint32_t target;
    float atoms_per_g_e24; ///< atoms per gram, in units of 1e24: times barn gives cm2/g
};

struct NuclearView {
    float const* total_cm2_per_g = nullptr;    ///< [material][grid point]: everything
    float const* majorant_cm2_per_g = nullptr; ///< [material]: the greatest of it over all energies
    float greatest_cm2_per_g = 0;              ///< over all materials
    std::uint32_t const* first_part = nullptr; ///< [material + 1]
    NuclearPart const* parts = nullptr;
    NuclearTarget const* targets = nullptr;
    float const* nonelastic_barn = nullptr; ///< [target][grid point]
    float const* elastic_barn = nullptr;    ///< [target][grid point]
    NuclearNode const* nodes = nullptr;
    NuclearChannel const* channels = nullptr;
    std::uint32_t const* channel_sums = nullptr; ///< [channel]: its set of products, into sums
    NuclearSum const* sums = nullptr;
    double const* sum_values = nullptr;
    double const* spectra = nullptr;
    std::int16_t const* cosines = nullptr; ///< cosine * 32767
    NuclearElasticNode const* elastic_nodes = nullptr;
    float const* elastic_cosines = nullptr;
    std::uint32_t material_count = 0;
    std::uint32_t target_count = 0;
};

} // namespace beamwright
