#include "transport/cuda/device_plan.hpp"
#include "core/refusal.hpp"
#include "transport/cuda/kernel_body.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr std::size_t world_bytes = 6;    ///< material and density of a voxel
constexpr std::size_t sums_bytes = 16;    ///< sum and sum of squares of a quantity
constexpr std::size_t running_bytes = 8;  ///< of a quantity, and of a cross sum
constexpr std::size_t spare = 1UL << 20U; ///< alignment of what is allocated
/// Histories in flight per thread: the last ones, which run alone, are then a few per cent.
constexpr std::int64_t histories_per_thread = 16;

std::size_t in_mebibytes(std::size_t bytes) { return (bytes + (1UL << 20U) - 1) >> 20U; }

} // namespace

std::size_t DevicePlan::fixed_bytes() const {
    auto const per_beam =
        sums_bytes * static_cast<std::size_t>(quantities) + running_bytes * static_cast<std::size_t>(crosses);
    return voxels * (world_bytes + static_cast<std::size_t>(beams) * per_beam) + table_bytes + spare;
}

std::size_t DevicePlan::bytes_per_batch() const {
    auto const per_beam = voxels * running_bytes * static_cast<std::size_t>(quantities) +
                          voxels / row_length + sizeof(TrackBook);
    return static_cast<std::size_t>(beams) * per_beam;
}

std::int64_t DevicePlan::batches_in_flight(Grid const& grid, std::size_t free_bytes,
                                           std::int64_t threads) const {
    auto const needed = fixed_bytes() + bytes_per_batch();
    if (needed > free_bytes) {
        auto const fixed = table_bytes + spare;
        auto const per_voxel = static_cast<double>(needed - fixed) / static_cast<double>(voxels);
        double const room = free_bytes > fixed ? static_cast<double>(free_bytes - fixed) : 0.0;
        auto const fits = static_cast<std::size_t>(room / per_voxel);
        std::string advice = "use --target scalar, which gives the same bits";
        if (fits > 0) {
            double const edge_mm = std::cbrt(grid.voxel_cm3() * 1e3);
            double const coarser_mm =
                edge_mm * std::cbrt(static_cast<double>(voxels) / static_cast<double>(fits));
            advice =
                fmt::format("calculate on a grid of {} voxels or fewer (edges of about {:.1f} mm or more, "
                            "now {:.1f} mm){}, or {}",
                            fits, std::ceil(coarser_mm * 10) / 10, edge_mm,
                            beams > 1 ? ", or fewer beams at a time" : "", advice);
        }
        refuse(fmt::format("the calculation needs {} MiB of the device's memory, {} MiB are free",
                           in_mebibytes(needed), in_mebibytes(free_bytes)),
               fmt::format("{} voxels, {} beam(s), {} quantity(ies) of each; one batch in flight at least",
                           voxels, beams, quantities),
               advice);
    }
    auto const room = static_cast<std::int64_t>((free_bytes - fixed_bytes()) / bytes_per_batch());
    auto const wanted = (histories_per_thread * threads + batch_histories - 1) / batch_histories;
    return std::clamp<std::int64_t>(wanted, 1, room);
}

} // namespace beamwright
