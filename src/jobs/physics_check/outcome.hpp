/// What a case of the validation suite found: figures with their bars, curves, notes.
#pragma once
#include "core/json.hpp"
#include "evaluate/curves/curve.hpp"
#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace beamwright::physics_check {

/// One-sided 1e-10 of a Gaussian: with at most 10,000 judged places a run, a false alarm of 1e-6 per run.
inline constexpr double granted_sigmas = 6.4;

enum class Verdict {
    passed,    ///< within its bar
    failed,    ///< beyond its bar by more than the noise granted
    undecided, ///< beyond its bar, but not by more than the noise granted: more histories decide
    reported,  ///< no bar
    not_run,   ///< reference missing, or left out: never passed
    in_tests   ///< judged by the test command, not here
};
std::string to_string(Verdict verdict);
Verdict verdict_named(std::string const& word);
/// The worse of two: failed, undecided, not_run, passed, in_tests, reported.
Verdict worse(Verdict a, Verdict b);

/// One number and, where it is judged, the bar for its absolute value.
struct Figure {
    int acceptance = 0;    ///< number of the acceptance test
    std::string what = {}; ///< "150 MeV: R80"
    double value = 0;      ///< mostly ours less theirs
    double sigma = 0;      ///< standard uncertainty of the value
    std::string unit = {}; ///< "mm", "%"
    std::optional<double> bar = {};
    std::string because = {}; ///< why the bar is what it is
    std::string detail = {};  ///< "158.32 against 158.21 mm"
    std::string reference = {};
    /// For the worst of many places: greatest |value| - noise among them; else |value| - noise of this one.
    std::optional<double> beyond_noise = {};

    Verdict verdict() const;
};

struct PlotLine {
    std::string name;
    Curve curve;
    bool theirs = false; ///< drawn in gray dashes
};
struct Plot {
    std::string title, note, x_title, y_title;
    std::vector<PlotLine> lines;
    bool y_log = false;
};

struct CaseOutcome {
    std::vector<Figure> figures;
    std::vector<Plot> plots;
    std::vector<std::string> notes;
    double histories = 0, cpu_s = 0, wall_s = 0;
    double worst_imbalance = 0;       ///< energy balance over all runs, relative
    std::vector<std::string> missing; ///< references that are not there
    std::vector<std::string> tests;   ///< names in the test command
    bool left_out = false;            ///< not asked for, or not of the fast subset

    Verdict verdict() const;
};

Json to_json(CaseOutcome const& outcome);
/// \throws Refusal where the text is none of ours.
CaseOutcome outcome_from_json(JsonReader const& json);

} // namespace beamwright::physics_check
