/// Homogeneity and conformity of a dose in a target. docs/methods/dvh.md eq. 4-7
#pragma once
#include "evaluate/dvh/dvh.hpp"
#include <optional>

namespace beamwright {

/// ICRU Report 83 (2010): (D2 - D98) / D50; 0 is perfectly even. Nothing for an empty histogram or D50 = 0.
std::optional<double> homogeneity_icru83(Dvh const& target);

struct Conformity {
    double target_cm3 = 0;  ///< TV, inside the dose grid
    double covered_cm3 = 0; ///< TV_PIV: target that gets at least the isodose
    double isodose_cm3 = 0; ///< PIV: all volume that gets at least the isodose
    /// covered^2 / (target * isodose); 1 is perfect (Paddick, J Neurosurg 93 Suppl 3, 2000)
    double paddick = 0;
    double rtog = 0;     ///< isodose / target; 1 is perfect (Shaw et al., IJROBP 27:1231, 1993)
    double coverage = 0; ///< covered / target
};

/// For the isodose `dose_Gy` (usually the prescription, or 95 % of it). Volumes count whole voxels of `dose` for PIV
/// and exact partial volumes for the target. Nothing where target or isodose volume is empty.
std::optional<Conformity> conformity(Volume<float> const& dose, Dvh const& target, double dose_Gy);

} // namespace beamwright
