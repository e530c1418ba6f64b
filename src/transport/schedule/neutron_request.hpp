/// What a neutron dose calculation is asked for and what it answers. Plain values.
#pragma once
#include "core/progress.hpp"
#include "core/refusal.hpp"
#include "geometry/grid.hpp"
#include "machine/port_source.hpp"
#include "patient/voxel_world.hpp"
#include "tables/neutron_materials.hpp"
#include "transport/schedule/stop_rules.hpp"
#include "transport/step/neutron_score_view.hpp"
#include "transport/step/neutron_track.hpp"
#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

class NeutronTables;

struct NeutronOptions {
    std::uint32_t seed = 1;
    int threads = 0; ///< 0 = all cores
    StopRules stop;  ///< uncertainty: the worst of boron, nitrogen, fast and photon dose
    NeutronMethod method;
    double kelvin = 310;               ///< 293.6 or 310
    bool boron_in_transport = true;    ///< false: tracer mode, the boron map changes nothing
    std::optional<Material> reference; ///< a tissue whose components are wanted in all voxels
    bool kerma_split = false; ///< total neutron kerma below and above 0.5 eV; needs a reference tissue
    bool flux = true;         ///< three groups
    bool correlation = true;  ///< between boron, nitrogen, fast and induced photon dose

    std::filesystem::path checkpoint;   ///< empty = none; read if it exists, removed by the caller
    double checkpoint_every_s = 60;     ///< wall time between writes
    std::string inputs_hash;            ///< of everything that decides the result; kept in the checkpoint
    std::size_t memory_limit_bytes = 0; ///< 0 = what the machine has free
    std::int64_t batch_histories = 0;   ///< 0 = by the case
    std::size_t chunk_histories = 64;   ///< work given to a thread at once; no effect on the result
    bool baseline_build = false;        ///< the build of the loop for any processor; same bits
    bool shared_adds = false; ///< adds that other threads may share even where there is one thread; same bits

    ProgressCallback progress;
    std::atomic<bool> const* cancelled = nullptr;
};

struct NeutronRequest {
    VoxelWorld const* world = nullptr; ///< lives as long as the call
    std::vector<HydrogenLaw> hydrogen; ///< one per material of the world; empty: water
    std::vector<float> boron_ppm;      ///< B-10, 1e-6 of the mass, one per voxel; empty: none
    PortSource port;                   ///< prepared
    std::optional<Material> air;       ///< between port and grid, at its density; none: void
    RigidTransform port_to_patient;    ///< where the port stands: patient position of a point of its frame
    std::shared_ptr<NeutronTables const>
        tables; ///< of tables_for(request), for many runs; null = made for this run
    NeutronOptions options;
};

/// A quantity and its standard uncertainty (one standard deviation), per source particle.
struct NeutronVolume {
    Volume<float> value, sigma;
    bool empty() const { return value.values.empty(); }
};

/// Pairs of components whose correlation is kept, in the order of NeutronResult::correlation.
enum class NeutronPair : std::uint8_t {
    boron_nitrogen,
    boron_fast,
    boron_photon,
    nitrogen_fast,
    nitrogen_photon,
    fast_photon
};
inline constexpr int neutron_pair_count = 6;

/// MeV per source particle. source + Q = all other terms (in analog mode in each history, else in the mean).
struct NeutronBudget {
    double source = 0, Q = 0, deposited = 0, escaped_neutrons = 0, escaped_photons = 0, misfit = 0, rare = 0;
    double imbalance() const {
        double const out = deposited + escaped_neutrons + escaped_photons + misfit + rare;
        return source + Q > 0 ? (source + Q - out) / (source + Q) : 0;
    }
};

/// What a nuclide did, per source particle.
struct NuclideBudget {
    std::string name; ///< "H1"
    double absorbed = 0, misfit_MeV = 0;
};

/// Per source particle: dose in Gy (boron: Gy per ppm of B-10), flux in 1/cm2. Empty volumes were not asked for.
struct NeutronResult {
    NeutronVolume boron_per_ppm, nitrogen, fast, photon_induced, photon_beam;
    NeutronVolume flux_thermal, flux_epithermal, flux_fast;
    NeutronVolume nitrogen_reference, fast_reference, photon_reference, kerma_below, kerma_above;
    /// Correlation of two components' means, -1 to 1, by NeutronPair; 0 where one has no spread. Beam photons vary with
    /// none of them. Covariances in Gy2 per particle would lie below the smallest float where little dose arrives.
    std::array<Volume<float>, neutron_pair_count> correlation;

    std::int64_t histories = 0, batches = 0;
    StopReason stop_reason = StopReason::histories;
    std::string stop_text;
    double uncertainty = 0; ///< by the rule's definition
    NeutronBudget energy;
    std::vector<NuclideBudget> nuclides; ///< those that did anything
    std::vector<std::string> replaced;   ///< isotopes without data, in words
    double tentative_per_history = 0, collisions_per_history = 0, photons_per_history = 0,
           photon_steps_per_history = 0;
    std::int64_t stuck = 0, stack_full = 0;
    double cpu_s = 0, wall_s = 0; ///< without loading tables; with what a checkpoint brought
    bool resumed = false;
};

/// The tables that a request needs, for its materials, reference tissue and temperature. \throws Refusal
std::shared_ptr<NeutronTables const> tables_for(NeutronRequest const& request);

/// Coupled neutron-photon Monte Carlo. Under mpirun the first process alone gets the result.
/// \throws Refusal for bad input (numbers in it), Interrupted when cancelled (checkpoint written).
/// The result depends on world, boron, port, seed, method and where it stops, never on threads or on being resumed.
NeutronResult calculate_neutron_dose(NeutronRequest const& request, Warnings& warnings);

} // namespace beamwright
