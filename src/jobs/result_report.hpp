/// The report of a result, from the values of a run or from its files.
#pragma once
#include "casefolder/case_folder.hpp"
#include "core/json.hpp"
#include "evaluate/dvh/dvh.hpp"
#include "geometry/grid.hpp"
#include "jobs/let_values.hpp"
#include <string>
#include <vector>

namespace beamwright {

/// What a finished result holds. Doses per course.
struct ResultValues {
    Volume<float> dose_Gy, sigma_Gy;
    std::vector<StructureDvh> structures;
    LetValues let; ///< without particles where none was scored
    Json record;   ///< run.json
};

/// The HTML page.
std::string report_of(CaseFolder const& folder, StructureSet const& structures, Plan const& plan,
                      Volume<std::int16_t> const& ct_HU, ResultValues const& result);

/// Goals of the case against the result: structure, metric, value, met.
Json goals_json(CaseDescription const& description, std::vector<StructureDvh> const& structures);

} // namespace beamwright
