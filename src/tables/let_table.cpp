#include "tables/let_table.hpp"
#include "lanes/constants.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright {

namespace {

/// The cumulative integral of `f` over the energy grid: cubics with the right slopes at the nodes.
template <class Function> std::vector<double> integral_of(Function f) {
    std::vector<double> cells;
    double sum = 0;
    for (int i = 0; i < ProtonEnergyGrid::cells; ++i) {
        double const from = ProtonEnergyGrid::node(i), width = ProtonEnergyGrid::node(i + 1) - from;
        // Boole's rule: f is smooth over a thirty-second of an octave
        double const left = f(from), right = f(from + width);
        double const grown = width / 90 *
                             (7 * (left + right) + 32 * (f(from + 0.25 * width) + f(from + 0.75 * width)) +
                              12 * f(from + 0.5 * width));
        cells.insert(cells.end(), {sum, width * left, 3 * grown - width * (2 * left + right),
                                   width * (left + right) - 2 * grown});
        sum += grown;
    }
    return cells;
}

/// Stopping power of helium over that of the proton of equal velocity: the effective charge squared of Ziegler, Biersack
/// and Littmark (1985), chapter 3, with its correction for a target of atomic number 7.4 (water by mass).
double helium_charge_2(double proton_MeV) {
    double const keV_per_u = proton_MeV * 1e3 * constants::atomic_mass_unit_MeV / constants::proton_MeV;
    double const L = std::log(std::max(keV_per_u, 1.0));
    double const x = 0.2865 + L * (0.1266 + L * (-0.001429 + L * (0.02402 + L * (-0.01135 + L * 0.001475))));
    double const charge = 2 * (1 + (0.007 + 0.00005 * 7.4) * std::exp(-(7.6 - L) * (7.6 - L)));
    return charge * charge * -std::expm1(-x);
}

} // namespace

LetTable::LetTable(ProtonMaterialsView const& water) {
    auto const stopping = [&](double energy_MeV) {
        return water_mass_stopping_MeV_cm2_per_g(water, energy_MeV);
    };
    proton_ = integral_of(stopping);
    helium_ = integral_of([&](double E) { return stopping(E) * helium_charge_2(E); });
    helium_range_ = integral_of([&](double E) { return 1 / (stopping(E) * helium_charge_2(E)); });
}

} // namespace beamwright
