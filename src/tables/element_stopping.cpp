#include "tables/element_stopping.hpp"
#include "core/data_files.hpp"
#include "core/json.hpp"
#include "core/refusal.hpp"
#include "lanes/constants.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// Below, the Bethe formula is no guide: ratios to tabulated neighbours take over. Protons are cut at 0.5
/// MeV.
constexpr double least_bethe_MeV = 0.5;
/// Materials thinner than this count as gases: ICRU 37 table 5.1 has two columns.
constexpr double gas_below_g_per_cm3 = 0.01;

std::vector<double> logarithms(std::vector<double> values) {
    std::transform(values.begin(), values.end(), values.begin(),
                   [](double value) { return std::log(value); });
    return values;
}

CubicSpline log_log(std::vector<double> const& x, std::vector<double> const& y) {
    return {logarithms(x), logarithms(y)};
}

WaterTable read_water(JsonReader const& table) {
    auto const energies = table["energy_MeV"].numbers();
    return {table["mean_excitation_eV"].number(),
            log_log(energies, table["electronic_MeV_cm2_per_g"].numbers()),
            log_log(energies, table["total_MeV_cm2_per_g"].numbers())};
}

double beta_squared(double energy_MeV) {
    double const tau = energy_MeV / constants::proton_MeV;
    return tau * (tau + 2) / ((tau + 1) * (tau + 1));
}

bool is_gas(Material const& material) {
    return material.density_g_per_cm3 > 0 && material.density_g_per_cm3 < gas_below_g_per_cm3;
}

/// Metals melted together keep the excitation energies of the metals.
bool is_alloy(Material const& material) {
    double metals = 0;
    for (auto const& [Z, fraction] : material.mass_fractions) {
        bool const metal =
            (Z > 2 && Z < 5) || (Z > 10 && Z < 15) || (Z > 18 && Z < 36 && Z != 34 && Z != 35) || Z > 36;
        metals += metal && Z != 53 && Z != 54 ? fraction : 0;
    }
    return metals > 0.95;
}

} // namespace

double WaterTable::electronic_MeV_cm2_per_g(double energy_MeV) const {
    return std::exp(log_electronic(std::log(energy_MeV)));
}

double WaterTable::total_MeV_cm2_per_g(double energy_MeV) const {
    return std::exp(log_total(std::log(energy_MeV)));
}

double largest_transfer_MeV(double energy_MeV) {
    double const tau = energy_MeV / constants::proton_MeV;
    double const ratio = constants::electron_MeV / constants::proton_MeV;
    return 2 * constants::electron_MeV * tau * (tau + 2) / (1 + 2 * (1 + tau) * ratio + ratio * ratio);
}

double bethe_logarithm(double energy_MeV, double mean_excitation_eV) {
    double const tau = energy_MeV / constants::proton_MeV;
    double const twice_MeV = 2 * constants::electron_MeV * tau * (tau + 2);
    double const excitation_MeV = mean_excitation_eV * 1e-6;
    return 0.5 * std::log(twice_MeV * largest_transfer_MeV(energy_MeV) / (excitation_MeV * excitation_MeV)) -
           beta_squared(energy_MeV);
}

ElementStopping ElementStopping::load(int left_out) {
    auto const file = JsonReader::from_file(find_data_file("tables", "proton_stopping"));
    ElementStopping tables;
    tables.icru90_ = read_water(file["water_icru90"]);
    tables.pstar_ = read_water(file["water_pstar"]);
    auto const energies = file["element_energy_MeV"].numbers();
    for (auto const& entry : file["elements"].items()) {
        Element element{static_cast<int>(entry["Z"].integer_in(1, 92)),
                        entry["atomic_weight"].number_in(1, 300),
                        entry["mean_excitation_eV"].number_in(10, 2000),
                        {}};
        if (element.Z != static_cast<int>(tables.elements_.size()) + 1) {
            entry.refuse_here("elements are not in the order of Z", "the table is read by position",
                              "build it again with tools/build_stopping.py");
        }
        if (entry.has("electronic_MeV_cm2_per_g") && element.Z != left_out) {
            element.log_electronic = log_log(energies, entry["electronic_MeV_cm2_per_g"].numbers());
        }
        tables.elements_.push_back(std::move(element));
    }
    return tables;
}

ElementStopping const& element_stopping() {
    static ElementStopping const tables = ElementStopping::load();
    return tables;
}

ElementStopping::Element const& ElementStopping::element(int Z) const {
    if (Z < 1 || Z > static_cast<int>(elements_.size())) {
        refuse(fmt::format("no element with atomic number {}", Z),
               fmt::format("stopping powers are known for Z = 1 to {}", elements_.size()),
               "correct the composition of the material");
    }
    return elements_[static_cast<std::size_t>(Z - 1)];
}

double ElementStopping::correction(int Z, double energy_MeV) const {
    Element const& known = element(Z);
    double const stopping = std::exp(known.log_electronic(std::log(energy_MeV)));
    double const logarithm =
        stopping * beta_squared(energy_MeV) * known.atomic_weight / (constants::bethe_MeV_cm2_per_mol * Z);
    return bethe_logarithm(energy_MeV, known.mean_excitation_eV) - logarithm;
}

