/// From a case and a request to what transport and the report need: world, beams, hashes.
#pragma once
#include "casefolder/case_folder.hpp"
#include "jobs/dose.hpp"
#include "jobs/patient_setup.hpp"
#include "machine/beam_source.hpp"
#include "machine/model/machine_model.hpp"
#include "patient/voxel_world.hpp"
#include <map>

namespace beamwright {

/// What a beam meets before the target, for the printed summary.
struct BeamDepth {
    int beam_number = 0;
    double least_wet_mm = 0, mean_wet_mm = 0, greatest_wet_mm = 0; ///< surface of the grid to the target
};

struct DoseSetup : PatientSetup {
    Plan plan;
    MachineModel machine;
};

/// Reads and checks everything a dose needs, before anything costs time. \throws Refusal
DoseSetup read_dose_setup(DoseJobRequest const& request, JobContext& context);

/// run.json before the run: command, seed, hashes of all inputs and tables, settings.
RunRecord planned_record(DoseJobRequest const& request, DoseSetup const& setup, JobContext const& context);

/// Source elements of the plan's beams. \throws Refusal for what the machine cannot deliver
std::vector<BeamSource> beams_of(DoseJobRequest const& request, DoseSetup const& setup, Warnings& warnings);

/// Water-equivalent depth of the target for each beam, from the virtual source through the grid.
std::vector<BeamDepth> depths_of(DoseSetup const& setup, VoxelWorld const& world,
                                 std::vector<BeamSource> const& beams, Warnings& warnings);

} // namespace beamwright
