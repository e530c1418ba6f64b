/// The machine file of this project (docs/formats/machine.md) and what other programs write.
#pragma once
#include "core/json.hpp"
#include "machine/model/machine_model.hpp"
#include <filesystem>

namespace beamwright {

/// What a table without its own geometry needs to be told.
struct MachineFileOptions {
    std::optional<double> optics_plane_z_mm;
    std::optional<double> virtual_source_x_mm, virtual_source_y_mm; ///< 0 = parallel
};

/// From what a user types: the virtual source as "X,Y" in mm, or "parallel"; empty = not given. \throws Refusal
MachineFileOptions machine_file_options(std::string const& virtual_source,
                                        std::optional<double> optics_plane_mm);

MachineModel machine_from_json(JsonReader const& json);
Json machine_to_json(MachineModel const& machine);

/// A beam model as CSV: columns energy_nominal_MeV, energy_real_MeV, energy_sigma_MeV, protons_per_MU,
/// sigma_x_mm, sigma_y_mm, div_x_rad, div_y_rad, cor_xx, cor_yy. The plane stands in a comment ("500 mm
/// upstream") or in options.
MachineModel machine_from_csv(std::filesystem::path const& file, MachineFileOptions const& options = {});
MachineModel machine_from_csv_text(std::string_view text, std::string const& source,
                                   MachineFileOptions const& options = {});
/// A beam data library of MCsquare (UPenn layout, one or two Gaussians, range shifters).
MachineModel machine_from_bdl(std::filesystem::path const& file);
MachineModel machine_from_bdl_text(std::string_view text, std::string const& source);

/// Any of the three, told apart by the ending and the first line. \throws Refusal
MachineModel load_machine(std::filesystem::path const& file, MachineFileOptions const& options = {});
/// By shipped name or by path. \throws Refusal listing the names that exist
MachineModel find_machine(std::string const& name_or_path, MachineFileOptions const& options = {});
/// The shipped machine whose name or treatment_machine_names hold this name; nothing if none does.
std::optional<MachineModel> machine_for_treatment_name(std::string const& treatment_machine_name);
/// What a job asks: the named machine (by name or path), else the one that all beams of the plan map to.
/// \throws Refusal listing the machines that exist when neither is given, or beams need different machines
MachineModel machine_for_plan(std::vector<std::string> const& treatment_machine_names,
                              std::optional<std::string> const& name_or_path,
                              MachineFileOptions const& options = {});

} // namespace beamwright
