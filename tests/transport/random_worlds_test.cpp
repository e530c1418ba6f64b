// Acceptance 22, its fast part: worlds at random, tiny and huge voxels, matter from air to lead, oblique beams. Nothing may
// crash, hang, lose energy or give a dose that is negative or no number; both engines refuse the same worlds.
#include "worlds.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

struct RandomWorld {
    VoxelWorld world;
    BeamSource beam;
};

RandomWorld random_world(std::uint32_t number, std::vector<Material> const& materials) {
    RandomStream random({number, 2222, 0, 0});
    auto const between = [&](double low, double high) { return low + (high - low) * random.uniform(); };
    std::array<int, 3> size{};
    for (int& n : size) {
        n = 1 + static_cast<int>(between(0, 12));
    }
    double const scale = std::pow(10.0, between(-1.5, 1.5));
    Vec3<double> edge_mm;
    edge_mm.x = scale * between(0.3, 3);
    edge_mm.y = scale * between(0.3, 3);
    edge_mm.z = scale * between(0.3, 3);
    double const energy_MeV = between(2, 249), sigma_mm = between(0, 5);
    RandomWorld made{test::box_of("water", size, edge_mm), test::pencil(energy_MeV, sigma_mm, 30)};
    made.world.materials = materials;
    for (std::size_t i = 0; i < made.world.grid.voxels(); ++i) {
        auto const id = static_cast<MaterialId>(between(0, static_cast<double>(materials.size()) - 0.001));
        made.world.material[i] = id;
        made.world.density_g_per_cm3[i] =
            static_cast<float>(materials[id].density_g_per_cm3 * between(0.5, 1.5));
    }
    made.beam.air_before_patient = random.uniform() < 0.5;
    double const a = between(0, 6.28), b = between(0, 6.28);
    Mat3<double> const about_x{{1, 0, 0}, {0, std::cos(a), -std::sin(a)}, {0, std::sin(a), std::cos(a)}};
    Mat3<double> const about_y{{std::cos(b), 0, std::sin(b)}, {0, 1, 0}, {-std::sin(b), 0, std::cos(b)}};
    made.beam.gantry_to_patient.rotation = about_x * about_y;
    Vec3<double> place;
    place.x = between(0, size[0] - 1.0);
    place.y = between(0, size[1] - 1.0);
    place.z = between(0, size[2] - 1.0);
    made.beam.gantry_to_patient.shift_mm = made.world.grid.to_patient(place);
    return made;
}

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
    std::vector<Material> materials;
    for (char const* const name :
         {"water", "air", "Lung", "aluminium", "iron", "lead", "PMMA", "Adipose_Tissue"}) {
        materials.push_back(MaterialLibrary::shipped().named(name));
    }
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
