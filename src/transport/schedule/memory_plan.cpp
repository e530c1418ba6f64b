#include "transport/schedule/memory_plan.hpp"
#include "core/refusal.hpp"
#include "transport/tally/batch_tally.hpp"
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <string>

namespace beamwright {

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::size_t fixed_bytes = 64 * mebibyte;

std::string in_mebibytes(std::size_t bytes) {
    return fmt::format("{} MiB", (bytes + mebibyte - 1) / mebibyte);
}

} // namespace

std::size_t MemoryPlan::bytes_per_voxel() const {
    if (neutron_bytes > 0) {
        return neutron_bytes;
    }
    std::size_t const for_let = let ? 3 * BatchTally::bytes_per_voxel + 2 * CrossSum::bytes_per_voxel : 0;
    return static_cast<std::size_t>(beams) *
           (static_cast<std::size_t>(quantities) * BatchTally::bytes_per_voxel + for_let);
}

std::size_t MemoryPlan::bytes() const { return voxels * bytes_per_voxel() + fixed_bytes; }

std::size_t available_memory_bytes() {
    std::ifstream info("/proc/meminfo");
    std::string name, unit;
    std::size_t kibibytes = 0;
    while (info >> name >> kibibytes) {
        if (name == "MemAvailable:") {
            return kibibytes * 1024;
        }
        std::getline(info, unit);
    }
    return 0;
}

void require_memory(MemoryPlan const& plan, Grid const& grid, std::size_t limit_bytes) {
    std::size_t const free = limit_bytes > 0 ? limit_bytes : available_memory_bytes();
    std::size_t const needed = plan.bytes();
    if (free == 0 || needed <= free) {
        return;
    }
    std::size_t const room = free > fixed_bytes ? free - fixed_bytes : 0;
    std::size_t const fits = room / plan.bytes_per_voxel();
    double const edge = std::cbrt(grid.voxel_cm3() * 1e3);
    double const coarser =
        fits > 0 ? edge * std::cbrt(static_cast<double>(plan.voxels) / static_cast<double>(fits)) : 0.0;
    std::string advice = "close other programs or use a machine with more memory";
    if (fits > 0) {
        advice =
            fmt::format("calculate on a grid of {} voxels or fewer (edges of about {:.1f} mm or more, now "
                        "{:.1f} mm)",
                        fits, std::ceil(coarser * 10) / 10, edge);
        if (plan.beams > 1) {
            advice += ", or fewer beams at a time";
        }
        if (plan.quantities > 1) {
            advice += ", or without dose to water";
        }
        if (plan.let) {
            advice += ", or without LET";
        }
        if (plan.neutron_bytes > 0) {
            advice += ", or without flux or correlations";
        }
    }
    auto const what = plan.neutron_bytes > 0 ? fmt::format("components, fluxes and correlations of neutrons")
                                             : fmt::format("{} beam(s), {} quantity(ies){}", plan.beams,
                                                           plan.quantities, plan.let ? " and LET" : "");
    refuse(fmt::format("the calculation needs {} of memory, {} {}", in_mebibytes(needed), in_mebibytes(free),
                       limit_bytes > 0 ? "are allowed" : "are free"),
           fmt::format("{} x {} x {} voxels, {}, {} bytes per voxel in all, and 64 MiB", grid.size[0],
                       grid.size[1], grid.size[2], what, plan.bytes_per_voxel()),
           advice);
}

} // namespace beamwright
