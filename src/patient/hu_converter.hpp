/// Tissue of any HU of one calibration: composition, density, relative stopping power.
#pragma once
#include "patient/calibration.hpp"
#include <string>
#include <vector>

namespace beamwright {

class HuConverter {
public:
    struct Tissue {
        MaterialId material = 0; ///< index into materials()
        double density_g_per_cm3 = 0;
    };

    explicit HuConverter(Calibration calibration);

    /// Within the limits, or clamped to them.
    bool accepts(double hu) const;
    /// \pre accepts(hu)
    Tissue at(double hu) const;
    /// Of the engine, at any energy. \pre accepts(hu)
    double relative_stopping_power(double hu, double energy_MeV = 100) const;

    std::vector<Material> const& materials() const { return materials_; }
    Calibration const& calibration() const { return calibration_; }

private:
    Calibration calibration_;
    std::vector<Material> materials_;
    std::vector<double> stopping_per_density_; ///< of each material, at the table's energy
};

/// One line of the printed table.
struct HuTissueRow {
    double hu = 0;
    std::string material;
    double density_g_per_cm3 = 0;
    double relative_stopping_power = 0; ///< at 100 MeV
};

/// Points of the curve and edges of the compositions within the limits, rising.
std::vector<HuTissueRow> calibration_table(Calibration const& calibration);

} // namespace beamwright
