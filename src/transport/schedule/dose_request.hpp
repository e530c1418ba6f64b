/// What a proton dose calculation is asked for and what it answers. Plain values.
#pragma once
#include "core/progress.hpp"
#include "core/refusal.hpp"
#include "geometry/grid.hpp"
#include "machine/beam_source.hpp"
#include "patient/voxel_world.hpp"
#include "tables/proton_materials.hpp"
#include "transport/engine/run_histories.hpp"
#include "transport/schedule/stop_rules.hpp"
#include "transport/step/score_view.hpp"
#include "transport/step/step_limits.hpp"
#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

struct DoseOptions {
    std::uint32_t seed = 1;
    int threads = 0; ///< 0 = all cores
    StopRules stop;
    bool dose_to_water = false;
    LetParticles let = LetParticles::none; ///< whose LET is scored
    bool species = false;                  ///< dose and fluence by species
    bool keep_beams = true;                ///< volumes per beam beside the total

    std::filesystem::path checkpoint;   ///< empty = none; read if it exists, removed by the caller
    double checkpoint_every_s = 60;     ///< wall time between writes
    std::string inputs_hash;            ///< of everything that decides the result; kept in the checkpoint
    std::size_t memory_limit_bytes = 0; ///< 0 = what the machine has free

    WaterStopping water_stopping = WaterStopping::icru90;
    StepLimits limits; ///< the cut is set from the grid
    StepSwitches on;
    PhysicsMode mode = PhysicsMode::full;
    /// of all beams together; 0 = by the case (docs/methods/uncertainty.md)
    std::int64_t batch_histories = 0;
    std::size_t chunk_histories = 512; ///< most work given to a thread at once; no effect on the result
    bool baseline_build = false;       ///< the build of the scalar loop for any processor; same bits
    LaneTarget target = LaneTarget::scalar;
    int lane_width = 8; ///< 1, 8 or 16 lanes of the lane engine; same bits

    ProgressCallback progress;
    std::atomic<bool> const* cancelled = nullptr;
};

class Device;
class TransportTables;

struct DoseRequest {
    VoxelWorld const* world = nullptr; ///< lives as long as the call
    /// Tables of materials_of(request), for many runs over the same materials; null = made for this run.
    std::shared_ptr<TransportTables const> tables;
    std::shared_ptr<Device> device; ///< to follow the histories on; null = by options.target
    std::vector<BeamSource> beams;
    DoseOptions options;
};

/// MeV, all histories of a run (or of one beam). source + Q = all other terms.
struct EnergyBudget {
    double source = 0, Q = 0, deposited = 0, outside_grid = 0, escaped_charged = 0, neutrons = 0, gammas = 0,
           rare = 0;
    /// What is missing, relative to the source.
    double imbalance() const {
        double const out = deposited + outside_grid + escaped_charged + neutrons + gammas + rare;
        return source > 0 ? (source + Q - out) / source : 0;
    }
};

/// Dose of one fraction with its standard uncertainty (one standard deviation). Empty volumes were not asked
/// for.
struct DoseVolumes {
    Volume<float> to_medium_Gy, to_medium_sigma_Gy;
    Volume<float> to_water_Gy, to_water_sigma_Gy;
};

/// LET in water of unit density, keV/um, of the particles asked for; 0 where none of them came. Relative standard
/// deviations beside them.
struct LetVolumes {
    Volume<float> dose_averaged_keV_per_um, dose_averaged_sigma_rel;
    Volume<float> track_averaged_keV_per_um, track_averaged_sigma_rel;
};

/// Dose to medium (Gy) and fluence (1/cm2) of one fraction by species, all beams together; the doses of all add up to
/// the dose. Recoils have no fluence (empty).
struct SpeciesVolumes {
    DoseSpecies species = DoseSpecies::primary_protons;
    Volume<float> dose_Gy, fluence_per_cm2;
};

struct BeamDose {
    int number = 0;
    std::string name;
    std::int64_t histories = 0;
    double protons = 0; ///< per fraction
    EnergyBudget energy;
    DoseVolumes dose;
};

struct RareCounts {
    std::int64_t stuck = 0, stack_full = 0, energy_clamped = 0, not_a_number = 0;
};

struct DoseResult {
    std::vector<BeamDose> beams;
    DoseVolumes total;
    LetVolumes let;                      ///< of all beams together; empty where not asked for
    std::vector<SpeciesVolumes> species; ///< empty where not asked for
    std::int64_t histories = 0, batches = 0;
    StopReason stop_reason = StopReason::histories;
    std::string stop_text;                ///< the reason in words, with numbers
    double mean_relative_uncertainty = 0; ///< by the rule's definition (half of the maximum without one)
    EnergyBudget energy;
    RareCounts rare;
    double cpu_s = 0, wall_s = 0; ///< without loading tables; with what a checkpoint brought
    double steps_per_history = 0, nonelastic_per_history = 0, secondaries_per_history = 0;
    std::string target; ///< lane target: "scalar"
    bool resumed = false;
};

/// "full" or "fast", as --physics has it.
std::string to_string(PhysicsMode mode);
/// \throws Refusal for any other word
PhysicsMode physics_mode_named(std::string const& name);

/// The materials of world, plates and air, in the order in which the tables hold them.
std::vector<Material> materials_of(DoseRequest const& request);

} // namespace beamwright
