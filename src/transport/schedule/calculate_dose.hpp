/// Monte Carlo dose of proton beams in a voxel world.
#pragma once
#include "transport/schedule/dose_request.hpp"

namespace beamwright {

/// Under mpirun the histories are shared among the processes, and only the first gets the result; the others get an empty
/// one (transport/schedule/processes.hpp).
/// \throws Refusal for bad input (numbers in it), Interrupted when cancelled (checkpoint written).
/// The result depends on world, beams, seed and on where it stops, never on threads or on being resumed.
DoseResult calculate_dose(DoseRequest const& request, Warnings& warnings);

} // namespace beamwright
