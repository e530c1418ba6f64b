/// Published boron uptake: tissue-to-blood ratios of a compound with their spread and source.
/// docs/formats/boron_uptake.md
#pragma once
#include "core/json.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// A figure as published, with what its range means.
struct UptakeFigure {
    std::string tissue;
    double value = 0;
    std::optional<double> low, high;
    std::string range_means; ///< "full range of 27 patients", "+- 20 %"
    std::string source;
};

struct BoronUptake {
    std::string name, compound, description, trust;
    std::vector<std::string> sources;
    std::vector<UptakeFigure> tissue_to_blood,
        blood_ppm; ///< blood_ppm: `tissue` says when ("end of infusion")
};

/// data/boron_uptake/<name>.json or a path. \throws Refusal
BoronUptake find_boron_uptake(std::string const& name_or_path);
BoronUptake boron_uptake_from_json(JsonReader const& json);
/// The ratio of a tissue. \throws Refusal listing the tissues that are known
UptakeFigure const& uptake_of(BoronUptake const& uptake, std::string const& tissue);

} // namespace beamwright
