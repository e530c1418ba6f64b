// The kernels of kernel_body.hpp on a CUDA device: launches, copies, errors. Compiled by nvcc with BW_TARGET=cuda,
// without contraction (--fmad=false), so that the bits are those of the scalar loop.
#include "core/refusal.hpp"
#include "transport/cuda/cuda_device.hpp"
#include <algorithm>
#include <array>
#include <cuda_runtime.h>

namespace beamwright {
inline namespace BW_TARGET {
namespace {

/// Threads of a block, and blocks that a multiprocessor holds at once: 128 registers per thread (docs/methods/gpu.md).
constexpr int block_threads = 128;
constexpr int blocks_per_multiprocessor = 4;

__global__ void __launch_bounds__(block_threads, blocks_per_multiprocessor)
    follow_kernel(__grid_constant__ DeviceWork const work) {
    TrackStack stack;
    DeviceHistories{work}(stack);
}

__global__ void fold_kernel(__grid_constant__ FoldWork const work) {
    std::int64_t const step = std::int64_t{gridDim.x} * blockDim.x;
    for (std::int64_t voxel = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; voxel < work.voxels;
         voxel += step) {
        fold_voxel(work, voxel);
    }
}

void require(cudaError_t error, std::string const& doing) {
    if (error != cudaSuccess) {
        refuse("the CUDA device failed while " + doing, cudaGetErrorString(error),
               "start again (a checkpoint is kept), or use --target scalar, which gives the same bits");
    }
}

class CudaDevice final : public Device {
public:
    CudaDevice() {
        require(cudaSetDevice(0), "it was opened");
        require(cudaGetDeviceProperties(&about_, 0), "it was asked for its properties");
        for (auto& stream : streams_) {
            require(cudaStreamCreate(&stream), "a stream was made");
        }
        require(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks_, follow_kernel, block_threads, 0),
                "its occupancy was asked for");
        blocks_ = std::max(blocks_, 1) * about_.multiProcessorCount;
    }
    ~CudaDevice() override {
        for (auto const stream : streams_) {
            cudaStreamDestroy(stream);
        }
    }

    std::string name() const override { return about_.name; }
    std::int64_t threads() const override { return std::int64_t{blocks_} * block_threads; }
    std::size_t free_bytes() const override {
        std::size_t free = 0, all = 0;
        require(cudaMemGetInfo(&free, &all), "it was asked for its memory");
        // Stacks of the threads that the device may hold come on top
        cudaFuncAttributes kernel{};
        require(cudaFuncGetAttributes(&kernel, follow_kernel), "its kernel was asked for");
        auto const stacks = kernel.localSizeBytes * static_cast<std::size_t>(about_.multiProcessorCount) *
                            static_cast<std::size_t>(about_.maxThreadsPerMultiProcessor);
        std::size_t const kept = stacks + free / 20;
        return free > kept ? free - kept : 0;
    }

    void* allocate(std::size_t bytes) override {
        void* memory = nullptr;
        require(cudaMalloc(&memory, std::max<std::size_t>(bytes, 1)), "memory was allocated");
        clear(memory, bytes);
        return memory;
    }
    void release(void* memory) noexcept override { cudaFree(memory); }
    void upload(void* to, void const* from, std::size_t bytes) override {
        require(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "data were copied to it");
    }
    void download(void* to, void const* from, std::size_t bytes) override {
        require(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost), "results were copied from it");
    }
    void clear(void* memory, std::size_t bytes) override {
        require(cudaMemset(memory, 0, bytes), "memory was cleared");
        wait();
    }

    void follow(DeviceWork const& work) override {
        auto const needed = (work.histories + block_threads - 1) / block_threads;
        auto const blocks = static_cast<unsigned>(std::clamp<std::int64_t>(needed, 1, blocks_));
        follow_kernel<<<blocks, block_threads, 0, streams_[next_++ % streams_.size()]>>>(work);
        require(cudaGetLastError(), "histories were started");
    }
    void fold(FoldWork const& work) override {
        // The default stream: after all others, before those that begin later
        constexpr std::int64_t fold_threads = 256;
        auto const needed = (work.voxels + fold_threads - 1) / fold_threads;
        auto const blocks = static_cast<unsigned>(std::clamp<std::int64_t>(needed, 1, 1 << 20));
        fold_kernel<<<blocks, static_cast<unsigned>(fold_threads)>>>(work);
        require(cudaGetLastError(), "a batch was folded");
    }
    void wait() override { require(cudaDeviceSynchronize(), "histories were followed"); }

private:
    cudaDeviceProp about_{};
    int blocks_ = 1;
    std::size_t next_ = 0;
    std::array<cudaStream_t, 4> streams_{};
};

} // namespace
} // namespace BW_TARGET

std::string why_no_cuda_device() {
    int count = 0;
    cudaError_t const error = cudaGetDeviceCount(&count);
    if (error == cudaErrorNoDevice || error == cudaErrorInsufficientDriver) {
        return std::string("no CUDA device with a driver for it is installed (") + cudaGetErrorString(error) +
               ")";
    }
    if (error != cudaSuccess) {
        return cudaGetErrorString(error);
    }
    return count > 0 ? "" : "no CUDA device is installed";
}

std::shared_ptr<Device> open_cuda_device() {
    if (auto const why = why_no_cuda_device(); !why.empty()) {
        refuse(
            "there is no CUDA device to calculate on", why,
            "use --target scalar, which gives the same bits, or a machine with a CUDA device and its driver");
    }
    return std::make_shared<CudaDevice>();
}

} // namespace beamwright
