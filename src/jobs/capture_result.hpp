/// What a capture run becomes: doses of the irradiation, histograms, tables, files and the page.
#pragma once
#include "evaluate/capture/beam_axis.hpp"
#include "evaluate/capture/scenarios.hpp"
#include "evaluate/dvh/dvh.hpp"
#include "jobs/capture_setup.hpp"
#include <vector>

namespace beamwright {

/// Doses of one irradiation of the chosen length.
struct CaptureValues {
    IrradiationTime time;
    Irradiation irradiation;
    CaptureDoses doses;
    CaptureSigmas sigmas;
    ComponentDoses components;
    std::array<Volume<float>, capture_component_count> component_sigmas; ///< one standard deviation
    std::vector<StructureDvh> weighted, isoeffective;
    std::array<std::vector<StructureDvh>, capture_component_count> by_component; ///< physical
    std::optional<AxisFigures> axis;
    AxisRates axis_rates;
    std::vector<std::vector<FigureSpread>> scenarios; ///< [structure]{mean, D95, D2cc} of the weighted dose
    std::vector<std::string> scenario_structures;
    Json record; ///< run.json
};

/// Everything after the transport. Adds its figures to `record`.
CaptureValues evaluate_capture(CaptureSetup const& setup, NeutronResult const& result, RunRecord& record,
                               JobContext& context);

/// Volumes, dvh.csv, dvh.json and report.html into the result folder. \returns the folder
std::filesystem::path write_capture(CaptureJobRequest const& request, CaptureSetup const& setup,
                                    NeutronResult const& result, CaptureValues& values, RunRecord& record);

/// A person reads this.
std::string capture_summary(Json const& record);

/// The HTML page.
std::string capture_report(CaptureSetup const& setup, CaptureValues const& values);

} // namespace beamwright
