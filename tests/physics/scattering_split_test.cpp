// Where Coulomb scattering ends and nuclear elastic scattering begins: one angle, nothing twice, nothing left out.
#include "physics/proton/full_scattering.hpp"
#include "physics/proton/nuclear_cross_section.hpp"
#include "support.hpp"
#include "tables/nuclear_tables.hpp"
#include "tables/proton_scattering.hpp"
#include <array>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

namespace beamwright {
namespace {

std::vector<Material> elements() {
    return {{"hydrogen", 1, {{1, 1.0}}, 0},  {"carbon", 1, {{6, 1.0}}, 0},   {"oxygen", 1, {{8, 1.0}}, 0},
            {"aluminum", 1, {{13, 1.0}}, 0}, {"calcium", 1, {{20, 1.0}}, 0}, {"copper", 1, {{29, 1.0}}, 0},
            {"lead", 1, {{82, 1.0}}, 0}};
}

class ScatteringSplit : public ::testing::Test {
protected:
    std::vector<Material> materials = elements();
    ProtonMaterialTables protons{materials};
    ProtonScatteringTables scattering{materials, protons.view()};
    NuclearTables nuclear{materials};
    FullScattering<double> full{scattering.view()};

    /// w at which the share of nuclear angles passes one half, by bisection; 2 where there are none.
    double limit(HardElement const& element, double energy_MeV, double uniform) const {
        auto const view = nuclear.view();
        if (!full.is_nuclear(view, element, energy_MeV, 1.999, uniform)) {
            return 2;
        }
        double low = 0, high = 1.999;
        for (int i = 0; i < 60; ++i) {
            double const middle = 0.5 * (low + high);
            (full.is_nuclear(view, element, energy_MeV, middle, uniform) ? high : low) = middle;
        }
        return high;
    }
};

// Squared momentum transfer of the smallest nuclear angle = that of the largest Coulomb angle, at every tabulated energy
TEST_F(ScatteringSplit, the_largest_coulomb_angle_is_the_smallest_nuclear_one) {
    auto const view = nuclear.view();
    for (std::uint32_t t = 0; t < view.target_count; ++t) {
        NuclearTarget const& target = view.targets[t];
        for (std::uint32_t n = 0; n < target.elastic_count; ++n) {
            auto const& node = view.elastic_nodes[target.first_elastic + n];
            double const energy_MeV = node.energy_MeV;
            double const smallest =
                1 - double{view.elastic_cosines[node.first_cosine + nuclear_elastic_bounds - 1]};
            double const m = constants::proton_MeV, M = target.Z == 1 ? m : double{target.mass_MeV};
            double const s = (m + M) * (m + M) + 2 * energy_MeV * M;
            double const expected = smallest * M * M / s;
            // One of the two neighbours is drawn; at a node both draws give the node or its lower neighbour's twin
            EXPECT_NEAR(limit({0, t}, energy_MeV, 0.999999), expected, 1e-6) << target.Z << " " << energy_MeV;
            EXPECT_GT(expected, 0.0018); // FullScattering::hard looks only above it
        }
    }
}

TEST_F(ScatteringSplit, where_there_is_no_nuclear_scattering_coulomb_scattering_has_all_angles) {
    auto const view = nuclear.view();
    for (std::uint32_t t = 0; t < view.target_count; ++t) {
        float const* const row = view.elastic_barn + std::size_t{t} * nuclear_grid_points;
        for (int point = 0; point < nuclear_grid_points; ++point) {
            double const energy_MeV = point * nuclear_grid_step_MeV;
            EXPECT_EQ(limit({0, t}, energy_MeV, 0.5) < 2, row[point] > 0.0f) << t + 1 << " " << energy_MeV;
        }
    }
}

// Between two tabulated energies the limit is drawn like the nuclear angles are, so the mean has no gap and no overlap
TEST_F(ScatteringSplit, between_energies_the_limit_goes_over_in_proportion) {
    std::uint32_t const oxygen = 7;
    auto const view = nuclear.view();
    auto const first = view.targets[oxygen].first_elastic;
    double const low = view.elastic_nodes[first + 5].energy_MeV,
                 high = view.elastic_nodes[first + 6].energy_MeV;
    double const at = low + 0.3 * (high - low);
    double const below = limit({0, oxygen}, at, 0.301), above = limit({0, oxygen}, at, 0.299);
    EXPECT_NE(below, above);
    EXPECT_EQ(limit({0, oxygen}, at, 0.9), below);
    EXPECT_EQ(limit({0, oxygen}, at, 0.1), above);
}

/// {energy: [(degrees, barn per sr)]} of one element of ICRU Report 63.
std::map<double, std::vector<std::array<double, 2>>> icru63(std::filesystem::path const& folder,
                                                            std::string const& element) {
    std::ifstream file(folder / "reference/proton/nuclear/icru63_elastic_dsdo.csv");
    std::map<double, std::vector<std::array<double, 2>>> found;
    for (std::string line; std::getline(file, line);) {
        std::replace(line.begin(), line.end(), ',', ' ');
        std::istringstream words(line);
        std::string name;
        double energy_MeV = 0, integral = 0, degrees = 0, value = 0;
        if (words >> name >> energy_MeV >> integral >> degrees >> value && name == element) {
            found[energy_MeV].push_back({degrees, value});
        }
    }
    return found;
}

/// Integral of an angular table over solid angle from `from_degrees` on, barn: logarithms go evenly between angles.
double integral_barn(std::vector<std::array<double, 2>> const& table, double from_degrees) {
    double sum = 0;
    for (std::size_t i = 1; i < table.size(); ++i) {
        auto const [a, left] = table[i - 1];
        auto const [b, right] = table[i];
        for (int k = 0; k < 100; ++k) {
            double const place = (k + 0.5) / 100, degrees = a + place * (b - a);
            if (degrees >= from_degrees) {
                sum += 2 * constants::pi * std::sin(constants::pi / 180 * degrees) * constants::pi / 180 *
                       (b - a) / 100 * std::pow(left, 1 - place) * std::pow(right, place);
            }
        }
    }
    return sum;
}

/// What the two parts give together beside ICRU 63's tables, which hold both.
struct Sum {
    double coulomb_barn, nuclear_barn, icru_barn, icru_above_limit_barn;
    double all() const { return (coulomb_barn + nuclear_barn) / icru_barn - 1; }
    double above_limit() const { return nuclear_barn / icru_above_limit_barn - 1; }
};

/// How far the sums may be from ICRU 63. Above the limit both come from one evaluation: carbon, calcium and lead must agree
/// to what integrating 5 degree tables gives (0.5 %; lead 1 %, where the limit is drawn between two energies). Oxygen
/// follows measurement instead of carbon's table, and copper's ENDF table is another one than ICRU 63's: these bars, and
/// all of the whole sums, where the nuclear amplitude below the limit is left out, say what was found when the split was
/// made and that it stays so (docs/methods/proton_scattering.md says why).
struct SplitBars {
    double above_low, above_high, all_low, all_high;
};

TEST_F(ScatteringSplit, coulomb_and_nuclear_scattering_add_up_to_icru_63) {
    BW_NEEDS_SHARED(shared);
    std::map<std::string, SplitBars> const bars{
        {"carbon", {-0.005, 0.005, -0.035, 0.03}}, {"oxygen", {-0.05, 0.01, -0.10, 0}},
        {"aluminum", {-0.05, 0.05, -0.25, 0.05}},  {"calcium", {-0.005, 0.005, -0.22, 0.04}},
        {"copper", {0, 0.12, -0.19, 0}},           {"lead", {-0.01, 0.01, -0.38, 0.03}}};
    auto const view = nuclear.view();
    for (std::uint32_t material = 1; material < materials.size(); ++material) {
        auto const& name = materials[material].name;
        int const Z = materials[material].mass_fractions[0].first;
        auto const t = static_cast<std::uint32_t>(Z - 1);
        auto const element = scattering.view().elements[material];
        for (auto const& [energy_MeV, table] : icru63(shared, name)) {
            if (energy_MeV < 40 || table.size() < 5) {
                continue;
            }
            double const m = constants::proton_MeV, M = view.targets[t].mass_MeV;
            double const s = (m + M) * (m + M) + 2 * energy_MeV * M, to_lab = M * M / s;
            double const p2 = energy_MeV * (energy_MeV + 2 * m), pv = pv_MeV(energy_MeV, m);
            double const charge = Z * constants::fine_structure * constants::hbar_c_MeV_cm * 1e13 / pv; // fm
            double const from = (1 - std::cos(constants::pi / 180 * table.front()[0])) * to_lab;
            Sum sum{};
            sum.icru_barn = integral_barn(table, table.front()[0]);
            sum.nuclear_barn =
                nuclear_grid_value(view.elastic_barn + std::size_t{t} * nuclear_grid_points, energy_MeV);
            constexpr int draws = 8; // between two energies the limit is drawn
            for (int draw = 0; draw < draws; ++draw) {
                double const to = limit(element, energy_MeV, (draw + 0.5) / draws);
                sum.icru_above_limit_barn +=
                    integral_barn(table, 180 / constants::pi * std::acos(std::max(-1.0, 1 - to / to_lab))) /
                    draws;
                for (int k = 0; k < 200; ++k) {
                    double const w = from * std::pow(to / from, (k + 0.5) / 200);
                    sum.coulomb_barn += 0.02 * constants::pi * charge * charge / w * std::log(to / from) /
                                        200 * full.form(element, p2, w) / draws;
                }
            }
            std::printf(
                "%-8s %5.0f MeV: Coulomb %.4f b + nuclear %.4f b against ICRU 63 %.4f b: %+.1f %%; above the "
                "limit %+.1f %%\n",
                name.c_str(), energy_MeV, sum.coulomb_barn, sum.nuclear_barn, sum.icru_barn, 100 * sum.all(),
                100 * sum.above_limit());
            auto const& bar = bars.at(name);
            if (Z == 82 && energy_MeV > 240) {
                continue; // the last of lead's tables: 22 % too little above the limit, on the page
            }
            EXPECT_GT(sum.above_limit(), bar.above_low) << name << " " << energy_MeV;
            EXPECT_LT(sum.above_limit(), bar.above_high) << name << " " << energy_MeV;
            EXPECT_GT(sum.all(), bar.all_low) << name << " " << energy_MeV;
            EXPECT_LT(sum.all(), bar.all_high) << name << " " << energy_MeV;
        }
    }
}

} // namespace
} // namespace beamwright
