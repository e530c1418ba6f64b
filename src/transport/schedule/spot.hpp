/// One spot or pencil beam into a stack of plates: depth dose, widths, rings. For checking the engine.
#pragma once
#include "transport/engine/run_histories.hpp"
#include "transport/schedule/dose_request.hpp"
#include <string>
#include <vector>

namespace beamwright {

struct SpotSlab {
    Material material;
    double density_g_per_cm3 = 0; ///< 0 = that of the material
    double thickness_mm = 0;
};

struct SpotRequest {
    double energy_MeV = 150;
    double energy_sigma_MeV = 0;                   ///< standard deviation
    AxisOptics x{.sigma_mm = 3}, y{.sigma_mm = 3}; ///< at the surface
    std::vector<SpotSlab> slabs;                   ///< empty = water, 20 % and 20 mm deeper than the range
    double lateral_mm = 400;                       ///< whole width of the box
    double voxel_mm = 1;                           ///< all three edges
    double depth_step_mm = 0;                      ///< edge along depth, where it is to differ; 0 = voxel_mm
    std::int64_t histories = 100'000;              ///< rounded up to whole batches of 5000
    std::optional<double> time_s;
    std::uint32_t seed = 1;
    int threads = 0;
    std::vector<double> ring_edges_mm = {0, 5, 10, 20, 40, 80, 200};
    std::vector<double> ring_depths_mm;  ///< empty = 1/4, 1/2 and 4/5 of R80
    double ring_slab_mm = 6;             ///< rings share the energy of a slab of this thickness
    std::vector<double> sigma_depths_mm; ///< empty = those of the rings
    WaterStopping water_stopping = WaterStopping::icru90;
    StepLimits limits;
    StepSwitches on;
    PhysicsMode mode = PhysicsMode::full;
    LetParticles let = LetParticles::none; ///< whose LET is scored per plane
    bool species = false;                  ///< energy and fluence per plane by species
    bool baseline_build = false;           ///< the build of the scalar loop for any processor; same bits
    LaneTarget target = LaneTarget::scalar;
    int lane_width = 8; ///< 1, 8 or 16 lanes of the lane engine; same bits
    ProgressCallback progress;
    std::atomic<bool> const* cancelled = nullptr;
};

struct DepthDosePoint {
    /// bin center, per primary, standard uncertainty
    double depth_mm = 0, MeV_per_mm = 0, sigma_MeV_per_mm = 0;
    double primaries = 0; ///< share of primaries that entered this bin without a non-elastic event before
};
struct SpotWidth {
    double depth_mm = 0, sigma_mm = 0;
};
struct SpotRings {
    double depth_mm = 0;
    std::vector<double> edges_mm, fractions, sigma_fractions; ///< shares of the slab's energy
    double beyond = 0;                                        ///< share outside the last edge
    /// share of each ring's energy by DoseSpecies; empty where not asked for
    std::vector<std::array<double, dose_species_count>> species;
};

/// LET in water of unit density of the whole plane and of the innermost ring, keV/um; 0 where nothing came
struct SpotLet {
    double depth_mm = 0, dose_averaged = 0, dose_averaged_sigma = 0, track_averaged = 0,
           track_averaged_sigma = 0;
    double axis_dose_averaged = 0, axis_dose_averaged_sigma = 0;
};

/// Energy given per mm of depth by one species, and its fluence integrated over the plane (path per depth), per primary.
struct SpotSpecies {
    DoseSpecies species = DoseSpecies::primary_protons;
    std::vector<double> MeV_per_mm, fluence; ///< by plane; recoils have no fluence
};

struct SpotResult {
    std::vector<DepthDosePoint> integrated_depth_dose;
    std::vector<SpotSpecies> species;                                ///< empty where not asked for
    std::vector<SpotLet> let;                                        ///< by plane; empty where not asked for
    double r90_mm = 0, r80_mm = 0, r50_mm = 0, falloff_80_20_mm = 0; ///< distal; 0 if not reached
    std::vector<SpotWidth> sigma_mm;
    std::vector<SpotRings> rings;
    EnergyBudget energy; ///< MeV per primary
    RareCounts rare;
    std::int64_t histories = 0;
    double cpu_s = 0, wall_s = 0, primaries_per_cpu_s = 0; ///< without loading tables
    double steps_per_history = 0, nonelastic_per_history = 0;
    double primary_nonelastic_per_history = 0; ///< without those of secondaries
    std::string target;
};

/// \throws Refusal, Interrupted
SpotResult calculate_spot(SpotRequest const& request, Warnings& warnings);

/// Depth beyond the maximum where the curve falls to `level` of it, linear between points; 0 if it never does.
double distal_depth_mm(std::vector<DepthDosePoint> const& curve, double level);

/// Sigma of a Gaussian, integrated over bins of `bin_mm` about 0, that fits `profile` best within +-`within_mm`.
double fitted_sigma_mm(std::vector<double> const& profile, double bin_mm, double within_mm);

} // namespace beamwright
