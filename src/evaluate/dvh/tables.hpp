/// Histograms and their key figures as CSV, JSON and a table to read. docs/methods/dvh.md
#pragma once
#include "core/json.hpp"
#include "evaluate/dvh/dvh.hpp"
#include <string>
#include <vector>

namespace beamwright {

struct DvhQuestions {
    std::vector<double> dose_at_percent{1, 2, 5, 10, 50, 90, 95, 98, 99}; ///< D_x%
    std::vector<double> dose_at_cm3{0.03, 2};                             ///< D_xcc
    std::vector<double> volume_at_Gy;                                     ///< V_xGy
    std::vector<double> volume_at_percent;                                ///< V_x%, of the prescription
    double prescription_Gy = 0;                                           ///< needed for volume_at_percent
};

/// Tidy: one row per structure and dose: structure_number,structure,dose_Gy,volume_percent,
/// volume_cm3 (that gets at least the dose), differential_cm3 (from this dose to the next).
std::string dvh_csv(std::vector<StructureDvh> const& dvhs, double step_Gy);

/// Per structure: name, number, type, volumes, outside_share, end_cap, mean/min/max/D98/D50/D2, the questions' answers
/// under "D95_Gy", "D2cc_Gy", "V20Gy_percent", "V95%_percent", and curve {dose_Gy[], volume_percent[]}.
Json dvh_json(std::vector<StructureDvh> const& dvhs, DvhQuestions const& questions, double step_Gy);

/// For a terminal: one line per structure.
std::string dvh_table(std::vector<StructureDvh> const& dvhs);

} // namespace beamwright
