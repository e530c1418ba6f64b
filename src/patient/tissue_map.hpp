/// What structures are made of, by their names: for neutrons, which see hydrogen, nitrogen and chlorine, not
/// HU. docs/methods/tissue_map.md; docs/formats/tissue_map.md
#pragma once
#include "core/json.hpp"
#include "patient/masks.hpp"
#include "patient/structures.hpp"
#include "patient/voxel_world.hpp"
#include "patient/world_builder.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

struct TissueRule {
    std::vector<std::string>
        structures; ///< names; '*' stands for any letters; case, ' ', '_' and '-' do not count
    Material material;
    std::optional<double> density_g_per_cm3; ///< else the material's own
    std::string source;
};

struct TissueMap {
    std::string name, description;
    std::vector<std::string> sources;
    std::vector<TissueRule> rules; ///< later rules win where structures overlap
};

/// data/tissue_maps/<name>.json or a path. \throws Refusal
TissueMap find_tissue_map(std::string const& name_or_path);
TissueMap tissue_map_from_json(JsonReader const& json);

/// Whether a structure's name fits a pattern.
bool fits_name(std::string const& pattern, std::string const& structure);

/// A structure and the rule that it falls under.
struct MatchedTissue {
    std::size_t structure = 0; ///< index into the list of names
    std::size_t rule = 0;
};
/// In the order in which overrides must be applied (rule by rule). A structure that fits several rules takes
/// the last one. Warns for rules that no structure fits. \throws Refusal if none fits at all
std::vector<MatchedTissue> match_tissues(TissueMap const& map,
                                         std::vector<std::string> const& structure_names, Warnings& warnings);

/// Overrides for make_voxel_world, in order. `inside[i]`: share of each CT voxel inside structure i (may be
/// null where the structure is not matched).
std::vector<WorldOverride> tissue_overrides(TissueMap const& map, std::vector<MatchedTissue> const& matched,
                                            std::vector<std::string> const& structure_names,
                                            std::vector<Volume<float> const*> const& inside);

/// Mass and elements of a part of the world, for the report.
struct TissueContent {
    double mass_g = 0, volume_cm3 = 0;
    double hydrogen = 0, nitrogen = 0, chlorine = 0; ///< mass fractions
};
TissueContent tissue_content(VoxelWorld const& world, StructureMask const& inside);
double mass_fraction(Material const& material, int atomic_number);

} // namespace beamwright
