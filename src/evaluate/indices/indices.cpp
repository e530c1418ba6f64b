#include "evaluate/indices/indices.hpp"

namespace beamwright {

std::optional<double> homogeneity_icru83(Dvh const& target) {
    if (target.empty() || !(target.median_Gy() > 0.0)) {
        return std::nullopt;
    }
    return (target.near_max_Gy() - target.near_min_Gy()) / target.median_Gy();
}

std::optional<Conformity> conformity(Volume<float> const& dose, Dvh const& target, double dose_Gy) {
    std::size_t voxels = 0;
    for (float const value : dose.values) {
        voxels += static_cast<double>(value) >= dose_Gy ? 1 : 0;
    }
    if (voxels == 0 || target.empty()) {
        return std::nullopt;
    }
    Conformity result;
    result.target_cm3 = target.volume_cm3();
    result.covered_cm3 = target.volume_cm3_at(dose_Gy);
    result.isodose_cm3 = static_cast<double>(voxels) * dose.grid.voxel_cm3();
    result.paddick = result.covered_cm3 * result.covered_cm3 / (result.target_cm3 * result.isodose_cm3);
    result.rtog = result.isodose_cm3 / result.target_cm3;
    result.coverage = result.covered_cm3 / result.target_cm3;
    return result;
}

} // namespace beamwright
