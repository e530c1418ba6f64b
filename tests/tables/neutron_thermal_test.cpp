#include "csv_rows.hpp"
#include "support.hpp"
#include "tables/neutron_library.hpp"
#include <cmath>
#include <gtest/gtest.h>

using namespace beamwright;
using beamwright::test::number;
using beamwright::test::read_csv;

namespace {

NeutronLibrary const& library() {
    static NeutronLibrary const loaded;
    return loaded;
}

/// Mean outgoing energy of a node: bounds with known probabilities, even between them.
double mean_out_eV(NeutronView const& v, ThermalNode const& node) {
    double sum = 0, before = 0;
    for (int slot = 0; slot < thermal_slots; ++slot) {
        int const k = slot + 1;
        double up = 0; // cumulative probability of bound k
        if (k <= thermal_tail_halvings) {
            up = std::ldexp(1.0, k - thermal_tail_halvings - 1) / thermal_parts;
        } else if (k < thermal_tail_halvings + thermal_parts) {
            up = double(k - thermal_tail_halvings) / thermal_parts;
        } else if (k < thermal_slots) {
            up = 1.0 - std::ldexp(1.0, thermal_tail_halvings + thermal_parts - 1 - k) / thermal_parts;
        } else {
            up = 1.0;
        }
        float const* const bound = v.thermal_bounds + node.first_bound;
        sum += (up - before) * 0.5 * (double{bound[slot]} + bound[slot + 1]);
        before = up;
    }
    return sum;
}

double law_barn(NeutronView const& v, ThermalLaw const& law, double energy_eV) {
    ThermalNode const* const nodes = v.thermal_nodes + law.first_node;
    for (std::uint32_t i = 0; i + 1 < law.node_count; ++i) {
        if (energy_eV <= nodes[i + 1].energy_eV) {
            double const part =
                (energy_eV - nodes[i].energy_eV) / (nodes[i + 1].energy_eV - nodes[i].energy_eV);
            return nodes[i].barn + part * (nodes[i + 1].barn - nodes[i].barn);
        }
    }
    return nodes[law.node_count - 1].barn;
}

} // namespace

// 51.70 b per H at 293.6 K (the reference transport code's processing of the same parameters), 51.62 b at 300 K.
TEST(NeutronThermal, water_cross_section_at_thermal_energy) {
    NeutronView const v = library().view();
    double const cold = law_barn(v, v.laws[library().law("H in H2O", 293.6)], 0.0253);
    double const warm = law_barn(v, v.laws[library().law("H in H2O", 310.0)], 0.0253);
    EXPECT_NEAR(cold, 51.70, 0.05);
    EXPECT_LT(warm, cold);
    EXPECT_NEAR(warm, 51.50, 0.05); // 51.62 at 300 K, falling 0.0122 per K
}

// Far above the binding energies hydrogen is free: sigma_free (1 + k T_eff / (2 A E)), T_eff about 1194 K.
TEST(NeutronThermal, water_becomes_free_hydrogen) {
    NeutronView const v = library().view();
    ThermalLaw const& law = v.laws[library().law("H in H2O", 293.6)];
    double const at = 9.0;
    double const free_gas = law.free_barn * (1 + 8.617333e-5 * 1194 / (2 * at));
    EXPECT_NEAR(law_barn(v, law, at), free_gas, 0.003 * free_gas);
    EXPECT_EQ(v.laws[0].node_count, 185U);
}

// Detailed balance: in a Maxwellian field of the law's own temperature neutrons gain as much energy as they lose.
// The tables do not know of this; it holds if S(alpha, beta), its integration and the packing are right.
TEST(NeutronThermal, equilibrium_exchanges_no_energy) {
    NeutronView const v = library().view();
    for (std::uint32_t l = 0; l < v.law_count; ++l) {
        ThermalLaw const& law = v.laws[l];
        double const kT = 8.617333262e-5 * law.kelvin;
        double gain = 0, exchange = 0;
        ThermalNode const* const nodes = v.thermal_nodes + law.first_node;
        for (std::uint32_t i = 0; i + 1 < law.node_count; ++i) {
            auto const flow = [&](ThermalNode const& n) {
                double const e = n.energy_eV;
                return e * std::exp(-e / kT) * n.barn * (mean_out_eV(v, n) - e);
            };
            double const width = double{nodes[i + 1].energy_eV} - nodes[i].energy_eV;
            double const part = 0.5 * (flow(nodes[i]) + flow(nodes[i + 1])) * width;
            gain += part;
            exchange += std::abs(part);
        }
        std::printf("  %s at %.1f K: net / gross exchange %.4f\n", library().data().law_names[l].c_str(),
                    double{law.kelvin}, gain / exchange);
        // trapezoids over 40 nodes per decade: 0.2 %; parts of 1/64 held even: 1 %
        EXPECT_LT(std::abs(gain), 0.02 * exchange);
    }
}

