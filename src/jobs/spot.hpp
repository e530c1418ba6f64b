/// One spot or a monoenergetic pencil beam in a water box or a row of slabs: what one asks to check an
/// engine.
#pragma once
#include "core/json.hpp"
#include "jobs/context.hpp"
#include <cstdint>
#include <string>
#include <vector>

namespace beamwright {

struct SpotSlab; // transport/schedule/spot.hpp

struct SpotJobRequest {
    double energy_MeV = 150;
    double sigma_mm = 3;
    double divergence_mrad = 0;
    std::string energy_spread = "0%"; ///< one sigma: "0.7%" of the mean energy, or "0.9MeV"
    std::string material = "water";   ///< of the box, when there are no slabs
    std::vector<std::string> slabs;   ///< "MATERIAL:THICKNESS_mm[:DENSITY_g_per_cm3]", upstream first
    double voxel_mm = 1;              ///< depth bins
    double depth_mm = 0;              ///< of the box; 0 = a tenth more than the range
    double lateral_mm = 400;          ///< full width of the box
    double histories = 1e5;
    std::uint32_t seed = 1;
    std::vector<double> report_depths_mm; ///< of sigma and rings; empty = six depths up to the range
    std::vector<double> ring_edges_mm{0, 5, 10, 20, 40, 80, 200};
    double ring_slab_mm = 6;
    double water_mean_excitation_eV = 78;
    std::string physics = "full";      ///< or "fast": how Coulomb scattering is calculated
    std::string target = usual_engine; ///< the engine
    std::string let;                   ///< empty, or whose LET: "primaries", "protons", "hydrogen", "helium"
    bool species = false;              ///< energy and fluence per plane by species
    bool nuclear = true, straggling = true, scattering = true;
};

struct SpotJobAnswer {
    Json json;
    std::string table;
};

/// "MATERIAL:THICKNESS_mm[:DENSITY_g_per_cm3]". \throws Refusal
SpotSlab slab_named(std::string const& text);

SpotJobAnswer calculate_spot(SpotJobRequest const& request, JobContext& context);

} // namespace beamwright
