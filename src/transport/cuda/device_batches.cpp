#include "transport/cuda/device_batches.hpp"
#include "core/contracts.hpp"
#include <algorithm>

namespace beamwright {

namespace {

DevicePlan plan_of(VoxelWorld const& world, std::vector<BeamState> const& state, std::size_t table_bytes) {
    DevicePlan plan{.voxels = world.grid.voxels(),
                    .row_length = static_cast<std::size_t>(world.grid.size[0]),
                    .quantities = static_cast<int>(state.front().tallies.size()),
                    .crosses = static_cast<int>(state.front().crosses.size()),
                    .beams = static_cast<int>(state.size()),
                    .table_bytes = table_bytes,
                    .batch_histories = 0};
    for (auto const& beam : state) {
        plan.batch_histories += beam.histories_per_batch;
    }
    return plan;
}

} // namespace

DeviceBatches::DeviceBatches(std::shared_ptr<Device> device, VoxelWorld const& world,
                             std::vector<HistoryWork> const& work, TableMemory const& memory,
                             std::vector<BeamState> const& state)
    : device_(std::move(device)), voxels_(world.grid.voxels()),
      row_length_(static_cast<std::size_t>(world.grid.size[0])), quantities_(state.front().tallies.size()),
      crosses_(state.front().crosses.size()) {
    BW_EXPECT(work.size() == state.size());
    TableCopy const copy(memory);
    in_flight_ = plan_of(world, state, copy.bytes())
                     .batches_in_flight(world.grid, device_->free_bytes(), device_->threads());
    auto const image = copy.image();
    auto const put = [&](void const* from, std::size_t bytes) {
        shared_.emplace_back(*device_, bytes);
        device_->upload(shared_.back().as<void>(), from, bytes);
    };
    put(image.data(), image.size());
    put(world.material.data(), world.material.size() * sizeof(world.material[0]));
    put(world.density_g_per_cm3.data(), world.density_g_per_cm3.size() * sizeof(float));
    for (std::size_t beam = 0; beam < work.size(); ++beam) {
        add_beam(work[beam], copy, state[beam]);
    }
}

double* DeviceBatches::sum_of(Beam const& beam, std::size_t quantity) const {
    return beam.sums.as<double>() + quantity * voxels_;
}
double* DeviceBatches::square_of(Beam const& beam, std::size_t quantity) const {
    return sum_of(beam, quantities_ + quantity);
}
double* DeviceBatches::cross_of(Beam const& beam, std::size_t cross) const {
    return sum_of(beam, 2 * quantities_ + cross);
}

void DeviceBatches::add_beam(HistoryWork const& host, TableCopy const& copy, BeamState const& state) {
    BW_EXPECT(!host.media_by_plane && !host.score_planes);
    for (auto const& tally : state.tallies) {
        BW_EXPECT(tally.sum().size() == voxels_); // one number per voxel
    }
    auto const batches = static_cast<std::size_t>(in_flight_);
    auto const rows = voxels_ / row_length_;
    Beam beam{.work = {},
              .histories_per_batch = state.histories_per_batch,
              .running = {*device_, batches * quantities_ * voxels_ * sizeof(std::int64_t)},
              .rows = {*device_, batches * rows},
              .sums = {*device_, (2 * quantities_ + crosses_) * voxels_ * sizeof(double)},
              .books = {*device_, batches * sizeof(TrackBook)},
              .taken = {*device_, sizeof(std::int64_t)},
              .done = {}};
    // What earlier batches have left (a run that goes on)
    auto const bytes = voxels_ * sizeof(double);
    for (std::size_t quantity = 0; quantity < quantities_; ++quantity) {
        auto const& tally = state.tallies[quantity];
        device_->upload(sum_of(beam, quantity), tally.sum().data(), bytes);
        device_->upload(square_of(beam, quantity), tally.sum_of_squares().data(), bytes);
    }
    for (std::size_t cross = 0; cross < crosses_; ++cross) {
        device_->upload(cross_of(beam, cross), state.crosses[cross].sum().data(), bytes);
    }

    DeviceWork work{.source = host.source,
                    .line = host.line,
                    .tables = host.tables,
                    .media = {},
                    .dose = host.dose,
                    .tally_stride = static_cast<std::int64_t>(quantities_ * voxels_),
                    .row_stride = static_cast<std::int64_t>(rows),
                    .per_MeV = host.per_MeV};
    beam.work = copy.moved(work, shared_[0].as<std::byte>());
    beam.work.media = {shared_[1].as<std::uint16_t>(), shared_[2].as<float>()};
    beam.work.taken = beam.taken.as<std::int64_t>();
    beam.work.books = beam.books.as<TrackBook>();
    // Quantities in the order of the state's tallies: medium, water, three of LET
    auto* const running = beam.running.as<std::int64_t>();
    auto& dose = beam.work.dose;
    dose.medium = running;
    dose.water = dose.water != nullptr ? running + voxels_ : nullptr;
    dose.row_used = beam.rows.as<std::uint8_t>();
    if (crosses_ > 0) {
        auto* const let = running + (quantities_ - 3) * voxels_;
        dose.let.energy = let;
        dose.let.energy_stopping = let + voxels_;
        dose.let.path = let + 2 * voxels_;
    }
    beams_.push_back(std::move(beam));
}

void DeviceBatches::follow(std::int64_t first, std::int64_t count) {
    for (auto& beam : beams_) {
        device_->clear(beam.books.as<void>(), beam.books.bytes());
        device_->clear(beam.taken.as<void>(), beam.taken.bytes());
        device_->clear(beam.rows.as<void>(), beam.rows.bytes());
        beam.work.first_history = first * beam.histories_per_batch;
        beam.work.histories = count * beam.histories_per_batch;
        device_->follow(beam.work);
    }
    device_->wait();
    for (auto& beam : beams_) {
        beam.done.resize(static_cast<std::size_t>(count));
        device_->download(beam.done.data(), beam.books.as<void>(), beam.done.size() * sizeof(TrackBook));
    }
    first_ = first;
    end_ = first + count;
}

std::vector<TrackBook> DeviceBatches::fold(std::int64_t batch, std::int64_t last) {
    if (batch >= end_) {
        follow(batch, std::clamp<std::int64_t>(last - batch, 1, in_flight_));
    }
    BW_EXPECT(batch >= first_ && batch < end_);
    auto const place = static_cast<std::size_t>(batch - first_);
    auto const rows = voxels_ / row_length_;
    std::vector<TrackBook> books;
    for (auto const& beam : beams_) {
        device_->fold({.running = beam.running.as<std::int64_t>() + place * quantities_ * voxels_,
                       .row_used = beam.rows.as<std::uint8_t>() + place * rows,
                       .sum = sum_of(beam, 0),
                       .square = square_of(beam, 0),
                       .cross = crosses_ > 0 ? cross_of(beam, 0) : nullptr,
                       .voxels = static_cast<std::int64_t>(voxels_),
                       .row_length = static_cast<std::int64_t>(row_length_),
                       .quantities = static_cast<int>(quantities_),
                       .let_first = static_cast<int>(quantities_) - 3,
                       .per_MeV = beam.work.per_MeV});
        books.push_back(beam.done[place]);
    }
    return books;
}

void DeviceBatches::bring(std::vector<BeamState>& state) const {
    device_->wait();
    auto const bytes = voxels_ * sizeof(double);
    for (std::size_t b = 0; b < beams_.size(); ++b) {
        for (std::size_t quantity = 0; quantity < quantities_; ++quantity) {
            auto& tally = state[b].tallies[quantity];
            device_->download(tally.sum().data(), sum_of(beams_[b], quantity), bytes);
            device_->download(tally.sum_of_squares().data(), square_of(beams_[b], quantity), bytes);
        }
        for (std::size_t cross = 0; cross < crosses_; ++cross) {
            device_->download(state[b].crosses[cross].sum().data(), cross_of(beams_[b], cross), bytes);
        }
    }
}

} // namespace beamwright
