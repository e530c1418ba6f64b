/// From a case to the patient on a grid: CT, structures, calibration, tissue in every voxel. The same for every modality.
#pragma once
#include "casefolder/case_folder.hpp"
#include "patient/calibration.hpp"
#include "patient/masks_stack.hpp"
#include "patient/voxel_world.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

struct PatientSetup {
    CaseFolder folder;
    Volume<std::int16_t> ct_HU;
    StructureSet structures;
    Calibration calibration;
    Grid grid;
    StackOptions stack_options;
};

/// `calibration`: empty = what the case names. `grid`: "ct", an edge in mm, or "like:FILE". \throws Refusal
PatientSetup read_patient_setup(CaseFolder const& folder, std::string const& calibration,
                                std::string const& grid, std::string const& end_cap);

/// A structure's material where it does not come from the CT.
struct TissueOverride {
    std::string structure;
    Material material;
    std::optional<double> density_g_per_cm3; ///< else the material's own
};

/// Tissue in every voxel of the grid; the case's overrides, then `more`.
VoxelWorld world_of(PatientSetup const& setup, Warnings& warnings,
                    std::vector<TissueOverride> const& more = {});

/// Where the target is: prescription, else the first structure of type PTV, CTV or GTV; null if there is none.
Structure const* target_of(PatientSetup const& setup);

/// Share of each voxel of the grid inside a structure, dense.
Volume<float> dense_mask(Structure const& structure, Grid const& grid, StackOptions const& options,
                         Warnings& warnings);

/// The first that is not empty.
std::optional<std::string> first_given(std::string const& a, std::string const& b);

/// The grid as settings of run.json have it.
Json grid_json(Grid const& grid);

} // namespace beamwright
