/// Outside reference data for the stopping power tests: NIST PSTAR and NIST compositions, read from the shared folder.
#pragma once
#include "tables/material.hpp"
#include "tables/material_library.hpp"
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace beamwright::test {

inline std::vector<std::string> csv_cells(std::string const& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (char const c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            cells.emplace_back();
        } else if (c != '\r') {
            cells.back() += c;
        }
    }
    return cells;
}

/// Rows after the comment and the header.
inline std::vector<std::vector<std::string>> csv_rows(std::filesystem::path const& file) {
    std::ifstream stream(file);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(stream, line);) {
        if (!line.empty() && line[0] != '#') {
            rows.push_back(csv_cells(line));
        }
    }
    rows.erase(rows.begin());
    return rows;
}

struct PstarRow {
    double energy_MeV, electronic_MeV_cm2_per_g, range_g_per_cm2;
};

inline std::map<std::string, std::vector<PstarRow>> read_pstar(std::filesystem::path const& shared) {
    std::map<std::string, std::vector<PstarRow>> tables;
    for (auto const& row : csv_rows(shared / "reference/proton/stopping/pstar_nist_74_materials.csv")) {
        tables[row[0]].push_back({std::stod(row[1]), std::stod(row[2]), std::stod(row[5])});
    }
    return tables;
}

/// Composition, density and mean excitation energy of a NIST compound ("G4_..." of the reference table).
inline Material nist_compound(std::filesystem::path const& shared, std::string const& name) {
    Material material{name, 0, {}, 0};
    double sum = 0;
    for (auto const& row : csv_rows(shared / "reference/proton/tissues/geant4_nist_compounds.csv")) {
        if (row[0] == name) {
            int const Z = atomic_number_of(row[4]).value();
            static std::map<int, double> const weights = {
                {1, 1.008},  {3, 6.94},    {5, 10.81},  {6, 12.011},  {7, 14.007},
                {8, 15.999}, {9, 18.998},  {11, 22.99}, {13, 26.982}, {14, 28.085},
                {17, 35.45}, {20, 40.078}, {53, 126.9}, {55, 132.91}};
            double const part = std::stod(row[6]) * (row[5] == "n" ? weights.at(Z) : 1.0);
            material.density_g_per_cm3 = std::stod(row[1]);
            material.mean_excitation_eV = std::stod(row[2]);
            material.mass_fractions.emplace_back(Z, part);
            sum += part;
        }
    }
    for (auto& [Z, fraction] : material.mass_fractions) {
        fraction /= sum;
    }
    return material;
}

} // namespace beamwright::test
