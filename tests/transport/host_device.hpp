/// The host in the place of a GPU: the same kernel bodies, by threads that take turns in any order.
#pragma once
#include "core/refusal.hpp"
#include "transport/cuda/device.hpp"
#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

namespace beamwright::test {

enum class Turns {
    one_after_another, ///< each thread one history, then the next thread
    shuffled,          ///< histories in an order drawn by lot
    at_once            ///< threads of the operating system
};

class HostDevice final : public Device {
public:
    HostDevice(int threads, Turns turns, std::size_t memory = std::size_t{1} << 32U)
        : threads_(threads), turns_(turns), memory_(memory) {}

    int fails_at_launch = -1; ///< like a device that is lost
    int launches = 0;
    std::size_t allocated() const {
        return std::accumulate(blocks_.begin(), blocks_.end(), std::size_t{0},
                               [](std::size_t sum, auto const& block) { return sum + block.second.second; });
    }

    std::string name() const override { return "host"; }
    std::size_t free_bytes() const override { return memory_ - allocated(); }
    std::int64_t threads() const override { return threads_; }
    void* allocate(std::size_t bytes) override {
        if (bytes > free_bytes()) {
            refuse("the test's device has no memory left", "the plan counted too little", "count again");
        }
        auto block = std::make_unique<std::byte[]>(bytes + 64);
        std::byte* const start = block.get() + (64 - reinterpret_cast<std::uintptr_t>(block.get()) % 64) % 64;
        std::memset(start, 0, bytes);
        blocks_[start] = {std::move(block), bytes};
        return start;
    }
    void release(void* memory) noexcept override { blocks_.erase(memory); }
    void upload(void* to, void const* from, std::size_t bytes) override { std::memcpy(to, from, bytes); }
    void download(void* to, void const* from, std::size_t bytes) override { std::memcpy(to, from, bytes); }
    void clear(void* memory, std::size_t bytes) override { std::memset(memory, 0, bytes); }
    void wait() override {}

    void follow(DeviceWork const& work) override {
        if (launches++ == fails_at_launch) {
            refuse("the test's device is lost", "the test asked for it", "start again");
        }
        DeviceHistories const run{work};
        if (turns_ == Turns::at_once) {
            std::vector<std::thread> threads;
            for (int i = 0; i < threads_; ++i) {
                threads.emplace_back([&] {
                    TrackStack stack;
                    run(stack);
                });
            }
            for (auto& thread : threads) {
                thread.join();
            }
            return;
        }
        auto const used = std::min<std::int64_t>(threads_, work.histories);
        std::vector<TrackStack> stacks(static_cast<std::size_t>(used));
        if (turns_ == Turns::one_after_another) {
            for (bool left = true; left;) {
                for (auto& stack : stacks) {
                    left = run(stack, 1) && left;
                }
            }
            return;
        }
        std::vector<std::int64_t> places(static_cast<std::size_t>(work.histories));
        std::iota(places.begin(), places.end(), 0);
        std::shuffle(places.begin(), places.end(), std::mt19937_64(20261123));
        for (std::size_t i = 0; i < places.size(); ++i) {
            run.follow(places[i], stacks[i % stacks.size()]);
        }
    }
    void fold(FoldWork const& work) override {
        for (std::int64_t voxel = work.voxels; voxel-- > 0;) { // backwards: the order is of no account
            fold_voxel(work, voxel);
        }
    }

private:
    int threads_;
    Turns turns_;
    std::size_t memory_;
    std::map<void*, std::pair<std::unique_ptr<std::byte[]>, std::size_t>> blocks_;
};

} // namespace beamwright::test
