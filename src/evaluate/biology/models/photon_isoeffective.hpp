/// \file  photon_isoeffective.hpp — the photon dose of equal effect for a mixed field with repair during irradiation
/// \how   docs/methods/capture_biology.md eq. 4-10; Gonzalez and Santa Cruz 2012 (Radiat. Res. 178, 609)
/// \fits  linear-quadratic tissues with two repair times; one irradiation or several
/// \not   the time factors (repair_factors.hpp), tumor control, repopulation between fractions
/// \proof tests/evaluate/photon_isoeffective_test.cpp
#pragma once
#include "evaluate/biology/models/capture_dose.hpp"

namespace beamwright {

/// Lea-Catcheside factors of one repair time. `steady`: components of constant dose rate; boron follows the
/// blood.
template <class Real> struct RepairFactors { Real boron_boron{1}, boron_steady{1}, steady_steady{1}; };

/// The same between two irradiations, the earlier one's course named first.
template <class Real> struct CrossedFactors {
    Real boron_boron{}, boron_steady{}, steady_boron{}, steady_steady{};
};

/// What the model needs of one tissue for one irradiation.
template <class Real> struct IsoeffectiveTissue {
    PerComponent<Real> alpha_per_Gy{};              ///< photon: of the reference radiation, too
    PerComponent<Real> root_beta_per_Gy{};          ///< square roots of beta
    Real fast_share_photon{}, fast_share_capture{}; ///< of the damage repaired with the short time
    RepairFactors<Real> fast{}, slow{};
    Real reference_beta_per_Gy2{}; ///< beta of photons times the time factor of the reference irradiation
};

inline namespace BW_TARGET {

BW_KERNEL float real_sqrt(float x) { return __builtin_sqrtf(x); }
BW_KERNEL double real_sqrt(double x) { return __builtin_sqrt(x); }

/// Mean number of lethal lesions of the mixed field, and its slopes.
template <class Real> struct CaptureEffect {
    Real effect{};
    PerComponent<Real> slopes_per_Gy{};
};

/// A crossed term of photons with another kind: repair shares mixed by the doses of the two (eq. 8).
template <class Real>
BW_KERNEL CaptureEffect<Real> crossed_with_photons(IsoeffectiveTissue<Real> const& tissue, Real other_Gy,
                                                   Real photon_Gy, Real fast_factor, Real slow_factor) {
    Real const inverse = Real{1} / (other_Gy + photon_Gy + Real(1e-30)); // no dose: share 0, without a branch
    Real const share = other_Gy * inverse;
    Real const spread = tissue.fast_share_capture - tissue.fast_share_photon;
    Real const factor =
        slow_factor + (tissue.fast_share_photon + share * spread) * (fast_factor - slow_factor);
    Real const turn = spread * (fast_factor - slow_factor) * inverse; // d factor / d share, over the sum
    return {factor, {turn * (Real{1} - share), Real{0}, Real{0}, -turn * share}};
}

/// eq. 5. Repair shares of pairs with photons go by `mix_Gy`: the doses of the whole session (eq. 8). The
/// slopes are exact derivatives where that is the dose itself.
template <class Real>
BW_KERNEL CaptureEffect<Real> capture_effect(IsoeffectiveTissue<Real> const& tissue,
                                             PerComponent<Real> const& dose_Gy,
                                             PerComponent<Real> const& mix_Gy) {
    auto const& root = tissue.root_beta_per_Gy;
    Real const b = root.boron * dose_Gy.boron, photon = root.photon * dose_Gy.photon;
    Real const n = root.nitrogen * dose_Gy.nitrogen + root.fast * dose_Gy.fast;
    auto const mixed = [&](Real fast_share, Real fast_factor, Real slow_factor) {
        return slow_factor + fast_share * (fast_factor - slow_factor);
    };
    auto const &fast = tissue.fast, &slow = tissue.slow;
    Real const bb = mixed(tissue.fast_share_capture, fast.boron_boron, slow.boron_boron);
    Real const bn = mixed(tissue.fast_share_capture, fast.boron_steady, slow.boron_steady);
    Real const nn = mixed(tissue.fast_share_capture, fast.steady_steady, slow.steady_steady);
    Real const pp = mixed(tissue.fast_share_photon, fast.steady_steady, slow.steady_steady);
    auto const bp =
        crossed_with_photons(tissue, mix_Gy.boron, mix_Gy.photon, fast.boron_steady, slow.boron_steady);
    auto const np = crossed_with_photons(tissue, mix_Gy.nitrogen + mix_Gy.fast, mix_Gy.photon,
                                         fast.steady_steady, slow.steady_steady);
    Real const two{2};
    CaptureEffect<Real> result;
    result.effect = dot(tissue.alpha_per_Gy, dose_Gy) + bb * b * b + nn * n * n + pp * photon * photon +
                    two * (bn * b * n + bp.effect * b * photon + np.effect * n * photon);
    auto& slopes = result.slopes_per_Gy;
    slopes.boron = tissue.alpha_per_Gy.boron + two * root.boron * (bb * b + bn * n + bp.effect * photon) +
                   two * b * photon * bp.slopes_per_Gy.boron;
    Real const neutron = nn * n + bn * b + np.effect * photon;
    Real const neutron_share = two * n * photon * np.slopes_per_Gy.boron;
    slopes.nitrogen = tissue.alpha_per_Gy.nitrogen + two * root.nitrogen * neutron + neutron_share;
    slopes.fast = tissue.alpha_per_Gy.fast + two * root.fast * neutron + neutron_share;
    slopes.photon = tissue.alpha_per_Gy.photon +
                    two * root.photon * (pp * photon + bp.effect * b + np.effect * n) +
                    two * photon * (b * bp.slopes_per_Gy.photon + n * np.slopes_per_Gy.photon);
    return result;
}

/// One irradiation alone.
template <class Real>
BW_KERNEL CaptureEffect<Real> capture_effect(IsoeffectiveTissue<Real> const& tissue,
                                             PerComponent<Real> const& dose_Gy) {
    return capture_effect(tissue, dose_Gy, dose_Gy);
}

/// What the damage of an earlier irradiation adds to a later one (eq. 10); mix_Gy as above.
template <class Real>
BW_KERNEL Real crossed_effect(IsoeffectiveTissue<Real> const& tissue, PerComponent<Real> const& first_Gy,
                              PerComponent<Real> const& second_Gy, PerComponent<Real> const& mix_Gy,
                              CrossedFactors<Real> const& fast, CrossedFactors<Real> const& slow) {
    auto const& root = tissue.root_beta_per_Gy;
    Real const b1 = root.boron * first_Gy.boron, p1 = root.photon * first_Gy.photon;
    Real const b2 = root.boron * second_Gy.boron, p2 = root.photon * second_Gy.photon;
    Real const n1 = root.nitrogen * first_Gy.nitrogen + root.fast * first_Gy.fast;
    Real const n2 = root.nitrogen * second_Gy.nitrogen + root.fast * second_Gy.fast;
    auto const mixed = [](Real share, Real fast_factor, Real slow_factor) {
        return slow_factor + share * (fast_factor - slow_factor);
    };
    Real const capture = tissue.fast_share_capture, photon = tissue.fast_share_photon;
    Real const same = mixed(capture, fast.boron_boron, slow.boron_boron) * b1 * b2 +
                      mixed(capture, fast.boron_steady, slow.boron_steady) * b1 * n2 +
                      mixed(capture, fast.steady_boron, slow.steady_boron) * n1 * b2 +
                      mixed(capture, fast.steady_steady, slow.steady_steady) * n1 * n2 +
                      mixed(photon, fast.steady_steady, slow.steady_steady) * p1 * p2;
    auto const with_photons = [&](Real other_Gy, Real fast_factor, Real slow_factor) {
        return crossed_with_photons(tissue, other_Gy, mix_Gy.photon, fast_factor, slow_factor).effect;
    };
    Real const neutron_Gy = mix_Gy.nitrogen + mix_Gy.fast;
    Real const crossed =
        with_photons(mix_Gy.boron, fast.boron_steady, slow.boron_steady) * b1 * p2 +
        with_photons(mix_Gy.boron, fast.steady_boron, slow.steady_boron) * p1 * b2 +
        with_photons(neutron_Gy, fast.steady_steady, slow.steady_steady) * (n1 * p2 + p1 * n2);
    return Real{2} * (same + crossed);
}

/// Photon dose of the reference irradiation with this effect (eq. 9), written so that small doses keep their
/// digits.
template <class Real>
BW_KERNEL Real photon_dose_of_effect_Gy(IsoeffectiveTissue<Real> const& tissue, Real effect) {
    Real const alpha = tissue.alpha_per_Gy.photon;
    Real const root = real_sqrt(alpha * alpha + Real{4} * tissue.reference_beta_per_Gy2 * effect);
    return Real{2} * effect / (alpha + root);
}

template <class Real>
BW_KERNEL Real photon_isoeffective_dose_Gy(IsoeffectiveTissue<Real> const& tissue,
                                           PerComponent<Real> const& dose_Gy) {
    return photon_dose_of_effect_Gy(tissue, capture_effect(tissue, dose_Gy).effect);
}

/// Slopes of the photon-isoeffective dose, for its uncertainty.
template <class Real>
BW_KERNEL PerComponent<Real> photon_isoeffective_slopes(IsoeffectiveTissue<Real> const& tissue,
                                                        PerComponent<Real> const& dose_Gy) {
    auto const made = capture_effect(tissue, dose_Gy);
    Real const photon_Gy = photon_dose_of_effect_Gy(tissue, made.effect);
    Real const per_effect =
        Real{1} / (tissue.alpha_per_Gy.photon + Real{2} * tissue.reference_beta_per_Gy2 * photon_Gy);
    auto const& slopes = made.slopes_per_Gy;
    return {per_effect * slopes.boron, per_effect * slopes.nitrogen, per_effect * slopes.fast,
            per_effect * slopes.photon};
}

} // namespace BW_TARGET
} // namespace beamwright
