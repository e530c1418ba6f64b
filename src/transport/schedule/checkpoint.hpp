/// Checkpoints: whole batches on disk, to go on from with the same bits. docs/formats/checkpoint.md
#pragma once
#include "transport/schedule/run_state.hpp"
#include <filesystem>
#include <string>

namespace beamwright {

/// What must be equal for a checkpoint to be used.
struct CheckpointIdentity {
    std::string version;     ///< of the program
    std::string target;      ///< lane target
    std::string physics;     ///< full or fast
    std::string inputs_hash; ///< of everything that decides the result
    friend bool operator==(CheckpointIdentity const&, CheckpointIdentity const&) = default;
};

/// Writes atomically: a killed run leaves the old checkpoint or the new one.
void write_checkpoint(std::filesystem::path const& file, CheckpointIdentity const& identity,
                      RunState const& state);

/// Fills `state`, whose beams and tallies have their sizes already.
/// \throws Refusal for a checkpoint of another version, target, inputs or shape, or a damaged one.
void read_checkpoint(std::filesystem::path const& file, CheckpointIdentity const& identity, RunState& state);

} // namespace beamwright
