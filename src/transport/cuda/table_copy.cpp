#include "transport/cuda/table_copy.hpp"
#include "core/contracts.hpp"
#include <cstdint>
#include <cstring>

namespace beamwright {

TableCopy::TableCopy(TableMemory memory) : memory_(std::move(memory)) {
    constexpr std::size_t alignment = 256;
    for (auto const& block : memory_) {
        offset_.push_back(bytes_);
        bytes_ += (block.size() + alignment - 1) / alignment * alignment;
    }
}

std::vector<std::byte> TableCopy::image() const {
    std::vector<std::byte> image(bytes_);
    for (std::size_t i = 0; i < memory_.size(); ++i) {
        if (!memory_[i].empty()) {
            std::memcpy(image.data() + offset_[i], memory_[i].data(), memory_[i].size());
        }
    }
    return image;
}

std::byte const* TableCopy::moved_bytes(std::byte const* host, std::byte const* base) const {
    bool empty = host == nullptr;
    for (std::size_t i = 0; i < memory_.size(); ++i) {
        auto const& block = memory_[i];
        if (host >= block.data() && host < block.data() + block.size()) {
            return base + offset_[i] + (host - block.data());
        }
        empty = empty || (block.empty() && host == block.data());
    }
    BW_ENSURE(empty); // a table whose owner does not list it in add_memory
    return nullptr;
}

void TableCopy::require_no_host_pointer([[maybe_unused]] DeviceWork work) const {
#if __has_builtin(__builtin_clear_padding)
    __builtin_clear_padding(&work); // what lies between members may look like anything
    auto const* const words = reinterpret_cast<std::byte const*>(&work);
    for (std::size_t at = 0; at + sizeof(std::uintptr_t) <= sizeof(work); at += alignof(void*)) {
        std::uintptr_t word = 0;
        std::memcpy(&word, words + at, sizeof(word));
        for (auto const& block : memory_) {
            auto const begin = reinterpret_cast<std::uintptr_t>(block.data());
            // Else moved() misses a pointer
            BW_ENSURE(block.empty() || word < begin || word >= begin + block.size());
        }
    }
#endif
}

DeviceWork TableCopy::moved(DeviceWork work, std::byte const* base) const {
    auto const move = [&](auto const*& pointer) { pointer = moved(pointer, base); };
    auto& source = work.source;
    move(source.spots.optics);
    move(source.spots.aims);
    move(source.cumulative_weight);
    move(source.spot_of_order);
    move(work.line.layers);
    move(work.line.walls);
    auto& protons = work.tables.materials;
    move(protons.range_cells);
    move(protons.energy_cells);
    move(protons.ratio_nodes);
    move(protons.materials);
    auto& scattering = work.tables.scattering;
    move(scattering.cells);
    move(scattering.nodes);
    move(scattering.materials);
    move(scattering.elements);
    move(work.tables.ratios);
    move(work.tables.helium_range);
    auto& n = work.tables.nuclear;
    move(n.total_cm2_per_g);
    move(n.majorant_cm2_per_g);
    move(n.first_part);
    move(n.parts);
    move(n.targets);
    move(n.nonelastic_barn);
    move(n.elastic_barn);
    move(n.nodes);
    move(n.channels);
    move(n.channel_sums);
    move(n.sums);
    move(n.sum_values);
    move(n.spectra);
    move(n.cosines);
    move(n.elastic_nodes);
    move(n.elastic_cosines);
    move(work.dose.let.table.proton);
    move(work.dose.let.table.helium);
    move(work.dose.let.table.helium_range);
    require_no_host_pointer(work);
    return work;
}

} // namespace beamwright
