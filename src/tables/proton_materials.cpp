#include "tables/proton_materials.hpp"
#include "core/contracts.hpp"
#include "lanes/constants.hpp"
#include <array>
#include <cmath>

namespace beamwright {

namespace {

constexpr double water_electrons_mol_per_g = 10 / (2 * 1.008 + 15.999);

struct Increment {
    double range = 0, spread = 0;
};

/// Straggling of water without the binding of electrons, MeV2 cm2/g: xi Tmax (1 - beta2/2) per g/cm2.
double straggling_MeV2_cm2_per_g(double energy_MeV) {
    double const tau = energy_MeV / constants::proton_MeV;
    double const beta2 = tau * (tau + 2) / ((tau + 1) * (tau + 1));
    return 0.5 * constants::bethe_MeV_cm2_per_mol * water_electrons_mol_per_g / beta2 *
           largest_transfer_MeV(energy_MeV) * (1 - 0.5 * beta2);
}

/// Integrals of 1/S and T/S^3 over one cell; five-point Gauss-Legendre (Abramowitz and Stegun table 25.4).
Increment integrate(WaterTable const& water, double from_MeV, double to_MeV) {
    constexpr std::array<double, 5> places = {-0.906179845938664, -0.538469310105683, 0, 0.538469310105683,
                                              0.906179845938664};
    constexpr std::array<double, 5> weights = {0.236926885056189, 0.478628670499366, 0.568888888888889,
                                               0.478628670499366, 0.236926885056189};
    double const middle = 0.5 * (from_MeV + to_MeV), half = 0.5 * (to_MeV - from_MeV);
    Increment sum;
    for (std::size_t i = 0; i < places.size(); ++i) {
        double const energy_MeV = middle + half * places[i];
        double const stopping = water.total_MeV_cm2_per_g(energy_MeV);
        sum.range += half * weights[i] / stopping;
        sum.spread +=
            half * weights[i] * straggling_MeV2_cm2_per_g(energy_MeV) / (stopping * stopping * stopping);
    }
    return sum;
}

/// The cubic with given values and slopes at both ends of a cell (slopes per cell width).
void set_cubic(double* c, double left, double right, double left_slope, double right_slope) {
    c[0] = left;
    c[1] = left_slope;
    c[2] = 3 * (right - left) - 2 * left_slope - right_slope;
    c[3] = 2 * (left - right) + left_slope + right_slope;
}

} // namespace

ProtonMaterialTables::ProtonMaterialTables(std::vector<Material> const& materials, WaterStopping choice) {
    auto const& elements = element_stopping();
    auto const& water = choice == WaterStopping::icru90 ? elements.water_icru90() : elements.water_pstar();
    build_water(water);
    build_inverse();
    for (auto const& material : materials) {
        check_composition(material);
        for (int node = 0; node < StoppingRatioGrid::nodes; ++node) {
            double const energy_MeV = StoppingRatioGrid::node(node);
            bool const is_water = is_liquid_water(material) && material.mean_excitation_eV == 0;
            double const ratio = is_water ? 1.0
                                          : elements.material_MeV_cm2_per_g(material, energy_MeV, water) /
                                                water.electronic_MeV_cm2_per_g(energy_MeV);
            ratio_nodes_.push_back(static_cast<StoppingRatioNode>(ratio));
        }
        double const electron_ratio =
            is_liquid_water(material) ? 1.0 : electrons_mol_per_g(material) / water_electrons_mol_per_g;
        materials_.push_back({electron_ratio, inverse_scattering_length_cm2_per_g(material)});
    }
}

void ProtonMaterialTables::build_water(WaterTable const& water) {
    range_cells_.resize(ProtonEnergyGrid::cells);
    // Below the least energy the stopping power changes little: a straight beginning (5e-6 g/cm2 in all)
    double range = ProtonEnergyGrid::least / water.total_MeV_cm2_per_g(ProtonEnergyGrid::least);
    double spread = 0;
    for (int i = 0; i < ProtonEnergyGrid::cells; ++i) {
        double const from_MeV = ProtonEnergyGrid::node(i), to_MeV = ProtonEnergyGrid::node(i + 1);
        double const width_MeV = to_MeV - from_MeV;
        Increment const grown = integrate(water, from_MeV, to_MeV);
        auto const range_slope = [&](double energy_MeV) {
            return width_MeV / water.total_MeV_cm2_per_g(energy_MeV);
        };
        auto const spread_slope = [&](double energy_MeV) {
            double const stopping = water.total_MeV_cm2_per_g(energy_MeV);
            return width_MeV * straggling_MeV2_cm2_per_g(energy_MeV) / (stopping * stopping * stopping);
        };
        auto& cell = range_cells_[static_cast<std::size_t>(i)];
        set_cubic(cell.range_g_per_cm2, range, range + grown.range, range_slope(from_MeV),
                  range_slope(to_MeV));
        set_cubic(cell.spread_g2_per_cm4, spread, spread + grown.spread, spread_slope(from_MeV),
                  spread_slope(to_MeV));
        range += grown.range;
        spread += grown.spread;
    }
}

void ProtonMaterialTables::build_inverse() {
    ProtonMaterialsView const tables = view();
    double const least_range = water_range_g_per_cm2(tables, ProtonEnergyGrid::least);
    struct Point {
        double energy_MeV, slope;
    };
    // E and dE/dR = S at a range: bisection, then Newton on the forward table, so that the two agree at the
    // nodes
    auto const point = [&](double range) -> Point {
        if (range <= least_range) {
            return {ProtonEnergyGrid::least * range / least_range, ProtonEnergyGrid::least / least_range};
        }
        double low = ProtonEnergyGrid::least, high = ProtonEnergyGrid::most;
        for (int i = 0; i < 40; ++i) {
            double const middle = 0.5 * (low + high);
            (water_range_g_per_cm2(tables, middle) < range ? low : high) = middle;
        }
        double energy_MeV = 0.5 * (low + high);
        for (int i = 0; i < 3; ++i) {
            WaterAtEnergy const at = water_at(tables, energy_MeV);
            energy_MeV += (range - at.range_g_per_cm2) * at.stopping_MeV_cm2_per_g;
        }
        return {energy_MeV, water_at(tables, energy_MeV).stopping_MeV_cm2_per_g};
    };
    energy_cells_.resize(ProtonRangeGrid::cells);
    Point left = point(ProtonRangeGrid::node(0));
    for (int i = 0; i < ProtonRangeGrid::cells; ++i) {
        double const width = ProtonRangeGrid::node(i + 1) - ProtonRangeGrid::node(i);
        Point const right = point(ProtonRangeGrid::node(i + 1));
        set_cubic(energy_cells_[static_cast<std::size_t>(i)].energy_MeV, left.energy_MeV, right.energy_MeV,
                  left.slope * width, right.slope * width);
        left = right;
    }
}

ProtonMaterialsView ProtonMaterialTables::view() const {
    return {range_cells_.data(), energy_cells_.data(), ratio_nodes_.data(), materials_.data(),
            static_cast<std::uint32_t>(materials_.size())};
}

double relative_stopping_power(Material const& material, double density_g_per_cm3, double energy_MeV,
                               WaterStopping choice) {
    check_composition(material);
    auto const& elements = element_stopping();
    auto const& water = choice == WaterStopping::icru90 ? elements.water_icru90() : elements.water_pstar();
    return density_g_per_cm3 * elements.material_MeV_cm2_per_g(material, energy_MeV, water) /
           water.electronic_MeV_cm2_per_g(energy_MeV);
}

double electrons_mol_per_g(Material const& material) {
    double sum = 0;
    for (auto const& [Z, fraction] : material.mass_fractions) {
        sum += fraction * Z / element_stopping().element(Z).atomic_weight;
    }
    return sum;
}

double inverse_scattering_length_cm2_per_g(Material const& material) {
    // Gottschalk 2010: 1/(rho X_S) = alpha N_A r_e^2 Z^2/A (2 ln(33219 (A Z)^(-1/3)) - 1)
    using namespace constants;
    constexpr double factor =
        fine_structure * avogadro_per_mol * classical_electron_radius_cm * classical_electron_radius_cm;
    double sum = 0;
    for (auto const& [Z, fraction] : material.mass_fractions) {
        double const A = element_stopping().element(Z).atomic_weight;
        sum += fraction * factor * Z * Z / A * (2 * std::log(33219 / std::cbrt(A * Z)) - 1);
    }
    return sum;
}

} // namespace beamwright
