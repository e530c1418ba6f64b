// The GPU engine on a device made of host memory: kernel bodies, batches in flight, copies, memory, refusals. What only a
// real device can show (launches, its arithmetic) is in bench/gpu_check.py.
#include "host_device.hpp"
#include "support.hpp"
#include "transport/cuda/cuda_device.hpp"
#include "transport/cuda/device_plan.hpp"
#include "transport/cuda/table_copy.hpp"
#include "worlds.hpp"
#include <filesystem>
#include <gmock/gmock.h>

namespace beamwright {
namespace {

namespace fs = std::filesystem;
using test::HostDevice;
using test::Turns;

/// Water, lung and a plate before the grid; two beams of unequal weight.
struct Case {
    VoxelWorld world = test::box_of("water", {19, 17, 26}, {3, 3, 3});
    DoseRequest request;
    Case() {
        world.materials.push_back(MaterialLibrary::shipped().named("Lung"));
        for (int k = 8; k < 14; ++k) {
            for (int j = 0; j < 9; ++j) {
                for (int i = 0; i < 19; ++i) {
                    world.material[world.grid.index(i, j, k)] = 1;
                    world.density_g_per_cm3[world.grid.index(i, j, k)] = 0.3F;
                }
            }
        }
        request = test::request_for(world, test::pencil(80, 3, 60), 6000, 1000);
        request.beams[0].air_before_patient = true;
        BeamSlab plate;
        plate.name = "shifter";
        plate.material = MaterialLibrary::shipped().named("PMMA");
        plate.density_g_per_cm3 = 1.19;
        plate.upstream_z_mm = 50;
        plate.downstream_z_mm = 30;
        plate.openings.push_back({{-4, 4, 4, -4}, {-4, -4, 4, 4}});
        request.beams[0].slabs.push_back(plate);
        auto second = test::pencil(60, 5);
        second.number = 2;
        second.elements = {{.x_mm = 5, .y_mm = -4, .protons = 4e8}, {.x_mm = -8, .y_mm = 6, .protons = 1e8}};
        request.beams.push_back(second);
        request.options.dose_to_water = true;
        request.options.let = LetParticles::protons;
    }
    DoseResult on(std::shared_ptr<Device> device) {
        auto asked = request;
        asked.world = &world;
        asked.device = std::move(device);
        return test::calculate(asked);
    }
    DoseResult on_threads() { return on(nullptr); }
};

void expect_same_bits(DoseResult const& a, DoseResult const& b) {
    EXPECT_EQ(a.total.to_medium_Gy.values, b.total.to_medium_Gy.values);
    EXPECT_EQ(a.total.to_medium_sigma_Gy.values, b.total.to_medium_sigma_Gy.values);
    EXPECT_EQ(a.total.to_water_Gy.values, b.total.to_water_Gy.values);
    EXPECT_EQ(a.total.to_water_sigma_Gy.values, b.total.to_water_sigma_Gy.values);
    EXPECT_EQ(a.let.dose_averaged_keV_per_um.values, b.let.dose_averaged_keV_per_um.values);
    EXPECT_EQ(a.let.dose_averaged_sigma_rel.values, b.let.dose_averaged_sigma_rel.values);
    EXPECT_EQ(a.let.track_averaged_keV_per_um.values, b.let.track_averaged_keV_per_um.values);
    EXPECT_EQ(a.histories, b.histories);
    EXPECT_EQ(a.steps_per_history, b.steps_per_history);
    EXPECT_EQ(a.nonelastic_per_history, b.nonelastic_per_history);
    EXPECT_EQ(a.energy.deposited, b.energy.deposited);
    EXPECT_EQ(a.energy.neutrons, b.energy.neutrons);
    EXPECT_EQ(a.energy.outside_grid, b.energy.outside_grid);
    EXPECT_EQ(a.energy.escaped_charged, b.energy.escaped_charged);
    ASSERT_EQ(a.beams.size(), b.beams.size());
    for (std::size_t beam = 0; beam < a.beams.size(); ++beam) {
        EXPECT_EQ(a.beams[beam].dose.to_medium_Gy.values, b.beams[beam].dose.to_medium_Gy.values);
    }
}

TEST(Cuda, any_number_of_threads_in_any_order_gives_the_bits_of_the_scalar_loop) {
    Case made;
    auto const expected = made.on_threads();
    EXPECT_GT(expected.energy.deposited, 0);
    EXPECT_LT(std::fabs(expected.energy.imbalance()), 1e-6);
    for (int const threads : {1, 64, 4096}) {
        for (auto const turns : {Turns::one_after_another, Turns::shuffled}) {
            SCOPED_TRACE(threads);
            expect_same_bits(expected, made.on(std::make_shared<HostDevice>(threads, turns)));
        }
    }
    expect_same_bits(expected, made.on(std::make_shared<HostDevice>(3, Turns::at_once)));
}

TEST(Cuda, the_number_of_batches_in_flight_changes_no_bit) {
    Case made;
    auto const expected = made.on_threads();
    // 64 threads want all six batches at once; 80 bytes per voxel, and 42 of each beam for every batch: room for one or two
    auto const voxels = made.world.grid.voxels();
    auto const roomy = std::make_shared<HostDevice>(4096, Turns::one_after_another);
    expect_same_bits(expected, made.on(roomy));
    EXPECT_EQ(roomy->launches, 2); // all batches of two beams
    std::size_t tables = 0;
    {
        TableMemory memory;
        auto request = made.request;
        request.world = &made.world;
        TransportTables(materials_of(request), request.options.water_stopping).add_memory(memory);
        tables = TableCopy(memory).bytes();
    }
    DevicePlan plan{.voxels = voxels,
                    .row_length = 19,
                    .quantities = 5,
                    .crosses = 2,
                    .beams = 2,
                    .table_bytes = tables + (1U << 16U),
                    .batch_histories = 1000};
    auto const tight = std::make_shared<HostDevice>(4096, Turns::one_after_another,
                                                    plan.fixed_bytes() + 2 * plan.bytes_per_batch());
    expect_same_bits(expected, made.on(tight));
    EXPECT_GE(tight->launches, 4);
    EXPECT_EQ(tight->allocated(), 0U); // all given back
}

TEST(Cuda, what_does_not_fit_is_refused_with_what_does) {
    Case made;
    try {
        made.on(std::make_shared<HostDevice>(64, Turns::one_after_another, std::size_t{4} << 20U));
        FAIL() << "should be refused";
    } catch (Refusal const& refusal) {
        EXPECT_THAT(refusal.problem, testing::HasSubstr("of the device's memory"));
        EXPECT_THAT(refusal.what_to_do, testing::HasSubstr("--target scalar"));
    }
    // The largest grid that it names fits, and one voxel more does not
    Grid grid = made.world.grid;
    DevicePlan plan{.voxels = 1'000'000, .row_length = 1, .quantities = 1, .batch_histories = 20'000};
    std::size_t const free = plan.fixed_bytes() + plan.bytes_per_batch();
    EXPECT_EQ(plan.batches_in_flight(grid, free, 1000), 1);
    plan.voxels += 1;
    EXPECT_THROW(plan.batches_in_flight(grid, free, 1000), Refusal);
    // More memory: as many batches as the threads can use
    plan.voxels = 1'000'000;
    EXPECT_EQ(plan.batches_in_flight(grid, std::size_t{1} << 40U, 20'000), 16);
}

TEST(Cuda, a_run_stopped_by_uncertainty_ends_where_the_scalar_loop_does) {
    Case made;
    made.request.options.stop = {};
    made.request.options.stop.uncertainty = UncertaintyRule{.target = 0.1, .weights = {}, .where = {}};
    auto const expected = made.on_threads();
    EXPECT_EQ(expected.stop_reason, StopReason::uncertainty);
    expect_same_bits(expected, made.on(std::make_shared<HostDevice>(4096, Turns::one_after_another)));
}

TEST(Cuda, a_checkpoint_goes_on_here_and_there) {
    Case made;
    auto const file = fs::path(::testing::TempDir()) / "beamwright_cuda_test.checkpoint";
    fs::remove(file);
    auto const expected = made.on_threads();
    made.request.options.checkpoint = file;
    made.request.options.inputs_hash = "case";
    made.request.options.stop.histories = 3000;
    made.on(std::make_shared<HostDevice>(64, Turns::one_after_another));
    ASSERT_TRUE(fs::exists(file));
    // A device that is lost leaves the checkpoint as it was
    made.request.options.stop.histories = 6000;
    auto const lost = std::make_shared<HostDevice>(64, Turns::one_after_another);
    lost->fails_at_launch = 1;
    EXPECT_THROW(made.on(lost), Refusal);
    EXPECT_EQ(lost->allocated(), 0U);
    auto const resumed = made.on(std::make_shared<HostDevice>(64, Turns::one_after_another));
    EXPECT_TRUE(resumed.resumed);
    expect_same_bits(expected, resumed);
    fs::remove(file);
}

TEST(Cuda, cancelling_keeps_whole_batches) {
    Case made;
    auto const file = fs::path(::testing::TempDir()) / "beamwright_cuda_cancel.checkpoint";
    fs::remove(file);
    auto const expected = made.on_threads();
    std::atomic<bool> cancelled = false;
    made.request.options.checkpoint = file;
    made.request.options.cancelled = &cancelled;
    made.request.options.progress = [&](double fraction, std::string const&) { cancelled = fraction > 0.4; };
    EXPECT_THROW(made.on(std::make_shared<HostDevice>(64, Turns::one_after_another)), Interrupted);
    made.request.options.cancelled = nullptr;
    expect_same_bits(expected, made.on(std::make_shared<HostDevice>(64, Turns::one_after_another)));
    fs::remove(file);
}

TEST(Cuda, a_table_that_is_not_listed_is_found_before_a_device_reads_it) {
    std::vector<double> const listed(10), forgotten(10);
    TableMemory memory;
    add_blocks(memory, listed);
    TableCopy const copy(memory);
    std::vector<std::byte> const base = copy.image();
    EXPECT_EQ(reinterpret_cast<std::byte const*>(copy.moved(listed.data() + 3, base.data())),
              base.data() + 24);
    EXPECT_EQ(copy.moved(static_cast<double const*>(nullptr), base.data()), nullptr);
    EXPECT_THROW(static_cast<void>(copy.moved(forgotten.data(), base.data())), std::logic_error);
    // A pointer that moved() forgets
    DeviceWork work;
    work.dose.medium = reinterpret_cast<std::int64_t*>(const_cast<double*>(listed.data()));
#if __has_builtin(__builtin_clear_padding)
    EXPECT_THROW(copy.moved(work, base.data()), std::logic_error);
#endif
}

TEST(Cuda, without_a_device_the_target_is_refused_in_three_parts) {
    if (runs_here(LaneTarget::cuda)) {
        EXPECT_EQ(lane_target_named("cuda"), LaneTarget::cuda);
        return;
    }
    try {
        lane_target_named("cuda");
        FAIL() << "should be refused";
    } catch (Refusal const& refusal) {
        EXPECT_THAT(refusal.problem, testing::HasSubstr("cuda"));
        EXPECT_FALSE(refusal.why.empty());
        EXPECT_THAT(refusal.what_to_do, testing::HasSubstr("--target scalar"));
    }
    EXPECT_THROW(open_cuda_device(), Refusal);
}

} // namespace
} // namespace beamwright
