/// Lea-Catcheside time factors of an irradiation whose boron component follows the blood.
/// docs/methods/capture_biology.md eq. 6-7
#pragma once
#include "evaluate/biology/models/photon_isoeffective.hpp"
#include "patient/boron.hpp"

namespace beamwright {

/// One irradiation without a break.
struct Irradiation {
    double minutes = 0;   ///< > 0
    double start_min = 0; ///< on the clock of the blood level
    BloodLevel blood;
    /// Integral of the blood level over the irradiation.
    double blood_ppm_min() const { return blood.integral_ppm_min(start_min, start_min + minutes); }
};

/// Constant dose rate (Lea and Catcheside 1942): 2x (1 - x (1 - exp(-1/x))), x = repair time constant /
/// duration.
double steady_repair_factor(double time_constant_min, double minutes);

/// For boron as the blood goes and steady components. \pre minutes > 0, time constant > 0
RepairFactors<double> repair_factors(Irradiation const& irradiation, double time_constant_min);

/// Of two irradiations of one patient, on one clock. \throws Refusal where the second begins before the first
/// ends
CrossedFactors<double> crossed_factors(Irradiation const& first, Irradiation const& second,
                                       double time_constant_min);

} // namespace beamwright
