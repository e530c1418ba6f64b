/// Doses of one structure's voxels: maximum, mean, hottest volume. docs/methods/irradiation_time.md section 1
#pragma once
#include "evaluate/capture/capture_map.hpp"
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace beamwright {

enum class DoseKind : std::uint8_t { weighted, isoeffective };
std::string name_of(DoseKind kind);

/// A structure's voxels in runs along x, with the share of each voxel inside.
struct StructureVoxels {
    struct Run {
        std::array<int, 3> first; ///< voxel index of the run's beginning
        int length;
    };
    std::string name;
    std::vector<Run> runs;
    std::vector<float> weight;              ///< of all runs, one after the other; > 0
    double voxel_cm3 = 0, whole_voxels = 0; ///< volume of a voxel; sum of `weight`

    double volume_cm3() const { return voxel_cm3 * whole_voxels; }
};
StructureVoxels structure_voxels(std::string name, Grid const& grid, StructureMask const& mask);

/// Doses of the voxels in the order of `weight`.
std::vector<float> structure_doses(CaptureMap const& map, StructureVoxels const& structure, DoseKind kind,
                                   std::vector<ReadyTissue> const& ready);

/// Figures of a set of doses, equal to those of a DVH of whole voxels.
double mean_dose_Gy(std::span<float const> dose_Gy, StructureVoxels const& structure);
double most_dose_Gy(std::span<float const> dose_Gy);
double least_dose_Gy(std::span<float const> dose_Gy);
/// Least dose in the hottest cm3; nothing if the structure is smaller.
std::optional<double> dose_at_cm3_Gy(std::span<float const> dose_Gy, StructureVoxels const& structure,
                                     double cm3);
/// Least dose in the hottest `percent` of the volume.
double dose_at_percent_Gy(std::span<float const> dose_Gy, StructureVoxels const& structure, double percent);

/// All figures of many scenarios in one pass over the doses, by a histogram with 2048 bins per octave: doses
/// at a volume are within 0.05 % of those above.
class DoseHistogram {
public:
    DoseHistogram(std::span<float const> dose_Gy, StructureVoxels const& structure);
    double mean_Gy() const { return mean_Gy_; }
    double most_Gy() const { return most_Gy_; }
    double least_Gy() const { return least_Gy_; }
    /// Least dose of the hottest `voxels`.
    double dose_at_Gy(double voxels) const;

private:
    std::vector<double> held_; ///< weight per bin
    double mean_Gy_ = 0, most_Gy_ = 0, least_Gy_ = 0;
};

} // namespace beamwright
