/// From a case and a request to what transport and the report need: world, beams, hashes.
#pragma once
#include "casefolder/case_folder.hpp"
#include "jobs/dose.hpp"
#include "machine/beam_source.hpp"
#include "machine/model/machine_model.hpp"
#include "patient/calibration.hpp"
#include "patient/masks_stack.hpp"
#include "patient/voxel_world.hpp"
#include <map>

namespace beamwright {

/// What a beam meets before the target, for the printed summary.
struct BeamDepth {
    int beam_number = 0;
    double least_wet_mm = 0, mean_wet_mm = 0, greatest_wet_mm = 0; ///< surface of the grid to the target
};

struct DoseSetup {
    CaseFolder folder;
    Volume<std::int16_t> ct_HU;
    StructureSet structures;
    Plan plan;
    MachineModel machine;
    Calibration calibration;
    Grid grid;
    StackOptions stack_options;
};

/// Reads and checks everything a dose needs, before anything costs time. \throws Refusal
DoseSetup read_dose_setup(DoseJobRequest const& request, JobContext& context);

/// run.json before the run: command, seed, hashes of all inputs and tables, settings.
RunRecord planned_record(DoseJobRequest const& request, DoseSetup const& setup, JobContext const& context);

/// Tissue in every voxel of the dose grid, overrides applied.
VoxelWorld world_of(DoseSetup const& setup, Warnings& warnings);

/// Source elements of the plan's beams. \throws Refusal for what the machine cannot deliver
std::vector<BeamSource> beams_of(DoseJobRequest const& request, DoseSetup const& setup, Warnings& warnings);

/// Where the target is: prescription, else the first structure of type PTV, CTV or GTV; null if there is none.
Structure const* target_of(DoseSetup const& setup);

/// Water-equivalent depth of the target for each beam, from the virtual source through the grid.
std::vector<BeamDepth> depths_of(DoseSetup const& setup, VoxelWorld const& world,
                                 std::vector<BeamSource> const& beams, Warnings& warnings);

/// Share of each voxel of the grid inside a structure, dense.
Volume<float> dense_mask(Structure const& structure, Grid const& grid, StackOptions const& options,
                         Warnings& warnings);

} // namespace beamwright
