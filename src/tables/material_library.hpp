/// Materials by name: the shipped library, materials written into other files, element symbols.
#pragma once
#include "core/json.hpp"
#include "tables/material.hpp"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beamwright {

/// "H" is 1 ... "U" is 92; names ("hydrogen") are known too. Nothing for an unknown one.
std::optional<int> atomic_number_of(std::string_view symbol_or_name);
std::string element_symbol(int atomic_number);

/// {"name", "density_g_per_cm3", "mass_fractions": {"H": 0.11, ...}, "mean_excitation_eV"?, more keys as
/// listed}. Fractions may be off by 1 % in sum (printed tables are rounded); they are normalized. \throws
/// Refusal
Material read_material(JsonReader const& json);
Json material_to_json(Material const& material);
/// Fractions by atomic number in any order, normalized and sorted. \throws Refusal naming `where` if the sum
/// is off.
std::vector<std::pair<int, double>> normalized_fractions(std::vector<std::pair<int, double>> fractions,
                                                         std::string const& where);

class MaterialLibrary {
public:
    /// data/materials/<name>.json. \throws Refusal on a bad file.
    static MaterialLibrary from_file(std::filesystem::path const& file);
    /// The library that comes with the program, read once.
    static MaterialLibrary const& shipped();

    /// By name or alias, without regard to case, '_' and ' ' alike. \throws Refusal with the nearest name
    Material const& named(std::string_view name) const;
    Material const* find(std::string_view name) const;
    /// By the number of MCsquare's material list. Null if unknown.
    Material const* find_mcsquare(int label) const;
    std::vector<std::string> names() const;

private:
    struct Entry {
        Material material;
        std::vector<std::string> keys; ///< name and aliases, folded
        int mcsquare_label = 0;
    };
    std::vector<Entry> entries_;
};

} // namespace beamwright
