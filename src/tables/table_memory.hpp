/// The memory behind views, so that a copy of it can be made for a device (transport/cuda).
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace beamwright {

/// Each block is one array to which pointers of a view lead.
using TableMemory = std::vector<std::span<std::byte const>>;

/// Adds arrays.
template <class... Vector> void add_blocks(TableMemory& memory, Vector const&... vectors) {
    (memory.push_back(std::as_bytes(std::span(vectors))), ...);
}

} // namespace beamwright
