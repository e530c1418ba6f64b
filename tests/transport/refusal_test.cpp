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
    auto const request = test::request_for(world, test::pencil(40, 3, -20), 500, 500);
    Warnings warnings;
    auto const result = calculate_dose(request, warnings);
    ASSERT_EQ(warnings.all().size(), 1u);
    EXPECT_NE(warnings.all()[0].problem.find("inside the calculation grid"), std::string::npos);
    // It starts at 20 mm: nothing is deposited by its way there
    EXPECT_EQ(result.total.to_medium_Gy.at(2, 2, 0), 0.0f);
    EXPECT_GT(result.total.to_medium_Gy.at(2, 2, 2), 0.0f);
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