double ElementStopping::untabulated_MeV_cm2_per_g(int Z, double energy_MeV) const {
    Element const& wanted = element(Z);
    int below = Z - 1, above = Z + 1;
    while (element(below).log_electronic.empty()) {
        --below;
    }
    while (element(above).log_electronic.empty()) {
        ++above;
    }
    double const share = static_cast<double>(Z - below) / (above - below);
    double const bethe_MeV = std::max(energy_MeV, least_bethe_MeV);
    // Shell, Barkas, Bloch and density terms together, between the neighbours in Z
    double const corrections =
        (1 - share) * correction(below, bethe_MeV) + share * correction(above, bethe_MeV);
    double const logarithm = bethe_logarithm(bethe_MeV, wanted.mean_excitation_eV) - corrections;
    double const stopping =
        constants::bethe_MeV_cm2_per_mol * Z / wanted.atomic_weight / beta_squared(bethe_MeV) * logarithm;
    if (energy_MeV >= least_bethe_MeV) {
        return stopping;
    }
    // Lower down: the shape of the neighbours
    auto const shape = [&](int neighbour) {
        auto const& table = element(neighbour).log_electronic;
        return table(std::log(energy_MeV)) - table(std::log(least_bethe_MeV));
    };
    return stopping * std::exp((1 - share) * shape(below) + share * shape(above));
}

double ElementStopping::element_MeV_cm2_per_g(int Z, double energy_MeV) const {
    auto const& table = element(Z).log_electronic;
    return table.empty() ? untabulated_MeV_cm2_per_g(Z, energy_MeV) : std::exp(table(std::log(energy_MeV)));
}

double ElementStopping::in_compound_eV(int Z, Material const& material) const {
    double const alone_eV = element(Z).mean_excitation_eV;
    if (material.mass_fractions.size() == 1 || is_alloy(material)) {
        return alone_eV;
    }
    // ICRU Report 37 (1984) table 5.1, as given in the documentation of NIST ESTAR and PSTAR
    bool const gas = is_gas(material);
    switch (Z) {
    case 1:
        return 19.2;
    case 6:
        return gas ? 70.0 : 81.0;
    case 7:
        return 82.0;
    case 8:
        return gas ? 97.0 : 106.0;
    case 9:
        return gas ? alone_eV : 112.0;
    case 17:
        return gas ? alone_eV : 180.0;
    default:
        return gas || Z == 2 ? alone_eV : 1.13 * alone_eV;
    }
}

double ElementStopping::bragg_mean_excitation_eV(Material const& material) const {
    double sum = 0, electrons = 0;
    for (auto const& [Z, fraction] : material.mass_fractions) {
        double const share = fraction * Z / element(Z).atomic_weight;
        sum += share * std::log(in_compound_eV(Z, material));
        electrons += share;
    }
    return std::exp(sum / electrons);
}

double ElementStopping::material_MeV_cm2_per_g(Material const& material, double energy_MeV,
                                               WaterTable const& water) const {
    double const bethe_MeV = std::max(energy_MeV, least_bethe_MeV);
    double const per_electron = constants::bethe_MeV_cm2_per_mol / beta_squared(bethe_MeV);
    double here = 0, at_bethe = 0, shift = 0, electrons = 0;
    for (auto const& [Z, fraction] : material.mass_fractions) {
        double const share = fraction * Z / element(Z).atomic_weight;
        here += fraction * element_MeV_cm2_per_g(Z, energy_MeV);
        at_bethe += fraction * element_MeV_cm2_per_g(Z, bethe_MeV);
        if (Z == 6 && energy_MeV > 20 && material.mass_fractions.size() > 1) {
            // Solid carbon conducts and has a density effect from 40 MeV up; bound carbon is like nitrogen there
            double const excess = correction(6, energy_MeV) - correction(7, energy_MeV);
            shift += share * per_electron * std::max(excess, 0.0);
        }
        shift -= share * per_electron * std::log(in_compound_eV(Z, material) / element(Z).mean_excitation_eV);
        electrons += share;
    }
    double reference_eV = 0;
    if (is_liquid_water(material)) {
        here = water.electronic_MeV_cm2_per_g(energy_MeV);
        at_bethe = water.electronic_MeV_cm2_per_g(bethe_MeV);
        shift = 0;
        reference_eV = water.mean_excitation_eV;
    } else {
        reference_eV = bragg_mean_excitation_eV(material);
    }
    if (material.mean_excitation_eV > 0) {
        shift -= electrons * per_electron * std::log(material.mean_excitation_eV / reference_eV);
    }
    // The shift of I acts where Bethe's formula holds; below, its relative effect is kept
    return here * (1 + shift / at_bethe);
}

bool is_liquid_water(Material const& material) {
    if (is_gas(material)) {
        return false;
    }
    double hydrogen = 0, oxygen = 0;
    for (auto const& [Z, fraction] : material.mass_fractions) {
        (Z == 1 ? hydrogen : oxygen) += fraction;
        if (Z != 1 && Z != 8) {
            return false;
        }
    }
    constexpr double hydrogen_in_water = 2 * 1.008 / (2 * 1.008 + 15.999);
    return std::abs(hydrogen - hydrogen_in_water) < 1e-3 && std::abs(hydrogen + oxygen - 1) < 1e-3;
}

void check_composition(Material const& material) {
    double sum = 0;
    for (auto const& [Z, fraction] : material.mass_fractions) {
        element_stopping().element(Z);
        if (!(fraction >= 0 && fraction <= 1 + 1e-3)) {
            refuse(fmt::format("material '{}': mass fraction {} of Z = {}", material.name, fraction, Z),
                   "a mass fraction lies between 0 and 1", "correct the composition of the material");
        }
        sum += fraction;
    }
    if (!(std::abs(sum - 1) <= 1e-3)) {
        refuse(fmt::format("material '{}': its mass fractions add up to {:.6f}", material.name, sum),
               "they must add up to 1", "correct the composition of the material");
    }
}

} // namespace beamwright
