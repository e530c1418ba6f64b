/// LET of a result by structure, for tables, histograms and the report. docs/methods/let.md section 5
#pragma once
#include "core/json.hpp"
#include "core/refusal.hpp"
#include "evaluate/dvh/dvh.hpp"
#include "geometry/grid.hpp"
#include "patient/structures.hpp"
#include "report/figure_section.hpp"
#include <filesystem>
#include <string>
#include <vector>

namespace beamwright {

/// LET where there is little dose is noise and harmless: voxels below this share of the greatest dose do not count.
inline constexpr double least_dose_share_for_let = 0.05;

/// LETd of a structure over its voxels that count. The histogram is that of their volume.
struct StructureLet {
    int number = 0;
    std::string name, type;
    double counted_percent = 0;      ///< of the structure's volume on the grid
    double dose_mean_keV_per_um = 0; ///< mean weighted with dose and volume
    double mean_sigma_keV_per_um =
        0; ///< one standard deviation of the mean over volume; voxels as independent
    double track_mean_keV_per_um = 0; ///< of LETt, over volume
    Dvh let;                          ///< "dose" is LETd in keV/um here
};

struct LetValues {
    std::string particles;       ///< empty: no LET in the result
    Volume<float> dose_averaged; ///< keV/um, 0 where the dose is too low to count
    std::vector<StructureLet> structures;
};

/// \param dose_sigma_rel relative standard deviation of LETd
LetValues let_values(std::string const& particles, Volume<float> const& dose_Gy, Volume<float> let_d,
                     Volume<float> const& let_d_sigma_rel, Volume<float> const& let_t,
                     std::vector<Structure> const& structures, StackOptions const& stack);

/// The same from the files of a result; without particles if it has no LET.
LetValues let_values_from(std::filesystem::path const& result, Json const& record,
                          Volume<float> const& dose_Gy, std::vector<Structure> const& structures,
                          StackOptions const& stack);

/// Figures per structure, for let.json.
Json let_json(LetValues const& values);

/// The card of the report: LET-volume histograms and a table. Empty without LET.
report::FigureSection let_section(LetValues const& values);

} // namespace beamwright
