// Bad requests are refused with numbers; odd ones work and warn.
#include "worlds.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

std::string problem_of(DoseRequest const& request) {
    try {
        test::calculate(request);
    } catch (Refusal const& refusal) {
        return refusal.problem + " | " + refusal.why + " | " + refusal.what_to_do;
    }
    return "";
}

TEST(Refusals, name_problem_and_numbers) {
    auto const world = test::box_of("water", {5, 5, 5}, {10, 10, 10});
    auto const good = test::request_for(world, test::pencil(60), 500, 500);
    EXPECT_EQ(problem_of(good), "");

    auto request = good;
    request.options.stop.histories = 0;
    EXPECT_NE(problem_of(request).find("0 histories"), std::string::npos);
    request.options.stop = {};
    EXPECT_NE(problem_of(request).find("nothing says when"), std::string::npos);

    request = good;
    request.options.memory_limit_bytes = 64 << 20;
    EXPECT_NE(problem_of(request).find("65 MiB"), std::string::npos);

    request = good;
    request.beams[0].optics[0].mean_energy_MeV = 300;
    EXPECT_NE(problem_of(request).find("300 MeV"), std::string::npos);

    request = good;
    request.beams[0].elements[0].protons = 0;
    EXPECT_NE(problem_of(request).find("no protons"), std::string::npos);
    request.beams.clear();
    EXPECT_NE(problem_of(request).find("no beam"), std::string::npos);

    request = good;
    request.beams[0].elements[0].x_mm = 500;
    EXPECT_NE(problem_of(request).find("misses the patient"), std::string::npos);

    request = good;
    request.beams[0].slabs.push_back({8, 2, MaterialLibrary::shipped().named("PMMA"), 1.19, "RS"});
    EXPECT_EQ(problem_of(request), "");
    request.beams[0].slabs.push_back({5, 1, MaterialLibrary::shipped().named("PMMA"), 1.19, "RS2"});
    EXPECT_NE(problem_of(request).find("RS2"), std::string::npos);

    request = good;
    request.options.stop.uncertainty = UncertaintyRule{0.1, std::vector<float>(125), "PTV"};
    EXPECT_NE(problem_of(request).find("PTV"), std::string::npos);

    auto empty = world;
    empty.density_g_per_cm3[7] = 0;
    request = good;
    request.world = &empty;
    EXPECT_NE(problem_of(request).find("voxel 7"), std::string::npos);
}

TEST(Refusals, a_source_inside_the_patient_warns) {
    auto const world = test::box_of("water", {5, 5, 5}, {10, 10, 10});
    auto const request = test::request_for(world, test::pencil(40, 3, -20), 1000, 500);
    Warnings warnings;
    auto const result = calculate_dose(request, warnings);
    ASSERT_EQ(warnings.all().size(), 1u)
        << warnings.all().back().problem << "; " << warnings.all().back().why;
    EXPECT_NE(warnings.all()[0].problem.find("inside the calculation grid"), std::string::npos);
    // It starts at 20 mm: nothing is deposited by its way there
    EXPECT_EQ(result.total.to_medium_Gy.at(2, 2, 0), 0.0f);
    EXPECT_GT(result.total.to_medium_Gy.at(2, 2, 2), 0.0f);
}

TEST(StopRules, one_batch_has_no_uncertainty_and_says_so) {
    auto const world = test::box_of("water", {5, 5, 5}, {10, 10, 10});
    for (std::int64_t const batches : {1, 2}) {
        Warnings warnings;
        (void)calculate_dose(test::request_for(world, test::pencil(40, 3, 200), batches * 500, 500),
                             warnings);
        ASSERT_EQ(warnings.all().size(), batches == 1 ? 1u : 0u);
        if (batches == 1) {
            EXPECT_EQ(warnings.all()[0].problem, "the uncertainty is not known");
        }
    }
}

TEST(StopRules, air_counts_neither_as_maximum_nor_in_the_mean) {
    // Plates: five planes of water behind 15 of air, in voxels of 2 mm: the air's few deposits per gram are noise
    auto world = test::box_of("water", {10, 10, 20}, {2, 2, 2});
    for (std::size_t i = 0; i < 1500; ++i) {
        world.density_g_per_cm3[i] = 0.0012F;
    }
    auto const result = test::calculate(test::request_for(world, test::pencil(100, 8), 20'000, 1000));
    auto const& dose = result.total.to_medium_Gy.values;
    auto const& sigma = result.total.to_medium_sigma_Gy.values;
    auto const mean_of = [&](float from_g_per_cm3) {
        double greatest = 0, sum = 0, voxels = 0;
        for (std::size_t i = 0; i < dose.size(); ++i) {
            greatest =
                world.density_g_per_cm3[i] >= from_g_per_cm3 ? std::max(greatest, double{dose[i]}) : greatest;
        }
        for (std::size_t i = 0; i < dose.size(); ++i) {
            if (world.density_g_per_cm3[i] >= from_g_per_cm3 && dose[i] > 0.5 * greatest) {
                sum += sigma[i] / dose[i];
                voxels += 1;
            }
        }
        return sum / voxels;
    };
    EXPECT_NEAR(result.mean_relative_uncertainty, mean_of(0.1F), 1e-5); // volumes are stored as float
    EXPECT_GT(std::abs(mean_of(0.0F) - mean_of(0.1F)),
              0.005); // 9 % of 0.09: with the air it would be another
}

TEST(StopRules, uncertainty_stops_the_run_and_is_reached) {
    auto const world = test::box_of("water", {5, 5, 20}, {10, 10, 5});
    auto request = test::request_for(world, test::pencil(100), 1'000'000, 200);
    request.options.stop.uncertainty = UncertaintyRule{0.01, {}, ""};
    auto const result = test::calculate(request);
    EXPECT_EQ(result.stop_reason, StopReason::uncertainty);
    EXPECT_LE(result.mean_relative_uncertainty, 0.01);
    EXPECT_LT(result.histories, 100'000);
    EXPECT_NE(result.stop_text.find("uncertainty"), std::string::npos);
}

} // namespace
} // namespace beamwright
