// The integrals behind LET, against sums of the published stopping powers.
#include "lanes/constants.hpp"
#include "tables/element_stopping.hpp"
#include "tables/let_table.hpp"
#include "tables/material_library.hpp"
#include "tables/proton_materials.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

struct Water {
    ProtonMaterialTables tables{{MaterialLibrary::shipped().named("water")}};
    LetTable let{tables.view()};
};

/// Trapezoids in the logarithm of energy over the water table itself, not its cubics.
template <class Function> double summed(Function f, double from, double to) {
    constexpr int parts = 4000;
    double const step = std::log(to / from) / parts;
    double sum = 0;
    for (int i = 0; i <= parts; ++i) {
        double const E = from * std::exp(step * i);
        sum += (i == 0 || i == parts ? 0.5 : 1.0) * f(E) * E * step;
    }
    return sum;
}

TEST(LetTable, is_the_integral_of_the_stopping_power) {
    Water const water;
    auto const& icru = element_stopping().water_icru90();
    for (auto const& [from, to] : {std::pair{2.0, 4.0}, {9.5, 10.1}, {70.0, 72.0}, {1.0, 230.0}}) {
        double const expected = summed([&](double E) { return icru.total_MeV_cm2_per_g(E); }, from, to);
        auto const cells = water.let.view().proton;
        // The cubics of the range hold its slope to 2e-4; the sum of 4000 trapezoids is exact to 1e-6
        EXPECT_NEAR(let_integral(cells, to) - let_integral(cells, from), expected, 3e-4 * expected);
    }
}

TEST(LetTable, of_fast_helium_is_that_of_charge_two) {
    Water const water;
    auto const& view = water.let.view();
    // At 50 MeV per proton mass helium is stripped
    double const protons = let_integral(view.proton, 52) - let_integral(view.proton, 50);
    double const heliums = let_integral(view.helium, 52) - let_integral(view.helium, 50);
    EXPECT_NEAR(heliums / protons, 4.0, 1e-5);
    // Alphas of 5.486 MeV (Am-241) go about 41 um deep into water; effective charges hold stopping to some per cent
    double const mass = constants::alpha_MeV / constants::proton_MeV;
    double const range = mass * let_integral(view.helium_range, 5.486 / mass);
    EXPECT_NEAR(range, 4.1e-3, 0.08 * 4.1e-3);
}

} // namespace
} // namespace beamwright
