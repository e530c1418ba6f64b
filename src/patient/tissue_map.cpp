#include "patient/tissue_map.hpp"
#include "core/contracts.hpp"
#include "core/data_files.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright {

namespace {

constexpr char const* format_name = "beamwright tissue map 1";

/// Small letters and digits only, and '*'.
std::string folded(std::string const& text) {
    std::string out;
    for (char const letter : text) {
        auto const c = static_cast<unsigned char>(letter);
        if (std::isalnum(c) != 0 || c == '*' || c >= 128) {
            out += static_cast<char>(std::tolower(c));
        }
    }
    return out;
}

TissueRule read_rule(JsonReader const& json) {
    json.allow_only({"structures", "material", "density_g_per_cm3", "source"});
    TissueRule rule;
    for (auto const& pattern : json["structures"].items()) {
        rule.structures.push_back(pattern.text());
        if (folded(rule.structures.back()).find_first_not_of('*') == std::string::npos) {
            pattern.refuse_here(fmt::format("is '{}'", rule.structures.back()), "it would fit any structure",
                                "write part of a name");
        }
    }
    if (rule.structures.empty()) {
        json["structures"].refuse_here("is empty", "the rule would fit nothing",
                                       "list the names that it is for");
    }
    auto const material = json["material"];
    rule.material = material.raw().is_string() ? MaterialLibrary::shipped().named(material.text())
                                               : read_material(material);
    if (auto const density = json.find("density_g_per_cm3")) {
        rule.density_g_per_cm3 = density->number_in(1e-6, 30);
    }
    rule.source = json.text_or("source", "");
    return rule;
}

} // namespace

TissueMap tissue_map_from_json(JsonReader const& json) {
    json.allow_only({"format", "name", "description", "sources", "rules"});
    if (json["format"].text() != format_name) {
        json["format"].refuse_here(fmt::format("is '{}'", json["format"].text()),
                                   fmt::format("this program reads '{}'", format_name), "name a tissue map");
    }
    TissueMap map{json["name"].text(), json["description"].text(), {}, {}};
    for (auto const& source : json["sources"].items()) {
        map.sources.push_back(source.text());
    }
    for (auto const& rule : json["rules"].items()) {
        map.rules.push_back(read_rule(rule));
    }
    if (map.rules.empty()) {
        json["rules"].refuse_here("is empty", "a tissue map says what structures are made of",
                                  "list one rule at least");
    }
    return map;
}

TissueMap find_tissue_map(std::string const& name_or_path) {
    return tissue_map_from_json(JsonReader::from_file(find_data_file("tissue_maps", name_or_path)));
}

bool fits_name(std::string const& pattern, std::string const& structure) {
    std::string const p = folded(pattern), text = folded(structure);
    // The last star and where it began to stand for letters: on a miss it takes one letter more
    std::size_t i = 0, j = 0, star = std::string::npos, begun = 0;
    while (j < text.size()) {
        if (i < p.size() && p[i] == '*') {
            star = i++;
            begun = j;
        } else if (i < p.size() && p[i] == text[j]) {
            ++i;
            ++j;
        } else if (star != std::string::npos) {
            i = star + 1;
            j = ++begun;
        } else {
            return false;
        }
    }
    return p.find_first_not_of('*', i) == std::string::npos;
}

std::vector<MatchedTissue>
match_tissues(TissueMap const& map, std::vector<std::string> const& structure_names, Warnings& warnings) {
    std::vector<MatchedTissue> matched;
    for (std::size_t s = 0; s < structure_names.size(); ++s) {
        for (std::size_t r = map.rules.size(); r-- > 0;) {
            auto const& patterns = map.rules[r].structures;
            if (std::any_of(patterns.begin(), patterns.end(),
                            [&](auto const& pattern) { return fits_name(pattern, structure_names[s]); })) {
                matched.push_back({s, r});
                break;
            }
        }
    }
    if (matched.empty()) {
        refuse(fmt::format("no structure falls under tissue map '{}'", map.name),
               fmt::format("structures: {}", fmt::join(structure_names, ", ")),
               "name a map that fits these names, or add them to a copy of it");
    }
    std::stable_sort(matched.begin(), matched.end(),
                     [](auto const& a, auto const& b) { return a.rule < b.rule; });
    for (std::size_t r = 0; r < map.rules.size(); ++r) {
        if (std::none_of(matched.begin(), matched.end(),
                         [&](auto const& match) { return match.rule == r; })) {
            warnings.add(fmt::format("no structure is '{}'", fmt::join(map.rules[r].structures, "', '")),
                         fmt::format("tissue map '{}' makes them {}; voxels keep the tissue of their HU",
                                     map.name, map.rules[r].material.name),
                         "draw the structure if that tissue matters");
        }
    }
    return matched;
}

std::vector<WorldOverride> tissue_overrides(TissueMap const& map, std::vector<MatchedTissue> const& matched,
                                            std::vector<std::string> const& structure_names,
                                            std::vector<Volume<float> const*> const& inside) {
    std::vector<WorldOverride> overrides;
    for (auto const& match : matched) {
        BW_EXPECT(match.structure < inside.size() && inside[match.structure] != nullptr);
        auto const& rule = map.rules[match.rule];
        WorldOverride made;
        made.name = structure_names[match.structure];
        made.inside = inside[match.structure];
        made.material = rule.material;
        made.density_g_per_cm3 = rule.density_g_per_cm3;
        overrides.push_back(std::move(made));
    }
    return overrides;
}

double mass_fraction(Material const& material, int atomic_number) {
    for (auto const& [z, fraction] : material.mass_fractions) {
        if (z == atomic_number) {
            return fraction;
        }
    }
    return 0;
}

TissueContent tissue_content(VoxelWorld const& world, StructureMask const& inside) {
    constexpr int hydrogen = 1, nitrogen = 7, chlorine = 17;
    std::vector<std::array<double, 3>> fractions;
    for (auto const& material : world.materials) {
        fractions.push_back({mass_fraction(material, hydrogen), mass_fraction(material, nitrogen),
                             mass_fraction(material, chlorine)});
    }
    TissueContent content;
    double const voxel_cm3 = world.grid.voxel_cm3();
    for (int k = inside.first[2]; k < inside.first[2] + inside.size[2]; ++k) {
        for (int j = inside.first[1]; j < inside.first[1] + inside.size[1]; ++j) {
            for (int i = inside.first[0]; i < inside.first[0] + inside.size[0]; ++i) {
                double const cm3 = voxel_cm3 * static_cast<double>(inside.at(i, j, k));
                std::size_t const voxel = world.grid.index(i, j, k);
                double const mass_g = cm3 * static_cast<double>(world.density_g_per_cm3[voxel]);
                auto const& of = fractions[world.material[voxel]];
                content.volume_cm3 += cm3;
                content.mass_g += mass_g;
                content.hydrogen += mass_g * of[0];
                content.nitrogen += mass_g * of[1];
                content.chlorine += mass_g * of[2];
            }
        }
    }
    for (double* part : {&content.hydrogen, &content.nitrogen, &content.chlorine}) {
        *part = content.mass_g > 0 ? *part / content.mass_g : 0;
    }
    return content;
}

} // namespace beamwright
