#include "core/json.hpp"
#include "physics/proton/nuclear_inelastic.hpp"
#include "support.hpp"
#include "tables/nuclear_tables.hpp"
#include <cmath>
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

using namespace beamwright;

namespace {

Vec3<double> const forward{0, 0, 1};

/// Transported products by species: number, energy, coarse spectrum, summed over events.
struct Tally {
    double number = 0, number2 = 0, energy = 0, energy2 = 0;
    std::vector<double> bins;
};

struct Inclusive {
    std::map<std::string, Tally> by_species;
    double local = 0, recoil = 0, gamma = 0, neutron = 0, Q = 0;
};

/// Share of what is left over that goes to recoil at a tabulated energy.
double recoil_share(NuclearView const& v, NuclearTarget const& target, double energy_MeV) {
    for (std::uint32_t n = target.first_node; n < target.first_node + target.node_count; ++n) {
        if (std::abs(v.nodes[n].energy_MeV - energy_MeV) < 1e-3) {
            return v.nodes[n].recoil_share;
        }
    }
    return 0;
}

/// Neutrons, He-3 and alphas have no direction, but their energies are in the sums of the event: tallied from there.
Inclusive tally(NuclearTables const& tables, int Z, double energy_MeV, double bin_MeV, std::size_t bins,
                int events) {
    NuclearView const v = tables.view();
    NuclearTarget const& target = v.targets[tables.target_of(Z)];
    Inclusive sum;
    char const* const names[] = {"n", "p", "d", "t", "h", "a"};
    for (char const* name : names) {
        sum.by_species[name].bins.assign(bins, 0.0);
    }
    RandomStream random({.seed = 10, .history = static_cast<std::uint64_t>(Z)});
    for (int i = 0; i < events; ++i) {
        auto const e = NuclearInelastic{v}(target, energy_MeV, forward, random);
        for (unsigned s = 0; s < 6; ++s) {
            Tally& t = sum.by_species[names[s]];
            t.number += e.counts[s];
            t.number2 += double(e.counts[s]) * e.counts[s];
        }
        for (int k = 0; k < e.count; ++k) {
            auto const& p = e.products[static_cast<unsigned>(k)];
            Tally& t = sum.by_species[names[static_cast<unsigned>(p.kind)]];
            t.energy += p.energy_MeV;
            t.energy2 += p.energy_MeV * p.energy_MeV;
            t.bins[std::min(bins - 1, static_cast<std::size_t>(p.energy_MeV / bin_MeV))] += 1;
        }
        sum.neutron += e.neutron_MeV;
        sum.local += e.local_MeV;
        sum.gamma += e.gamma_MeV;
        sum.Q += e.Q_MeV;
    }
    double const share = recoil_share(v, target, energy_MeV);
    sum.recoil = share < 1 ? sum.gamma * share / (1 - share) : 0;
    return sum;
}

} // namespace

// Acceptance test 10: the sampler against what the evaluations say (digest written by tools/build_nuclear.py from the
// evaluated tables before the fit, so the fit, the packing and the sampler are all in the comparison).
// 1 % of multiplicity and mean energy and 3 % of spectrum bins, each + 4 standard deviations of the tally (a right
// sampler breaks 4 sigma beyond an exact table once in 16,000 numbers; the seed is fixed).
// Carbon starts at 35 MeV: below, its evaluation contradicts itself (docs/methods/proton_nuclear_inelastic.md).
// Tungsten: the fit has not settled at 55 and 70 MeV (protons 0.8 and 1.6 % too slow, stated on the page): 2 % and 10 %.
// The last two of 16 bins hold the two-body edge, which a bin of the table cannot place, and bins below 1 % of the
// peak hold nearly nothing: left out.
TEST(NuclearInelastic, follows_the_evaluated_inclusive_spectra) {
    auto const digest =
        JsonReader::from_file(test::source_dir() / "tests/physics/nuclear_inclusive.json")["donors"];
    std::vector<Material> materials;
    for (auto const& [Z, rows] : digest.raw().items()) {
        materials.push_back({"element", 1.0, {{std::stoi(Z), 1.0}}, 0});
    }
    NuclearTables const tables(materials);
    int const events = 40'000;
    double worst_number = 0, worst_mean = 0, worst_bin = 0;
    for (auto const& [key, rows] : digest.raw().items()) {
        int const Z = std::stoi(key);
        for (auto const& row : rows) {
            double const energy = row["energy_MeV"], bin = row["bin_MeV"];
            if (energy < (Z == 6 ? 34.0 : 25.0)) {
                continue;
            }
            auto const sum = tally(tables, Z, energy, bin, 17, events);
            for (char const* name : {"p", "d", "a"}) {
                if (!row["products"].contains(name)) {
                    continue;
                }
                auto const& wanted = row["products"][name];
                Tally const& found = sum.by_species.at(name);
                double const yield = wanted["yield"], number = found.number / events;
                double const sigma = std::sqrt((found.number2 / events - number * number) / events);
                EXPECT_NEAR(number, yield, 0.01 * yield + 4 * sigma) << key << " " << name << " " << energy;
                worst_number = std::max(worst_number, (std::abs(number - yield) - 4 * sigma) / yield);
                if (found.number < 500) {
                    continue;
                }
                if (std::string(name) ==
                    "a") { // deposited with He-3 and recoil; He-3 has the spectrum of alphas
                    double const helium = found.number + sum.by_species.at("h").number;
                    double const mean = (sum.local - sum.recoil) / helium, wanted_mean = wanted["mean_MeV"];
                    // a spread of an alpha's energy of its mean at most: 4 / sqrt(number)
                    EXPECT_NEAR(mean, wanted_mean, (0.01 + 4 / std::sqrt(helium)) * wanted_mean)
                        << key << " alpha " << energy;
                    continue;
                }
                double const mean = found.energy / found.number, wanted_mean = wanted["mean_MeV"];
                double const spread =
                    std::sqrt(found.energy2 / found.number - mean * mean) / std::sqrt(found.number);
                double const allowed = Z == 74 ? 0.02 : 0.01;
                EXPECT_NEAR(mean, wanted_mean, allowed * wanted_mean + 4 * spread)
                    << key << " " << name << " " << energy;
                worst_mean = std::max(worst_mean, (std::abs(mean - wanted_mean) - 4 * spread) / wanted_mean);
                std::vector<double> const bins = wanted["per_bin"];
                double const peak = *std::max_element(bins.begin(), bins.end());
                for (std::size_t b = 0; b < 14; ++b) {
                    if (bins[b] < 0.01 * peak) {
                        continue;
                    }
                    double const rate = found.bins[b] / events;
                    double const noise = 4 * std::sqrt(bins[b] * events) / events;
                    double const part = Z == 74 ? 0.10 : 0.03;
                    EXPECT_NEAR(rate, bins[b], part * bins[b] + noise)
                        << key << " " << name << " " << energy << " MeV, bin " << b << " of " << bin
                        << " MeV";
                    worst_bin = std::max(worst_bin, (std::abs(rate - bins[b]) - noise) / bins[b]);
                }
            }
        }
    }
    std::printf("  worst beyond 4 standard deviations: yield %.4f, mean energy %.4f, bin %.4f\n",
                worst_number, worst_mean, worst_bin);
}

