/// A proton machine as data: optics per energy, protons per MU, range shifters, limits.
#pragma once
#include "machine/beam_source.hpp"
#include "tables/material.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

struct MachineEnergy {
    EnergyOptics optics; ///< at the optics plane, in the medium upstream of it
    double protons_per_MU = 0;
};

struct RangeShifterModel {
    std::string id;
    std::vector<std::string> aliases{};
    std::optional<Material> material{};
    double density_g_per_cm3 = 0;                 ///< 0 = the material's
    std::optional<double> thickness_mm{};         ///< wins over wet_mm
    std::optional<double> wet_mm{};               ///< water-equivalent thickness, for 100 MeV protons
    std::optional<double> isocenter_to_tray_mm{}; ///< used where the plan states none
};

struct ScanField {
    double least_x_mm = 0, most_x_mm = 0, least_y_mm = 0, most_y_mm = 0; ///< isocenter plane, IEC gantry
};

struct MachineLimits {
    std::vector<double> energies_MeV;        ///< nominal; empty = every energy of the table's range
    std::optional<double> least_MU, most_MU; ///< per spot and fraction
    std::optional<ScanField> scan_field;
};

struct MachineModel {
    std::string name, description;
    std::string kind;  ///< "cyclotron", "synchrotron", "other"
    std::string trust; ///< how far the figures can be trusted, in words
    std::vector<std::string> sources;
    std::vector<std::string> treatment_machine_names; ///< as plans name this machine
    std::vector<MachineEnergy> energies;              ///< nominal energy ascending
    double optics_plane_z_mm = 0;                     ///< isocenter to the plane, upstream positive
    /// Isocenter to the scanning centers; 0 = parallel; absent = not known to the file.
    std::optional<double> virtual_source_x_mm, virtual_source_y_mm;
    bool air_after_plane = true; ///< air from the optics plane on; false = vacuum (idealized beams)
    std::vector<RangeShifterModel> range_shifters;
    MachineLimits limits;
    std::optional<double> energy_switch_s, dose_rate_MU_per_s;
};

/// Optics at a nominal energy, each figure linear between the tabulated energies
/// (docs/methods/machine_model.md). \throws Refusal outside the table or off the machine's list of energies
/// (0.01 MeV are forgiven).
EnergyOptics optics_at(MachineModel const& machine, double nominal_energy_MeV);
/// Protons per MU, linear between the tabulated energies. \throws Refusal as optics_at
double protons_per_MU_at(MachineModel const& machine, double nominal_energy_MeV);
/// Checks that a model is whole and sound: ascending energies, positive figures, weights. \throws Refusal
/// naming `source`
void check_machine(MachineModel const& machine, std::string const& source);

} // namespace beamwright
