#include "tables/material_library.hpp"
#include "core/data_files.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr std::array<std::string_view, 92> symbols{
    "H",  "He", "Li", "Be", "B",  "C",  "N",  "O",  "F",  "Ne", "Na", "Mg", "Al", "Si", "P",  "S",
    "Cl", "Ar", "K",  "Ca", "Sc", "Ti", "V",  "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge",
    "As", "Se", "Br", "Kr", "Rb", "Sr", "Y",  "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd", "Ag", "Cd",
    "In", "Sn", "Sb", "Te", "I",  "Xe", "Cs", "Ba", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd",
    "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Hf", "Ta", "W",  "Re", "Os", "Ir", "Pt", "Au", "Hg",
    "Tl", "Pb", "Bi", "Po", "At", "Rn", "Fr", "Ra", "Ac", "Th", "Pa", "U"};

/// English names of the elements that material lists of the field write out.
constexpr std::array<std::pair<std::string_view, int>, 25> written_out{
    {{"hydrogen", 1},    {"carbon", 6},     {"nitrogen", 7},   {"oxygen", 8},    {"fluorine", 9},
     {"sodium", 11},     {"magnesium", 12}, {"aluminium", 13}, {"aluminum", 13}, {"silicon", 14},
     {"phosphorus", 15}, {"phosphor", 15},  {"sulfur", 16},    {"sulphur", 16},  {"chlorine", 17},
     {"argon", 18},      {"potassium", 19}, {"calcium", 20},   {"titanium", 22}, {"iron", 26},
     {"copper", 29},     {"zinc", 30},      {"silver", 47},    {"iodine", 53},   {"lead", 82}}};

std::string folded(std::string_view name) {
    std::string text(name);
    for (auto& c : text) {
        c = c == '_' || c == '-' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return text;
}

} // namespace

std::optional<int> atomic_number_of(std::string_view symbol_or_name) {
    if (auto const found = std::find(symbols.begin(), symbols.end(), symbol_or_name);
        found != symbols.end()) {
        return static_cast<int>(found - symbols.begin()) + 1;
    }
    for (auto const& [name, atomic_number] : written_out) {
        if (folded(symbol_or_name) == name) {
            return atomic_number;
        }
    }
    return std::nullopt;
}

std::string element_symbol(int atomic_number) {
    return std::string(symbols.at(static_cast<std::size_t>(atomic_number - 1)));
}

std::vector<std::pair<int, double>> normalized_fractions(std::vector<std::pair<int, double>> fractions,
                                                         std::string const& where) {
    double sum = 0;
    for (auto const& fraction : fractions) {
        sum += fraction.second;
    }
    if (!(std::abs(sum - 1) <= 0.01)) {
        refuse(fmt::format("{}: the mass fractions sum to {:.4g}", where, sum),
               "they must sum to 1 within 1 %; percent or a missing element give such a sum",
               "write fractions of 1 for every element");
    }
    std::erase_if(fractions, [](auto const& fraction) { return fraction.second == 0; });
    std::sort(fractions.begin(), fractions.end());
    // Sums that are off by rounding alone stay as written, so that a file written and read again is the same
    if (std::abs(sum - 1) > 1e-12) {
        for (auto& fraction : fractions) {
            fraction.second /= sum;
        }
    }
    return fractions;
}

Material read_material(JsonReader const& json) {
    Material material;
    material.name = json["name"].text();
    material.density_g_per_cm3 = json["density_g_per_cm3"].number_in(1e-6, 30);
    auto const fractions = json["mass_fractions"];
    if (!fractions.raw().is_object()) {
        fractions.refuse_here("is not an object", "it lists elements and their fractions by mass",
                              R"(write { "H": 0.111894, "O": 0.888106 })");
    }
    std::vector<std::pair<int, double>> all;
    for (auto const& [symbol, value] : fractions.raw().items()) {
        auto const atomic_number = atomic_number_of(symbol);
        if (!atomic_number) {
            fractions.refuse_here(fmt::format("'{}' is no element", symbol),
                                  "elements are written by their symbol, H to U", "correct the symbol");
        }
        all.emplace_back(*atomic_number, fractions[symbol].number_in(0, 1));
    }
    material.mass_fractions =
        normalized_fractions(std::move(all), fmt::format("{}: {}", json.source(), fractions.path()));
    if (auto const excitation = json.find("mean_excitation_eV")) {
        material.mean_excitation_eV = excitation->number_in(10, 1000);
    }
    return material;
}

Json material_to_json(Material const& material) {
    Json json;
    json["name"] = material.name;
    json["density_g_per_cm3"] = material.density_g_per_cm3;
    for (auto const& [atomic_number, fraction] : material.mass_fractions) {
        json["mass_fractions"][element_symbol(atomic_number)] = fraction;
    }
    if (material.mean_excitation_eV > 0) {
        json["mean_excitation_eV"] = material.mean_excitation_eV;
    }
    return json;
}

MaterialLibrary MaterialLibrary::from_file(std::filesystem::path const& file) {
    auto const json = JsonReader::from_file(file);
    json.allow_only({"format", "description", "sources", "materials"});
    MaterialLibrary library;
    for (auto const& item : json["materials"].items()) {
        item.allow_only({"name", "aliases", "mcsquare_label", "density_g_per_cm3", "mass_fractions",
                         "mean_excitation_eV", "source"});
        Entry entry;
        entry.material = read_material(item);
        entry.keys.push_back(folded(entry.material.name));
        if (auto const aliases = item.find("aliases")) {
            for (auto const& alias : aliases->items()) {
                entry.keys.push_back(folded(alias.text()));
            }
        }
        if (auto const label = item.find("mcsquare_label")) {
            entry.mcsquare_label = static_cast<int>(label->integer_in(1, 9999));
        }
        for (auto const& key : entry.keys) {
            if (library.find(key)) {
                item.refuse_here(fmt::format("'{}' is already a material", key), "names must be unique",
                                 "rename one");
            }
        }
        library.entries_.push_back(std::move(entry));
    }
    return library;
}

MaterialLibrary const& MaterialLibrary::shipped() {
    static MaterialLibrary const library = from_file(find_data_file("materials", "standard"));
    return library;
}

Material const* MaterialLibrary::find(std::string_view name) const {
    auto const key = folded(name);
    for (auto const& entry : entries_) {
        if (std::find(entry.keys.begin(), entry.keys.end(), key) != entry.keys.end()) {
            return &entry.material;
        }
    }
    return nullptr;
}

Material const* MaterialLibrary::find_mcsquare(int label) const {
    for (auto const& entry : entries_) {
        if (label > 0 && entry.mcsquare_label == label) {
            return &entry.material;
        }
    }
    return nullptr;
}

Material const& MaterialLibrary::named(std::string_view name) const {
    if (auto const* const material = find(name)) {
        return *material;
    }
    std::vector<std::string> keys;
    for (auto const& entry : entries_) {
        keys.insert(keys.end(), entry.keys.begin(), entry.keys.end());
    }
    auto const near = nearest_word(folded(name), keys);
    refuse(fmt::format("no material named '{}'", name),
           fmt::format("the material library holds {} materials", entries_.size()),
           near.empty() ? "see data/materials/standard.json, or give composition and density"
                        : fmt::format("did you mean '{}'?", near));
}

std::vector<std::string> MaterialLibrary::names() const {
    std::vector<std::string> names;
    for (auto const& entry : entries_) {
        names.push_back(entry.material.name);
    }
    return names;
}

} // namespace beamwright
