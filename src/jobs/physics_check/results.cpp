#include "jobs/physics_check/results.hpp"
#include "core/run_record.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright::physics_check {

namespace {

constexpr std::array<char const*, 22> titles{
    "CSDA range in water",
    "R80 of mono-energetic beams, voxels and steps",
    "80-20 fall-off",
    "straggling of end points",
    "depth-dose shape",
    "scattering angle behind slabs",
    "beam widths in water",
    "non-elastic removal of primaries",
    "conservation in every nuclear event",
    "multiplicities and spectra of products",
    "energy budget of a run",
    "same bits on threads, chunks, processes",
    "slabs, lateral interface, implant",
    "LET of protons",
    "halo: energy in rings",
    "dose to water over dose to medium",
    "protons per MU, absolute dose",
    "spot optics",
    "range shifter",
    "uncertainty: coverage, 1/sqrt(N)",
    "relations",
    "random small worlds",
};

constexpr std::array<char const*, 8> neutron_titles{
    "cross sections of the library",
    "kerma of the library",
    "one-effect cases in water",
    "Snyder head",
    "energy balance",
    "uncertainty: coverage",
    "theory: diffusion, age, reciprocity, rotation",
    "speed and memory; measurements in phantoms",
};

/// Digits that the uncertainty, or the bar, leaves.
std::string digits(double value, double scale) {
    double const unit = scale > 0 ? scale : std::fabs(value);
    if (!(unit > 0)) {
        return fmt::format("{:.3g}", value);
    }
    if (unit < 1e-4 || unit > 1e5) {
        return fmt::format("{:+.2e}", value);
    }
    int const decimals = std::clamp(static_cast<int>(std::ceil(1 - std::log10(unit))), 0, 5);
    return fmt::format("{:+.{}f}", value, decimals);
}

/// The figure that is nearest to, or farthest beyond, its bar.
Figure const* leading(CaseOutcome const& outcome) {
    Figure const* chosen = nullptr;
    double most = -1;
    for (auto const& figure : outcome.figures) {
        double const share = figure.bar ? std::fabs(figure.value) / std::max(*figure.bar, 1e-300) : -0.5;
        if (chosen == nullptr || share > most) {
            chosen = &figure;
            most = share;
        }
    }
    return chosen;
}

} // namespace

int test_count(std::string const& particle) {
    return static_cast<int>(particle == "neutron" ? neutron_titles.size() : titles.size());
}

std::string test_title(int number, std::string const& particle) {
    if (number < 1 || number > test_count(particle)) {
        return "";
    }
    auto const at = static_cast<std::size_t>(number - 1);
    return particle == "neutron" ? neutron_titles.at(at) : titles.at(at);
}

std::string value_text(Figure const& figure) {
    double const scale = figure.sigma > 0 ? figure.sigma : figure.bar.value_or(0) / 10;
    std::string text = digits(figure.value, scale);
    if (figure.sigma > 0) {
        text += fmt::format(" ± {}", digits(figure.sigma, figure.sigma).substr(1));
    }
    return figure.unit.empty() ? text : text + " " + figure.unit;
}

std::string bar_text(Figure const& figure) {
    return figure.bar ? fmt::format("{:.3g} {}", *figure.bar, figure.unit) : "reported";
}

std::vector<TestVerdict> verdicts_by_test(SuiteResult const& suite) {
    std::vector<TestVerdict> tests;
    auto const& particle = suite.settings.particle;
    for (int number = 1; number <= test_count(particle); ++number) {
        TestVerdict test{number, test_title(number, particle), Verdict::not_run};
        bool any = false;
        for (auto const& one : suite.cases) {
            if (!one.text->answers(number)) {
                continue;
            }
            // A case of several tests: only the figures of this one count
            Verdict verdict = one.outcome.verdict();
            if (one.text->acceptance.size() > 1 && !one.outcome.figures.empty()) {
                verdict = Verdict::reported;
                for (auto const& figure : one.outcome.figures) {
                    verdict = figure.acceptance == number ? worse(verdict, figure.verdict()) : verdict;
                }
            }
            test.verdict = any ? worse(test.verdict, verdict) : verdict;
            any = true;
        }
        tests.push_back(test);
    }
    return tests;
}

Json suite_json(SuiteResult const& suite) {
    Json json;
    json["schema_version"] = 1;
    json["fast"] = suite.settings.fast;
    json["target"] = engine_of(suite.settings.target);
    json["particle"] = suite.settings.particle;
    json["granted_sigmas"] = granted_sigmas;
    json["false_alarm_per_run"] = 1e-6;
    json["tests"] = Json::array();
    for (auto const& test : verdicts_by_test(suite)) {
        json["tests"].push_back(
            {{"number", test.number}, {"title", test.title}, {"verdict", to_string(test.verdict)}});
    }
    json["cases"] = Json::array();
    for (auto const& one : suite.cases) {
        Json item{{"name", one.text->name},
                  {"title", one.text->title},
                  {"acceptance", one.text->acceptance},
                  {"claim", one.text->claim},
                  {"references", one.text->references},
                  {"would_catch", one.text->would_catch},
                  {"kept", one.kept}};
        item.update(to_json(one.outcome));
        json["cases"].push_back(std::move(item));
    }
    json["warnings"] = to_json(suite.warnings);
    json["run"] = suite.run_record;
    return json;
}

std::string suite_text(SuiteResult const& suite) {
    std::string text =
        fmt::format("{:<4} {:<26} {:<20} {}\n", "test", "case", "verdict", "figure nearest to its bar");
    std::size_t left_out = 0;
    for (auto const& one : suite.cases) {
        if (one.outcome.left_out) {
            ++left_out;
            continue;
        }
        std::string figure;
        auto const* const shown = leading(one.outcome);
        if (shown != nullptr) {
            figure = fmt::format("{}: {} (bar {})", shown->what, value_text(*shown), bar_text(*shown));
        } else if (!one.outcome.missing.empty()) {
            figure = fmt::format("reference missing: {}", fmt::join(one.outcome.missing, ", "));
        } else {
            figure = one.outcome.tests.front();
            auto const more = one.outcome.tests.size() - 1;
            figure += more > 0 ? fmt::format(" and {} more", more) : "";
        }
        text +=
            fmt::format("{:<4} {:<26} {:<20} {}\n", fmt::format("{}", fmt::join(one.text->acceptance, ",")),
                        one.text->name, to_string(one.outcome.verdict()), figure);
    }
    text +=
        left_out > 0 ? fmt::format("{} cases NOT RUN: left out by --fast, --only or --case\n", left_out) : "";
    std::string failed;
    for (auto const& one : suite.cases) {
        for (auto const& figure : one.outcome.figures) {
            if (figure.verdict() == Verdict::failed || figure.verdict() == Verdict::undecided) {
                failed += fmt::format("  {} {}: {} {} (bar {}); {}\n", figure.acceptance,
                                      to_string(figure.verdict()), figure.what, value_text(figure),
                                      bar_text(figure), figure.detail);
            }
        }
    }
    return failed.empty() ? text : "Beyond their bars:\n" + failed + text;
}

} // namespace beamwright::physics_check