// Photons: attenuation and energy absorption against the NIST tables (Hubbell and Seltzer), the spec's bounds.
TEST(PhotoAtomic, agrees_with_the_nist_tables) {
    BW_NEEDS_SHARED(shared);
    auto const rows = read_csv((shared / "reference/neutron/reference/nist_xaamdi_mu.csv").string());
    NeutronView const v = library().view();
    auto const value = [&](PhotoElement const& e, int row, double energy_eV) {
        float const* const x = v.photo_eV + e.first_energy;
        float const* const y = v.photo_values + e.first_row + std::size_t(row) * e.points;
        std::uint32_t i = 0;
        while (i + 2 < e.points && double{x[i + 1]} <= energy_eV) {
            ++i;
        }
        double const part = std::log(energy_eV / x[i]) / std::log(double{x[i + 1]} / x[i]);
        double const a = std::max(double{y[i]}, 1e-30), b = std::max(double{y[i + 1]}, 1e-30);
        return a * std::pow(b / a, part);
    };
    struct Mix {
        char const* kind;
        char const* name;
        std::vector<std::pair<int, double>> fractions;
    };
    std::vector<Mix> const mixes{{"mixture", "water", {{1, 0.111898}, {8, 0.888102}}},
                                 {"mixture",
                                  "tissue",
                                  {{1, 0.102},
                                   {6, 0.143},
                                   {7, 0.034},
                                   {8, 0.708},
                                   {11, 0.002},
                                   {15, 0.003},
                                   {16, 0.003},
                                   {17, 0.002},
                                   {19, 0.003}}},
                                 {"mixture",
                                  "bone",
                                  {{1, 0.034},
                                   {6, 0.155},
                                   {7, 0.042},
                                   {8, 0.435},
                                   {11, 0.001},
                                   {12, 0.002},
                                   {15, 0.103},
                                   {16, 0.003},
                                   {20, 0.225}}}};
    for (Mix const& mix : mixes) {
        double worst_mu = 0, worst_en = 0;
        for (auto const& row : rows) {
            double const energy = number(row, "energy_MeV") * 1e6;
            if (row.at("kind") != mix.kind || row.at("name") != mix.name || energy < 9.9e3 ||
                energy > 10.1e6) {
                continue;
            }
            double mu = 0, absorbed = 0;
            for (auto const& [Z, share] : mix.fractions) {
                auto const& elements = library().data().elements;
                auto const found = std::find_if(elements.begin(), elements.end(),
                                                [z = Z](auto const& e) { return e.Z == z; });
                double const atoms = share / found->atomic_weight * 0.602214076;
                PhotoElement const& e = library().photo_element(Z);
                for (int r = 0; r < 4; ++r) {
                    mu += atoms * value(e, r, energy);
                }
                absorbed += atoms * value(e, 4, energy) / energy;
            }
            double const to_mu = mu / number(row, "mu_over_rho_cm2_per_g") - 1;
            double const to_en = absorbed / number(row, "mu_en_over_rho_cm2_per_g") - 1;
            worst_mu = std::max(worst_mu, std::abs(to_mu));
            worst_en = std::max(worst_en, std::abs(to_en));
            EXPECT_LT(std::abs(to_mu), 0.005) << mix.name << energy;
            EXPECT_LT(std::abs(to_en), energy < 3.1e6 ? 0.01 : 0.015) << mix.name << energy;
        }
        std::printf("  %-7s worst: mu/rho %.2f %%, mu_en/rho %.2f %%\n", mix.name, 100 * worst_mu,
                    100 * worst_en);
        EXPECT_GT(worst_mu, 0.0);
    }
}
