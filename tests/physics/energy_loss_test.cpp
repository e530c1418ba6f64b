#include "physics/proton/energy_loss.hpp"
#include "physics/proton/scattering.hpp"
#include "physics/proton/straggling.hpp"
#include "tables/proton_materials.hpp"
#include <gtest/gtest.h>

using namespace beamwright;

TEST(EnergyLoss, smoke) {
    Material water{"water", 1.0, {{1, 0.111894}, {8, 0.888106}}, 0};
    Material bone{"bone",
                  1.85,
                  {{1, 0.063984},
                   {6, 0.278},
                   {7, 0.027},
                   {8, 0.410016},
                   {12, 0.002},
                   {15, 0.07},
                   {16, 0.002},
                   {20, 0.147}},
                  0};
    Material lead{"lead", 11.35, {{82, 1.0}}, 0};
    ProtonMaterialTables tables({water, bone, lead});
    auto view = tables.view();
    EnergyLoss<> loss{view};
    for (double e : {1., 10., 50., 100., 150., 200., 250.}) {
        printf("%g R %g S %g back %g  bone %g lead %g\n", e, water_range_g_per_cm2(view, e),
               water_mass_stopping_MeV_cm2_per_g(view, e),
               water_energy_MeV(view, water_range_g_per_cm2(view, e)) / e - 1,
               mass_stopping_MeV_cm2_per_g(view, 1, e), mass_stopping_MeV_cm2_per_g(view, 2, e));
    }
    for (double d : {0.001, 0.01, 0.1, 0.2}) {
        for (unsigned m : {0u, 1u, 2u}) {
            double e = 150, x = 0;
            double const density = m == 2 ? 1.0 : 1.0;
            while (e > 0.5) {
                double n = loss.mean_energy_after_MeV(m, density, d, e);
                x += n > .5 ? d : loss.path_cm(m, density, e, 0.5);
                e = n;
            }
            printf("%g %u %.6f direct %.6f\n", d, m, x, loss.path_cm(m, density, 150., .5));
        }
    }
    Straggling<> straggling{view};
    auto step = loss(0, 1.0, 0.1, 200.0);
    printf("sigma %g\n", std::sqrt(straggling.variance_MeV2(0, step)));
    Scattering<> scatter{view};
    printf("angle %g mrad; XS %g\n",
           1e3 * std::sqrt(scatter.angle_variance(0, 1., .1, 200., step.energy_after_MeV,
                                                  pv_MeV(200., constants::proton_MeV))),
           1 / view.materials[0].inverse_scattering_length_cm2_per_g);
}
