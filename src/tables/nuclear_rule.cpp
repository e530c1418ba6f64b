#include "tables/nuclear_rule.hpp"
#include "core/data_files.hpp"
#include "core/json.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <array>

namespace beamwright {

namespace {

/// tools/endf/cross_sections.py; tests/tables/nuclear_rule_test.cpp asks the table.
constexpr std::array own{6, 7, 8, 13, 14, 15, 20, 24, 26, 28, 29, 41, 74, 80, 82, 83};

/// "events_of" of the birth certificate, by Z - 1.
std::vector<std::string> const& donors() {
    static auto const list = [] {
        std::vector<std::string> names;
        auto const certificate = JsonReader::from_file(data_dir() / "tables" / "proton_nuclear.json");
        for (auto const& target : certificate["targets"].items()) {
            names.push_back(target["events_of"].text());
        }
        return names;
    }();
    return list;
}

} // namespace

bool has_own_cross_section(int Z) { return std::find(own.begin(), own.end(), Z) != own.end(); }

std::vector<RuledElement> ruled_elements(Material const& material, double least_fraction) {
    std::vector<RuledElement> found;
    for (auto const& [Z, fraction] : material.mass_fractions) {
        auto const at = static_cast<std::size_t>(Z) - 1;
        if (Z == 1 || fraction < least_fraction || at >= donors().size()) {
            continue;
        }
        auto const& donor = donors()[at];
        if (!has_own_cross_section(Z) || donor != element_symbol(Z)) {
            found.push_back({Z, fraction, donor, !has_own_cross_section(Z)});
        }
    }
    return found;
}

} // namespace beamwright
