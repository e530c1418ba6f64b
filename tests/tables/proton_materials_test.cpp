#include "core/refusal.hpp"
#include "tables/proton_materials.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

Material water() { return {"water", 1.0, {{1, 0.111894}, {8, 0.888106}}, 0}; }

TEST(ProtonMaterialTables, energy_of_range_is_the_inverse_of_range_of_energy) {
    ProtonMaterialTables const tables({water()});
    auto const view = tables.view();
    for (double energy_MeV = 0.1; energy_MeV < 500; energy_MeV *= 1.0013) {
        double const range = water_range_g_per_cm2(view, energy_MeV);
        // Two cubic tables, 32 cells per octave: interpolation error (1/32)^4/384 of the fourth derivative,
        // about 2e-9
        ASSERT_NEAR(water_energy_MeV(view, range) / energy_MeV, 1, 2e-8) << energy_MeV;
    }
}

} // namespace
} // namespace beamwright
