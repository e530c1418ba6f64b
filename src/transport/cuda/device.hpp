/// A device as the dose run sees it: memory of its own, and two kernels. CUDA is behind it; tests put the host there.
#pragma once
#include "transport/cuda/kernel_body.hpp"
#include <cstddef>
#include <string>

namespace beamwright {

/// Every call but follow() and fold() is done when it returns; those are done after wait().
class Device {
public:
    Device() = default;
    Device(Device const&) = delete;
    Device& operator=(Device const&) = delete;
    virtual ~Device() = default;

    virtual std::string name() const = 0;
    /// Memory that a run may take.
    virtual std::size_t free_bytes() const = 0;
    /// Histories followed at the same time.
    virtual std::int64_t threads() const = 0;

    /// Filled with zeros. \throws Refusal
    virtual void* allocate(std::size_t bytes) = 0;
    virtual void release(void* memory) noexcept = 0;
    virtual void upload(void* to, void const* from, std::size_t bytes) = 0;
    virtual void download(void* to, void const* from, std::size_t bytes) = 0;
    virtual void clear(void* memory, std::size_t bytes) = 0;

    /// Begins to follow; works of several beams may run at the same time.
    virtual void follow(DeviceWork const& work) = 0;
    /// After what follow() has begun, and after earlier folds.
    virtual void fold(FoldWork const& work) = 0;
    virtual void wait() = 0;
};

/// Owns memory of a device.
class DeviceMemory {
public:
    DeviceMemory(Device& device, std::size_t bytes)
        : device_(&device), memory_(device.allocate(bytes)), bytes_(bytes) {}
    DeviceMemory(DeviceMemory&& other) noexcept
        : device_(other.device_), memory_(other.memory_), bytes_(other.bytes_) {
        other.memory_ = nullptr;
    }
    DeviceMemory& operator=(DeviceMemory&&) = delete;
    DeviceMemory(DeviceMemory const&) = delete;
    DeviceMemory& operator=(DeviceMemory const&) = delete;
    ~DeviceMemory() {
        if (memory_ != nullptr) {
            device_->release(memory_);
        }
    }
    template <class T> T* as() const { return static_cast<T*>(memory_); }
    std::size_t bytes() const { return bytes_; }

private:
    Device* device_;
    void* memory_;
    std::size_t bytes_;
};

} // namespace beamwright
