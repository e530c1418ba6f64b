/// \file  spot_source_view.hpp — spots and optics of one beam, ready for drawing protons
/// \how   docs/methods/source_optics.md eq. 1-3
/// \fits  one or two Gaussians per energy
/// \not   the memory (machine/spot_source_table.hpp owns it)
/// \proof tests/machine/spot_sampler_test.cpp
#pragma once
#include "lanes/vec3.hpp"

namespace beamwright {

/// Position and slope of one axis at the source plane from two independent standard normal numbers a and b:
/// position = sigma * a, slope = along * a + across * b.
struct SpotAxis {
    double sigma_mm = 0;
    double slope_along = 0;  ///< correlation * divergence
    double slope_across = 0; ///< sqrt(1 - correlation^2) * divergence
};

struct SpotOptics {
    double mean_energy_MeV = 0;
    double energy_sigma_MeV = 0;
    double first_weight = 1; ///< share of protons in the first Gaussian
    SpotAxis first_x, first_y, second_x, second_y;
};

struct SpotAim {
    int optics = 0;            ///< index into SpotSourceView::optics
    double x_mm = 0, y_mm = 0; ///< aim in the isocenter plane, IEC gantry
};

struct SpotSourceView {
    SpotOptics const* optics = nullptr;
    SpotAim const* aims = nullptr;
    int aim_count = 0;
    double source_plane_z_mm = 0;
    double inverse_virtual_source_x_per_mm = 0; ///< 0 = parallel steering
    double inverse_virtual_source_y_per_mm = 0;
};

/// A proton as it starts: gantry frame (IEC 61217, isocenter at 0), at the source plane, going towards -z.
struct SourceProton {
    Vec3<double> position_mm;
    Vec3<double> direction; ///< unit vector
    double energy_MeV = 0;
};

} // namespace beamwright
