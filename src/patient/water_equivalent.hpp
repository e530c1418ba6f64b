/// Water-equivalent thickness along straight rays through a voxel world. docs/methods/ct_calibration.md
#pragma once
#include "patient/voxel_world.hpp"
#include <vector>

namespace beamwright {

/// What a beam meets on its way to a structure.
struct WetSummary {
    double least_mm = 0, mean_mm = 0, greatest_mm = 0;
    std::size_t rays = 0;
};

class WaterEquivalent {
public:
    /// Relative stopping powers of the engine at this energy. The world must outlive this.
    explicit WaterEquivalent(VoxelWorld const& world, double energy_MeV = 100);

    /// Integral of relative stopping power from `from_mm` to `to_mm` (patient coordinates); outside the grid
    /// counts 0.
    double between_mm(Vec3<double> from_mm, Vec3<double> to_mm) const;

    /// Rays from a point (the virtual source) to the voxel centers that lie inside a structure by at least
    /// half; every n-th center where there are more than `most_rays`.
    WetSummary to_structure(Vec3<double> source_mm, Volume<float> const& inside,
                            std::size_t most_rays = 20000) const;

private:
    VoxelWorld const& world_;
    std::vector<double> stopping_per_density_;
};

/// One ray. For many rays make a WaterEquivalent.
double wet_mm(VoxelWorld const& world, Vec3<double> from_mm, Vec3<double> to_mm, double energy_MeV = 100);

} // namespace beamwright
