#include "core/refusal.hpp"
#include "support.hpp"
#include "tables/nuclear_tables.hpp"
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

using namespace beamwright;

namespace {

Material element(int Z) { return {"element", 1.0, {{Z, 1.0}}, 0}; }
Material water() { return {"water", 1.0, {{1, 0.111894}, {8, 0.888106}}, 0}; }

double on_grid(float const* barn, std::uint32_t target, double energy_MeV) {
    double const place = energy_MeV / nuclear_grid_step_MeV;
    auto const i = static_cast<std::size_t>(place);
    float const* const row = barn + std::size_t{target} * nuclear_grid_points;
    return row[i] + (place - static_cast<double>(i)) * (row[i + 1] - row[i]);
}

double nonelastic_barn(NuclearTables const& tables, int Z, double energy_MeV) {
    return on_grid(tables.view().nonelastic_barn, tables.target_of(Z), energy_MeV);
}

} // namespace

TEST(NuclearTables, holds_the_evaluated_cross_sections) {
    NuclearTables const tables({water()});
    // ENDF/B-VIII.1 MF=3 MT=5, printed to six digits in the files; stored as float
    EXPECT_NEAR(nonelastic_barn(tables, 6, 100), 0.2270, 1e-4);
    EXPECT_NEAR(nonelastic_barn(tables, 8, 100), 0.2970, 1e-4);
    EXPECT_NEAR(nonelastic_barn(tables, 8, 20), 0.53461, 1e-4);
    EXPECT_NEAR(nonelastic_barn(tables, 8, 230), 0.2950, 1e-4); // ICRU 63
    EXPECT_EQ(nonelastic_barn(tables, 1, 100), 0.0);
}

TEST(NuclearTables, macroscopic_sum_is_that_of_its_elements) {
    NuclearTables const tables({water(), element(20)});
    NuclearView const v = tables.view();
    ASSERT_EQ(v.material_count, 2U);
    for (double energy : {5.0, 33.3, 100.0, 180.0, 249.9}) {
        double sum = 0;
        for (std::uint32_t p = v.first_part[0]; p < v.first_part[1]; ++p) {
            std::uint32_t const t = v.parts[p].target;
            sum += v.parts[p].atoms_per_g_e24 *
                   (on_grid(v.nonelastic_barn, t, energy) + on_grid(v.elastic_barn, t, energy));
        }
        EXPECT_NEAR(on_grid(v.total_cm2_per_g, 0, energy), sum, 1e-6 * sum); // float tables
    }
    for (std::size_t i = 0; i < nuclear_grid_points; ++i) {
        EXPECT_LE(v.total_cm2_per_g[i], v.majorant_cm2_per_g[0]);
        EXPECT_LE(v.total_cm2_per_g[i], v.greatest_cm2_per_g);
    }
}

TEST(NuclearTables, elements_without_data_lie_between_their_neighbours) {
    NuclearTables const tables({water()});
    for (double energy : {50.0, 100.0, 200.0}) {
        for (auto const [low, Z, high] : {std::array{8, 11, 13}, {15, 17, 20}, {29, 53, 74}}) {
            EXPECT_GT(nonelastic_barn(tables, Z, energy), nonelastic_barn(tables, low, energy));
            EXPECT_LT(nonelastic_barn(tables, Z, energy), nonelastic_barn(tables, high, energy));
        }
    }
}

TEST(NuclearTables, joins_the_two_evaluations_smoothly) {
    NuclearTables const tables({water()});
    for (int Z : {6, 7, 8, 13, 14, 15, 20, 26, 29, 74, 82}) {
        double const step = nonelastic_barn(tables, Z, 151) / nonelastic_barn(tables, Z, 149);
        EXPECT_NEAR(step, 1.0, 0.005) << Z; // the slope there is below 0.2 % per MeV in all elements
    }
}

TEST(NuclearTables, refuses_what_it_does_not_hold) {
    try {
        NuclearTables const tables({element(95)});
        FAIL() << "americium was accepted";
    } catch (Refusal const& refusal) {
        EXPECT_NE(refusal.problem.find("Z = 95"), std::string::npos);
    }
}

// Nearest to a measurement of a macroscopic figure: Bortfeld (1997) takes 1.2 % of the protons per cm of water.
TEST(NuclearTables, water_loses_about_one_percent_of_its_protons_per_cm) {
    NuclearTables const tables({water()});
    NuclearView const v = tables.view();
    NuclearPart const oxygen = v.parts[v.first_part[1] - 1];
    for (double energy : {50.0, 100.0, 150.0, 200.0}) {
        double const per_cm = oxygen.atoms_per_g_e24 * nonelastic_barn(tables, 8, energy);
        RecordProperty("percent_per_cm_at_" + std::to_string(static_cast<int>(energy)),
                       std::to_string(100 * per_cm));
        EXPECT_GT(per_cm, 0.009);
        EXPECT_LT(per_cm, 0.014);
    }
}

// Measured reaction cross sections (EXFOR). The evaluation was made from such data; single experiments scatter by
// 5-10 %. A median over all points of an element at 20-250 MeV that is 8 % off would mean a wrong table.
TEST(NuclearTables, cross_sections_agree_with_measured_ones) {
    BW_NEEDS_SHARED(shared);
    NuclearTables const tables({water()});
    std::ifstream file(shared / "reference/proton/nuclear/exfor_proton_nonelastic_measured.csv");
    ASSERT_TRUE(file.good());
    std::map<std::string, int> const charges{{"C", 6},   {"N", 7},   {"O", 8},   {"Al", 13},
                                             {"Si", 14}, {"Ca", 20}, {"Fe", 26}, {"Cu", 29},
                                             {"Zn", 30}, {"Sn", 50}, {"Pb", 82}};
    std::map<std::string, std::vector<double>> ratios;
    for (std::string line; std::getline(file, line);) {
        std::stringstream fields(line);
        std::string target, energy, spread, barn;
        std::getline(fields, target, ',');
        std::getline(fields, energy, ',');
        std::getline(fields, spread, ',');
        std::getline(fields, barn, ',');
        auto const symbol = charges.find(target.substr(0, target.find('-')));
        if (symbol == charges.end()) {
            continue;
        }
        double const at = std::atof(energy.c_str()), measured = std::atof(barn.c_str());
        if (at >= 20 && at <= 250 && measured > 0) {
            ratios[symbol->first].push_back(nonelastic_barn(tables, symbol->second, at) / measured);
        }
    }
    for (auto& [symbol, list] : ratios) {
        std::sort(list.begin(), list.end());
        double const median = list[list.size() / 2];
        double square = 0;
        for (double r : list) {
            square += (r - 1) * (r - 1);
        }
        std::printf("  %-2s %3zu points: table / measured median %.3f, rms deviation %.3f\n", symbol.c_str(),
                    list.size(), median, std::sqrt(square / static_cast<double>(list.size())));
        if (list.size() >= 5) {
            EXPECT_NEAR(median, 1.0, 0.08) << symbol;
        }
    }
    EXPECT_GE(ratios.size(), 6U);
}
