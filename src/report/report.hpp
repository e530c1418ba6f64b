/// The HTML report: one file, no network, readable without JavaScript. docs/formats/results.md
#pragma once
#include "core/json.hpp"
#include "core/refusal.hpp"
#include "geometry/grid.hpp"
#include "patient/structures.hpp"
#include "report/figure_section.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// One figure of a structure: {"D95", 58.87, "Gy", 0.21}.
struct ReportMetric {
    std::string name;
    double value = 0;
    std::string unit;                  ///< "Gy", "%", "cm³"; may be empty
    std::optional<double> uncertainty; ///< one standard deviation, same unit
};

struct ReportStructure {
    Structure structure; ///< name, color, contours
    double volume_cm3 = 0;
    std::vector<double> dose_Gy;        ///< cumulative DVH: ascending doses ...
    std::vector<double> volume_percent; ///< ... and the percent of the volume that gets at least that
    std::vector<ReportMetric> metrics;  ///< shown in the order of their first appearance
    bool shown = true;                  ///< drawn when the report opens
};

struct ReportGoal {
    std::string structure, metric, unit;
    std::optional<double> at_least, at_most;
    double value = 0;
    std::optional<double> uncertainty; ///< one standard deviation
};

struct ReportBeam {
    int number = 0;
    std::string name, machine;
    double gantry_deg = 0, couch_deg = 0;
    int layers = 0, spots = 0;
    double energy_min_MeV = 0, energy_max_MeV = 0;
    double meterset_MU = 0;        ///< per fraction
    std::string range_shifter;     ///< empty: none
    std::optional<double> protons; ///< per fraction
};

/// A label and a value, both ready to be read: {"Histories", "2.1e7 in 41 s"}.
struct ReportFact {
    std::string label, value;
};

/// A part of the energy that entered: {"left the patient", 0.031}.
struct ReportShare {
    std::string label;
    double fraction = 0;
};

/// One more volume to look at: LET, one beam's dose, a component.
struct ReportMap {
    std::string name, unit;
    Volume<float> const* values = nullptr;
};

/// All that a report shows. Volumes are borrowed and must live until `render_report` returns.
struct ReportInput {
    std::string case_label; ///< the only identity that is shown
    std::string verb = "dose";
    std::string subtitle; ///< what was calculated: "Proton dose to medium, Monte Carlo"
    std::string dose_name = "Dose", dose_unit = "Gy"; ///< "Gy(RBE)" where weighted
    int fractions = 1;
    bool one_irradiation = false;          ///< doses are those of one irradiation, not of a course
    std::string prescription_structure;    ///< may be empty
    std::optional<double> prescription_Gy; ///< per course; 100 % of the isodoses
    Volume<std::int16_t> const* ct_HU = nullptr;
    Volume<float> const* dose_Gy = nullptr;              ///< per course
    Volume<float> const* relative_uncertainty = nullptr; ///< one standard deviation over dose; optional
    std::vector<ReportMap> maps;                         ///< optional
    std::string body_structure;    ///< crops the embedded volume; empty: what is denser than air
    std::vector<ReportFact> facts; ///< key figures of the first screen
    std::vector<ReportStructure> structures;
    std::vector<ReportGoal> goals;
    std::vector<ReportBeam> beams;
    std::vector<ReportShare> energy_budget;
    std::vector<report::FigureSection> sections; ///< more cards, below the histograms
    Json run_record = Json::object();            ///< run.json
    std::vector<Warning> warnings;
    std::vector<std::string> notes;  ///< how to read this result
    std::vector<std::string> limits; ///< what the calculation does not do
};

/// The whole page as text, at most 15 MB: the embedded volume gets coarser until it fits, and says so.
std::string render_report(ReportInput const& input);

} // namespace beamwright
