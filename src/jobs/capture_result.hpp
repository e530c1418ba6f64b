/// What rates of a capture irradiation become: doses, histograms, tables, files and the page.
#pragma once
#include "casefolder/result_writer.hpp"
#include "evaluate/capture/beam_axis.hpp"
#include "evaluate/capture/scenarios.hpp"
#include "evaluate/dvh/dvh.hpp"
#include "jobs/capture_shielding.hpp"
#include <vector>

namespace beamwright {

inline constexpr std::array<char const*, capture_component_count> capture_component_names{"boron", "nitrogen",
                                                                                          "fast", "photon"};

/// What one field contributes.
struct CaptureFieldValues {
    Irradiation irradiation;
    AxisRates axis_rates;
    std::optional<AxisFigures> axis; ///< where the plan names a normal tissue
    /// Mean physical doses, then the mean weighted dose, of plan.structures.
    std::vector<std::array<double, capture_component_count + 1>> structure_means_Gy;
};

/// Scenarios of one structure, weighted dose.
struct CaptureScenarioRow {
    std::string structure;
    bool limits = false; ///< a limit of the plan names it
    FigureSpread mean, most, D2cc, D95;
};

/// Volume of a structure, in percent, where too few particles came (capture_trust.hpp).
struct UncertainShares {
    std::string structure;
    std::array<double, capture_component_count> component_percent; ///< that component alone
    double weighted_percent; ///< a component that counts in the weighted dose
};

/// Doses of one irradiation of the chosen length; all fields together where not said.
struct CaptureValues {
    IrradiationTime time;
    bool time_was_given = false;
    double mean_blood_ppm = 0; ///< while a port is open
    ShieldingEstimate shielding;
    CaptureDoses doses;
    CaptureSigmas sigmas;
    ComponentDoses components;
    std::array<Volume<float>, capture_component_count> component_sigmas; ///< one standard deviation
    std::vector<StructureDvh> weighted, isoeffective;
    std::array<std::vector<StructureDvh>, capture_component_count> by_component; ///< physical
    std::vector<CaptureFieldValues> fields;
    std::vector<CaptureScenarioRow> scenarios;
    std::vector<UncertainShares> uncertain; ///< of plan.structures
    Json record;                            ///< run.json
};

/// Everything after the transport. `minutes`: instead of the time that the limits give. Adds its figures to `record`,
/// its advice to the warnings.
CaptureValues evaluate_capture(CaptureSetup const& setup, CaptureBasis basis, std::optional<double> minutes,
                               RunRecord& record, JobContext& context);

/// Dose volumes, dvh.csv, dvh.json and report.html.
void write_capture(ResultWriter const& writer, CaptureSetup const& setup, CaptureValues const& values);

/// A person reads this.
std::string capture_summary(Json const& record);

/// The HTML page.
std::string capture_report(CaptureSetup const& setup, CaptureValues const& values);

} // namespace beamwright
