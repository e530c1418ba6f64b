/// A copy of the tables for a device: all arrays in one block, and views whose pointers lead into it.
#pragma once
#include "tables/table_memory.hpp"
#include "transport/cuda/kernel_body.hpp"
#include <vector>

namespace beamwright {

class TableCopy {
public:
    /// Arrays of 256-byte alignment, one behind another. They need not live longer than image() is asked for.
    explicit TableCopy(TableMemory memory);

    std::size_t bytes() const { return bytes_; }
    std::vector<std::byte> image() const;

    /// The place in a copy at `base` that matches this one; null stays null.
    /// \pre it lies in one of the arrays
    template <class T> T const* moved(T const* host, std::byte const* base) const {
        return reinterpret_cast<T const*>(moved_bytes(reinterpret_cast<std::byte const*>(host), base));
    }
    /// All pointers to tables; not those to the world and to tallies. \post no pointer to a host array is left
    DeviceWork moved(DeviceWork work, std::byte const* base) const;

private:
    std::byte const* moved_bytes(std::byte const* host, std::byte const* base) const;
    void require_no_host_pointer(DeviceWork work) const;

    TableMemory memory_;
    std::vector<std::size_t> offset_;
    std::size_t bytes_ = 0;
};

} // namespace beamwright
