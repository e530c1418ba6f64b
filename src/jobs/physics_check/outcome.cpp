#include "jobs/physics_check/outcome.hpp"
#include <algorithm>
#include <array>
#include <utility>

namespace beamwright::physics_check {

namespace {

constexpr std::array<std::pair<Verdict, char const*>, 6> words{{{Verdict::failed, "failed"},
                                                                {Verdict::undecided, "undecided"},
                                                                {Verdict::not_run, "NOT RUN"},
                                                                {Verdict::passed, "passed"},
                                                                {Verdict::in_tests, "in the test command"},
                                                                {Verdict::reported, "reported"}}};

Json curve_json(Curve const& curve) {
    Json json{{"x", curve.x}, {"y", curve.y}};
    if (!curve.sigma.empty()) {
        json["sigma"] = curve.sigma;
    }
    return json;
}

Curve curve_from_json(JsonReader const& json) {
    Curve curve{json["x"].numbers(), json["y"].numbers(), {}};
    if (auto const sigma = json.find("sigma")) {
        curve.sigma = sigma->numbers();
    }
    if (curve.x.size() != curve.y.size() || (!curve.sigma.empty() && curve.sigma.size() != curve.x.size())) {
        json.refuse_here("the curve's lists differ in length", "each point has an x and a y",
                         "remove the file; the case is then run again");
    }
    return curve;
}

Json figure_json(Figure const& figure) {
    Json json{{"acceptance", figure.acceptance},
              {"what", figure.what},
              {"value", figure.value},
              {"sigma", figure.sigma},
              {"unit", figure.unit},
              {"bar", figure.bar ? Json(*figure.bar) : Json(nullptr)},
              {"because", figure.because},
              {"detail", figure.detail},
              {"reference", figure.reference}};
    if (figure.beyond_noise) {
        json["beyond_noise"] = *figure.beyond_noise;
    }
    json["verdict"] = to_string(figure.verdict());
    return json;
}

Figure figure_from_json(JsonReader const& json) {
    Figure figure;
    figure.acceptance = static_cast<int>(json["acceptance"].integer_in(0, 99));
    figure.what = json["what"].text();
    figure.value = json["value"].number();
    figure.sigma = json["sigma"].number();
    figure.unit = json["unit"].text();
    if (!json["bar"].is_null()) {
        figure.bar = json["bar"].number();
    }
    figure.because = json["because"].text();
    figure.detail = json["detail"].text();
    figure.reference = json["reference"].text();
    if (auto const beyond = json.find("beyond_noise")) {
        figure.beyond_noise = beyond->number();
    }
    return figure;
}

} // namespace

std::string to_string(Verdict verdict) {
    return std::find_if(words.begin(), words.end(), [&](auto const& entry) { return entry.first == verdict; })
        ->second;
}

Verdict worse(Verdict a, Verdict b) {
    for (auto const& [verdict, word] : words) {
        if (a == verdict || b == verdict) {
            return verdict;
        }
    }
    return a;
}

Verdict Figure::verdict() const {
    if (!bar) {
        return Verdict::reported;
    }
    if (std::fabs(value) <= *bar) {
        return Verdict::passed;
    }
    double const sure = beyond_noise.value_or(std::fabs(value) - granted_sigmas * sigma);
    return sure <= *bar ? Verdict::undecided : Verdict::failed; // what is no number has failed
}

Verdict CaseOutcome::verdict() const {
    if (left_out || !missing.empty()) {
        return Verdict::not_run;
    }
    if (!tests.empty()) {
        return Verdict::in_tests;
    }
    Verdict all = Verdict::reported;
    for (auto const& figure : figures) {
        all = worse(all, figure.verdict());
    }
    return all;
}

Json to_json(CaseOutcome const& outcome) {
    Json json;
    json["verdict"] = to_string(outcome.verdict());
    json["figures"] = Json::array();
    for (auto const& figure : outcome.figures) {
        json["figures"].push_back(figure_json(figure));
    }
    json["plots"] = Json::array();
    for (auto const& plot : outcome.plots) {
        Json lines = Json::array();
        for (auto const& line : plot.lines) {
            lines.push_back(
                {{"name", line.name}, {"theirs", line.theirs}, {"curve", curve_json(line.curve)}});
        }
        json["plots"].push_back({{"title", plot.title},
                                 {"note", plot.note},
                                 {"x_title", plot.x_title},
                                 {"y_title", plot.y_title},
                                 {"y_log", plot.y_log},
                                 {"lines", std::move(lines)}});
    }
    json["notes"] = outcome.notes;
    json["missing"] = outcome.missing;
    json["tests"] = outcome.tests;
    json["histories"] = outcome.histories;
    json["cpu_s"] = outcome.cpu_s;
    json["wall_s"] = outcome.wall_s;
    json["worst_imbalance"] = outcome.worst_imbalance;
    return json;
}

CaseOutcome outcome_from_json(JsonReader const& json) {
    CaseOutcome outcome;
    for (auto const& figure : json["figures"].items()) {
        outcome.figures.push_back(figure_from_json(figure));
    }
    for (auto const& item : json["plots"].items()) {
        Plot plot{
            item["title"].text(),   item["note"].text(), item["x_title"].text(), item["y_title"].text(), {},
            item["y_log"].boolean()};
        for (auto const& line : item["lines"].items()) {
            plot.lines.push_back(
                {line["name"].text(), curve_from_json(line["curve"]), line["theirs"].boolean()});
        }
        outcome.plots.push_back(std::move(plot));
    }
    for (auto const& note : json["notes"].items()) {
        outcome.notes.push_back(note.text());
    }
    outcome.histories = json["histories"].number();
    outcome.cpu_s = json["cpu_s"].number();
    outcome.wall_s = json["wall_s"].number();
    outcome.worst_imbalance = json["worst_imbalance"].number();
    return outcome;
}

} // namespace beamwright::physics_check
