/// What errors of boron, of its ratios and of position do to the doses of structures.
/// docs/methods/irradiation_time.md section 3
#pragma once
#include "evaluate/capture/structure_dose.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// One possible truth.
struct CaptureScenario {
    std::string name;
    double boron_factor = 1; ///< true blood level over the assumed one
    std::vector<double>
        ratio_factor{};      ///< per tissue of the map: true ratio over the assumed one; empty: all 1
    Vec3<double> shift_mm{}; ///< of the patient relative to the beam, patient coordinates
};

/// How large the errors are: one standard deviation each.
struct ScenarioSpread {
    double boron_relative = 0;
    std::vector<double> ratio_relative; ///< per tissue of the map; empty: none
    double shift_mm = 0;                ///< per axis
};

/// The nominal case, then one error at a time, up and down by one standard deviation.
std::vector<CaptureScenario> single_scenarios(ScenarioSpread const& spread,
                                              std::vector<CaptureTissue> const& tissues);
/// The nominal case, then count - 1 draws of all errors at once: factors log-normal with median 1, shifts
/// Gaussian. Equal seeds give equal scenarios. \throws Refusal for negative spreads or counts below 1
std::vector<CaptureScenario> drawn_scenarios(ScenarioSpread const& spread, std::size_t count,
                                             std::uint32_t seed);

struct StructureFigures {
    double mean_Gy = 0, least_Gy = 0, most_Gy = 0, D95_Gy = 0, D50_Gy = 0;
    std::optional<double> D2cc_Gy;
};
struct ScenarioOutcome {
    StructureFigures weighted, isoeffective;
};

/// outcomes[scenario][structure]. The dose distribution stands still and the patient moves in it (the shift
/// of the surface is not transported again); beyond the grid the outermost value holds.
std::vector<std::vector<ScenarioOutcome>> scenario_outcomes(CaptureMap const& map,
                                                            Irradiation const& irradiation,
                                                            std::vector<StructureVoxels> const& structures,
                                                            std::vector<CaptureScenario> const& scenarios);

/// A figure over all scenarios; the first is the nominal one.
struct FigureSpread {
    double nominal = 0, least = 0, p5 = 0, median = 0, p95 = 0, most = 0;
};
/// Percentiles by linear interpolation between order statistics (n - 1 steps). \pre not empty
FigureSpread spread_of(std::vector<double> const& values);

} // namespace beamwright
