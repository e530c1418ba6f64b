/// \file  full_scattering.hpp — Coulomb scattering of protons: soft Gaussian part and single hard events
/// \how   docs/methods/proton_scattering.md eq. 9-18
/// \fits  0.5 to 250 MeV, any mix of materials
/// \not   angles that nuclear_elastic.hpp samples; energy given to the nucleus (stopping power has its mean)
/// \proof tests/physics/full_scattering_test.cpp
#pragma once
#include "lanes/constants.hpp"
#include "lanes/random.hpp"
#include "lanes/vec3.hpp"
#include "physics/proton/nuclear_cross_section.hpp"
#include "physics/proton/nuclear_elastic.hpp"
#include "physics/proton/scattering.hpp"
#include "tables/proton_scattering_view.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Soft scattering over a step: variance of the angle in one plane, and the relative deviation of that variance
/// that gives the sum of collisions its fourth moment.
template <class Real> struct SoftScattering { Real variance, spread; };

template <class Real = double> struct FullScattering {
    ProtonScatteringView tables;

    /// A step of `length` (mass times the base ratio, g/cm2) during which the water range of equal velocity falls
    /// from one value to another. `energy_MeV` is per proton mass, `mass_ratio` that of the particle to a proton.
    BW_KERNEL SoftScattering<Real> soft(std::uint32_t material, Real length_g_per_cm2, Real range_before,
                                        Real range_after, Real energy_MeV, Real mass_ratio) const {
        Real const least = Real{0.1} * range_before; // a step that ends at rest: its end does not matter
        Real const end = select(range_after > least, range_after, least);
        SoftAgainstWater const here = soft_against_water(tables, material, energy_MeV);
        Real const water = soft_variance_beyond(tables, end) - soft_variance_beyond(tables, range_before);
        Real const share = length_g_per_cm2 / ((range_before - end) * mass_ratio * mass_ratio);
        Real const spread_2 = here.kurtosis_g_per_cm2 / length_g_per_cm2;
        Real const most = Real{0.8};
        return {water * share * here.ratio, sqrt(select(spread_2 < most, spread_2, most))};
    }

    /// The direction after a soft deflection; both uniforms in (0, 1). Apply it at the hinge.
    BW_KERNEL Vec3<Real> turn_soft(Vec3<Real> direction, SoftScattering<Real> soft, Real polar_uniform,
                                   Real azimuth_uniform) const {
        // The first bit chooses between the two variances, the others the angle
        bool const wide = polar_uniform < Real{0.5};
        Real const uniform = fma(Real{2}, polar_uniform, select(wide, Real{0}, Real{-1}));
        Real const variance = soft.variance * (Real{1} + select(wide, soft.spread, -soft.spread));
        return turned_by(direction, -variance * log(uniform), azimuth_uniform);
    }

    /// 1 - cos(theta) of a tentative hard event, drawn from 1/w^2 above the cut; may be above 2 (no event).
    BW_KERNEL Real hard_w(std::uint32_t material, Real pv_MeV, Real uniform) const {
        return Real{tables.materials[material].cut_MeV2} / (pv_MeV * pv_MeV * uniform);
    }
    /// The element that a hard event meets.
    BW_KERNEL HardElement hard_element(std::uint32_t material, Real uniform) const {
        Real const place = uniform * Real{hard_slots};
        int const slot = static_cast<int>(place);
        HardSlot const& found = tables.materials[material].slots[slot];
        return tables.elements[place - Real(slot) < Real(found.keep) ? found.own : found.other];
    }
    /// Squared form factor at 1 - cos(theta) = w.
    BW_KERNEL Real form(HardElement const& element, Real momentum2_MeV2, Real w) const {
        return exp(-Real{2} * momentum2_MeV2 * w * Real{element.form_per_MeV2});
    }

    /// Is this angle nuclear_elastic.hpp's? Where the tables have no elastic cross section all angles are ours.
    /// `w` is the squared momentum transfer over 2 p^2.
    BW_KERNEL bool is_nuclear(NuclearView const& nuclear, HardElement const& element, Real energy_MeV, Real w,
                              Real uniform) const {
        NuclearTarget const& target = nuclear.targets[element.target];
        float const* const barn = nuclear.elastic_barn + std::size_t{element.target} * nuclear_grid_points;
        if (target.elastic_count == 0 || !(nuclear_grid_value(barn, energy_MeV) > Real{0})) {
            return false;
        }
        std::uint32_t const node = NuclearElastic{nuclear}.node_near(target, energy_MeV, uniform);
        Real const most =
            nuclear.elastic_cosines[nuclear.elastic_nodes[node].first_cosine + nuclear_elastic_bounds - 1];
        // 1 - cos of the centre of mass: w s / M^2
        Real const proton = Real{constants::proton_MeV};
        Real const mass = select(target.Z == 1, proton, Real(target.mass_MeV));
        Real const s = (proton + mass) * (proton + mass) + Real{2} * energy_MeV * mass;
        return w * s > (Real{1} - most) * mass * mass;
    }

    BW_KERNEL Vec3<Real> turned_by(Vec3<Real> direction, Real w, Real azimuth_uniform) const {
        SinCos const azimuth = sincos_turns(azimuth_uniform);
        return turned(direction, Real{1} - select(w < Real{2}, w, Real{2}), azimuth.cosine, azimuth.sine);
    }

    /// A hard event: the direction after it. `nuclear` is null for particles that have no nuclear scattering;
    /// `uniform` chooses the element.
    BW_KERNEL Vec3<Real> hard(NuclearView const* nuclear, std::uint32_t material, Real energy_MeV,
                              Real mass_ratio, Vec3<Real> direction, Real uniform,
                              RandomStream& random) const {
        Real const proton = Real{constants::proton_MeV};
        Real const pv = pv_MeV(energy_MeV, proton) * mass_ratio;
        Real const w = hard_w(material, pv, random.uniform());
        HardElement const element = hard_element(material, uniform);
        Real const momentum2 = energy_MeV * (energy_MeV + Real{2} * proton) * mass_ratio * mass_ratio;
        // Below 3.4 degrees in the laboratory every angle is ours, and most of the events are there
        constexpr double never_nuclear = 0.0018;
        if (w > Real{never_nuclear}) {
            bool const left_out =
                w >= Real{2} ||
                (nuclear != nullptr && is_nuclear(*nuclear, element, energy_MeV, w, random.uniform()));
            if (left_out) {
                return direction;
            }
        }
        if (random.uniform() > form(element, momentum2, w)) {
            return direction;
        }
        return turned_by(direction, w, random.uniform());
    }
};

} // namespace BW_TARGET
} // namespace beamwright
