// Acceptance 22, its fast part: worlds at random, tiny and huge voxels, matter from air to lead, oblique beams. Nothing may
// crash, hang, lose energy or give a dose that is negative or no number; both engines refuse the same worlds.
#include "transport/schedule/plain_worlds.hpp"
#include "worlds.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

/// What went wrong, in words; empty if nothing did. The energy is checked by the engine itself (an exception).
std::string wrong_with(RandomWorld const& made, std::uint32_t seed, LaneTarget target,
                       std::shared_ptr<TransportTables const>& tables) {
    auto request = test::request_for(made.world, made.beam, 20, 20);
    request.options.seed = seed;
    request.options.threads = 1;
    request.options.target = target;
    request.options.dose_to_water = seed % 3 == 0;
    if (!tables) {
        tables = std::make_shared<TransportTables>(materials_of(request), request.options.water_stopping);
    }
    request.tables = tables;
    Warnings warnings;
    try {
        auto const result = calculate_dose(request, warnings);
        for (float const dose : result.total.to_medium_Gy.values) {
            if (!(std::isfinite(dose) && dose >= 0)) {
                return "dose " + std::to_string(dose);
            }
        }
        return result.rare.stuck + result.rare.not_a_number > 0 ? "a proton was given up" : "";
    } catch (Refusal const& refusal) {
        return refusal.problem;
    } catch (std::logic_error const& error) {
        return error.what();
    }
}

TEST(RandomWorlds, break_neither_engine) {
    auto const materials = random_world_materials();
    std::shared_ptr<TransportTables const> tables;
    int missed = 0;
    for (std::uint32_t number = 0; number < 500; ++number) {
        auto const made = random_world(number, materials);
        auto const scalar = wrong_with(made, number, LaneTarget::scalar, tables);
        bool const misses = scalar.find("misses the patient") != std::string::npos;
        missed += misses ? 1 : 0;
        EXPECT_TRUE(scalar.empty() || misses) << "world " << number << ": " << scalar;
        if (runs_here(LaneTarget::avx2)) {
            EXPECT_EQ(wrong_with(made, number, LaneTarget::avx2, tables), scalar) << "world " << number;
        }
    }
    EXPECT_LT(missed, 200); // the test would say nothing if most beams missed
}

} // namespace
} // namespace beamwright
