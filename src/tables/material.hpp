/// A material as transport sees it: what it is made of. Density belongs to the voxel.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace beamwright {

/// Index into the material list of a voxel world.
using MaterialId = std::uint16_t;

struct Material {
    std::string name;
    double density_g_per_cm3 = 0; ///< nominal; voxels carry their own
    /// (atomic number Z, fraction by mass), Z ascending, natural isotopes, sum 1 within 1e-6.
    std::vector<std::pair<int, double>> mass_fractions;
    /// Mean excitation energy; 0 = Bragg additivity with the compound values of ICRU 37/49/90
    /// (docs/methods/proton_stopping.md).
    double mean_excitation_eV = 0;
};

} // namespace beamwright
