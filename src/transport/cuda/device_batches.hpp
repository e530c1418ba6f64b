/// The batches of a dose run on a device: several followed at the same time, folded in their order. The bits of every
/// result are those of the scalar loop (docs/methods/gpu.md).
#pragma once
#include "patient/voxel_world.hpp"
#include "transport/cuda/device.hpp"
#include "transport/cuda/device_plan.hpp"
#include "transport/cuda/table_copy.hpp"
#include "transport/engine/run_histories.hpp"
#include "transport/schedule/run_state.hpp"
#include <memory>
#include <vector>

namespace beamwright {

class DeviceBatches {
public:
    /// Copies world, tables and sums to the device. `work` and `state` go by beam; `memory` holds all tables of `work`.
    /// \throws Refusal where the device has too little memory
    DeviceBatches(std::shared_ptr<Device> device, VoxelWorld const& world,
                  std::vector<HistoryWork> const& work, TableMemory const& memory,
                  std::vector<BeamState> const& state);

    /// Folds the batch of this number, which follows the one folded last, and returns the books of its beams. Where it has
    /// not been followed yet, follows it and others up to `last` (not included) at the same time.
    std::vector<TrackBook> fold(std::int64_t batch, std::int64_t last);
    /// Copies the sums of all folded batches to the state.
    void bring(std::vector<BeamState>& state) const;

    std::int64_t batches_in_flight() const { return in_flight_; }

private:
    struct Beam {
        DeviceWork work;
        std::int64_t histories_per_batch;
        DeviceMemory running, rows, sums, books, taken;
        std::vector<TrackBook> done; ///< of the batches in flight
    };
    void add_beam(HistoryWork const& host, TableCopy const& copy, BeamState const& state);
    void follow(std::int64_t first, std::int64_t count);
    double* sum_of(Beam const& beam, std::size_t quantity) const;
    double* square_of(Beam const& beam, std::size_t quantity) const;
    double* cross_of(Beam const& beam, std::size_t cross) const;

    std::shared_ptr<Device> device_;
    std::size_t voxels_, row_length_, quantities_, crosses_;
    std::int64_t in_flight_ = 0, first_ = 0,
                 end_ = 0;             ///< batches [first_, end_) are followed, not all folded
    std::vector<DeviceMemory> shared_; ///< tables, material, density
    std::vector<Beam> beams_;
};

} // namespace beamwright