TEST(NuclearInelastic, energy_budget_is_that_of_the_evaluation) {
    auto const digest =
        JsonReader::from_file(test::source_dir() / "tests/physics/nuclear_inclusive.json")["donors"];
    NuclearTables const tables({{"oxygen", 1.0, {{8, 1.0}}, 0}});
    for (auto const& row : digest.raw()["8"]) {
        double const energy = row["energy_MeV"];
        int const events = 50'000;
        auto const sum = tally(tables, 8, energy, row["bin_MeV"], 17, events);
        auto const& products = row["products"];
        double const alpha = double(products["a"]["yield"]) * double(products["a"]["mean_MeV"]);
        double const neutron =
            products.contains("n") ? double(products["n"]["yield"]) * double(products["n"]["mean_MeV"]) : 0.0;
        // local = alpha + He-3 + recoil. Recoils: ICRU 63 gives 2-9 % of the energy. Not below the alphas alone.
        double const local = sum.local / events;
        std::printf("  O %5.0f MeV: local %.2f (alphas %.2f) neutrons %.2f (%.2f) gamma %.2f Q %.2f MeV\n",
                    energy, local, alpha, sum.neutron / events, neutron, sum.gamma / events, sum.Q / events);
        EXPECT_GT(local, 0.99 * alpha);
        EXPECT_LT(local, 1.05 * alpha + 0.09 * energy);
        EXPECT_NEAR(sum.neutron / events, neutron, 0.05 * neutron + 0.2);
    }
}

// The published multiplicities themselves, not our digest of them.
TEST(NuclearInelastic, multiplicities_of_the_published_tables) {
    BW_NEEDS_SHARED(shared);
    NuclearTables const tables({{"oxygen", 1.0, {{8, 1.0}}, 0}});
    std::ifstream file(shared / "reference/proton/nuclear/icru63_inelastic_summary.csv");
    ASSERT_TRUE(file.good());
    int compared = 0;
    for (std::string line; std::getline(file, line);) {
        if (line.rfind("oxygen,", 0) != 0) {
            continue;
        }
        std::stringstream fields(line);
        std::vector<double> values;
        for (std::string field; std::getline(fields, field, ',');) {
            values.push_back(std::atof(field.c_str()));
        }
        // element, Z, E, cross section, protons, alphas, deuterons
        double const energy = values[2], wanted = values[4];
        if (energy < 30) {
            continue;
        }
        int const events = 40'000;
        auto const sum = tally(tables, 8, energy, 10.0, 30, events);
        // 1 % + 4 standard deviations of 0.5 % each (about one more or less per event, 40,000 events)
        EXPECT_NEAR(sum.by_species.at("p").number / events, wanted, 0.03 * wanted) << energy;
        ++compared;
    }
    EXPECT_GE(compared, 15);
}

// Deuterons and protons go forward with growing energy; a lab spectrum of 150 MeV protons on oxygen has its fast
// protons within a narrow cone.
TEST(NuclearInelastic, fast_products_go_forward) {
    NuclearTables const tables({{"oxygen", 1.0, {{8, 1.0}}, 0}});
    NuclearView const v = tables.view();
    RandomStream random({.seed = 12});
    double slow = 0, fast = 0;
    int slow_count = 0, fast_count = 0;
    for (int i = 0; i < 50'000; ++i) {
        auto const e = NuclearInelastic{v}(v.targets[tables.target_of(8)], 150.0, forward, random);
        for (int k = 0; k < e.count; ++k) {
            auto const& p = e.products[static_cast<unsigned>(k)];
            if (p.kind == NuclearSpecies::proton && p.energy_MeV < 10) {
                slow += p.direction.z;
                ++slow_count;
            } else if (p.kind == NuclearSpecies::proton && p.energy_MeV > 75) {
                fast += p.direction.z;
                ++fast_count;
            }
        }
    }
    EXPECT_LT(slow / slow_count, 0.4);
    EXPECT_GT(fast / fast_count, 0.8);
}
