// A result is a function of its inputs: threads, chunks, builds, checkpoints leave every bit as it is.
#include "core/atomic_file.hpp"
#include "transport/engine/run_histories.hpp"
#include "worlds.hpp"
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

namespace fs = std::filesystem;

VoxelWorld layered_world() {
    auto world = test::box_of("water", {21, 19, 30}, {3, 3, 3});
    world.materials.push_back(MaterialLibrary::shipped().named("Lung"));
    for (int k = 8; k < 14; ++k) {
        for (int j = 0; j < 10; ++j) {
            for (int i = 0; i < 21; ++i) {
                world.material[world.grid.index(i, j, k)] = 1;
                world.density_g_per_cm3[world.grid.index(i, j, k)] = 0.3f;
            }
        }
    }
    return world;
}

DoseRequest two_beams(VoxelWorld const& world) {
    auto request = test::request_for(world, test::pencil(90), 6000, 1500);
    auto second = test::pencil(70, 5);
    second.number = 2;
    second.elements = {{.x_mm = 5, .y_mm = -4, .protons = 4e8}, {.x_mm = -8, .y_mm = 6, .protons = 1e8}};
    request.beams.push_back(second);
    request.options.dose_to_water = true;
    return request;
}

void expect_same(DoseResult const& a, DoseResult const& b) {
    EXPECT_EQ(a.total.to_medium_Gy.values, b.total.to_medium_Gy.values);
    EXPECT_EQ(a.total.to_medium_sigma_Gy.values, b.total.to_medium_sigma_Gy.values);
    EXPECT_EQ(a.total.to_water_Gy.values, b.total.to_water_Gy.values);
    EXPECT_EQ(a.histories, b.histories);
    EXPECT_EQ(a.energy.deposited, b.energy.deposited);
    EXPECT_EQ(a.energy.neutrons, b.energy.neutrons);
    EXPECT_EQ(a.energy.escaped_charged, b.energy.escaped_charged);
}

TEST(SameBits, whatever_threads_and_chunks) {
    auto const world = layered_world();
    auto request = two_beams(world);
    request.options.threads = 1;
    auto const one = test::calculate(request);
    EXPECT_GT(one.energy.deposited, 0);
    for (int const threads : {2, 7}) {
        for (std::size_t const chunk : {std::size_t{1}, std::size_t{37}, std::size_t{5000}}) {
            request.options.threads = threads;
            request.options.chunk_histories = chunk;
            expect_same(one, test::calculate(request));
        }
    }
}

TEST(SameBits, with_and_without_fused_multiply_add_instructions) {
    if (!has_fused_multiply_add()) {
        GTEST_SKIP() << "this processor has none";
    }
    auto const world = layered_world();
    auto request = two_beams(world);
    request.options.stop.histories = 3000;
    auto const fused = test::calculate(request);
    request.options.baseline_build = true;
    expect_same(fused, test::calculate(request));
}

TEST(SameBits, another_seed_gives_another_result) {
    auto const world = layered_world();
    auto request = two_beams(world);
    request.options.stop.histories = 1500;
    auto const one = test::calculate(request);
    ++request.options.seed;
    EXPECT_NE(one.total.to_medium_Gy.values, test::calculate(request).total.to_medium_Gy.values);
}

class Checkpoints : public ::testing::Test {
protected:
    fs::path file = fs::path(::testing::TempDir()) / "beamwright_transport_test.checkpoint";
    void SetUp() override { fs::remove(file); }
    void TearDown() override { fs::remove(file); }
};

TEST_F(Checkpoints, a_resumed_run_has_the_bits_of_one_undisturbed) {
    auto const world = layered_world();
    auto request = two_beams(world);
    auto const whole = test::calculate(request);
    request.options.checkpoint = file;
    request.options.inputs_hash = "case 1";
    request.options.stop.histories = 3000;
    test::calculate(request);
    ASSERT_TRUE(fs::exists(file));
    request.options.stop.histories = 6000;
    auto const resumed = test::calculate(request);
    EXPECT_TRUE(resumed.resumed);
    expect_same(whole, resumed);
}

TEST_F(Checkpoints, cancelling_drops_the_batch_and_the_rest_goes_on) {
    auto const world = layered_world();
    auto request = two_beams(world);
    auto const whole = test::calculate(request);
    std::atomic<bool> cancelled = false;
    request.options.checkpoint = file;
    request.options.cancelled = &cancelled;
    request.options.progress = [&](double fraction, std::string const&) { cancelled = fraction > 0.4; };
    EXPECT_THROW(test::calculate(request), Interrupted);
    ASSERT_TRUE(fs::exists(file));
    request.options.cancelled = nullptr;
    expect_same(whole, test::calculate(request));
}

TEST_F(Checkpoints, of_other_inputs_or_damaged_ones_are_refused) {
    auto const world = layered_world();
    auto request = two_beams(world);
    request.options.stop.histories = 1500;
    request.options.checkpoint = file;
    request.options.inputs_hash = "case 1";
    test::calculate(request);
    request.options.inputs_hash = "case 2";
    EXPECT_THROW(test::calculate(request), Refusal);
    request.options.inputs_hash = "case 1";
    request.options.mode = PhysicsMode::fast;
    EXPECT_THROW(test::calculate(request), Refusal);
    request.options.mode = PhysicsMode::full;
    request.options.batch_histories = 999; // another shape
    EXPECT_THROW(test::calculate(request), Refusal);
    request.options.batch_histories = 1500;
    auto const bytes = read_file(file);
    for (std::size_t const kept :
         {std::size_t{0}, std::size_t{10}, std::size_t{60}, bytes.size() / 2, bytes.size() - 1}) {
        write_atomically(file, std::string_view(bytes).substr(0, kept));
        EXPECT_THROW(test::calculate(request), Refusal) << "cut to " << kept << " bytes";
    }
    auto changed = bytes;
    changed[bytes.size() - 200] = static_cast<char>(changed[bytes.size() - 200] ^ 0x10);
    write_atomically(file, changed);
    EXPECT_THROW(test::calculate(request), Refusal);
    auto other_version = bytes;
    auto const at = other_version.find("\"version\":\"") + 11;
    other_version[at] = other_version[at] == '9' ? '8' : '9';
    write_atomically(file, other_version);
    EXPECT_THROW(test::calculate(request), Refusal);
}

TEST(SameBits, a_run_stopped_by_time_equals_one_of_as_many_histories) {
    auto const world = layered_world();
    auto request = two_beams(world);
    request.options.stop = {};
    request.options.stop.time_s = 0.2;
    auto const timed = test::calculate(request);
    EXPECT_EQ(timed.stop_reason, StopReason::time);
    request.options.stop = {};
    request.options.stop.histories = timed.histories;
    expect_same(timed, test::calculate(request));
}

} // namespace
} // namespace beamwright
