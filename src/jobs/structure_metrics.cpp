#include "jobs/structure_metrics.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// The number at the start of `text`; what follows goes to `rest`.
std::optional<double> leading_number(std::string_view text, std::string_view& rest) {
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || !std::isfinite(value) || value < 0) {
        return std::nullopt;
    }
    rest = text.substr(static_cast<std::size_t>(end - text.data()));
    return value;
}

[[noreturn]] void refuse_metric(std::string const& name) {
    refuse(fmt::format("no metric '{}'", name),
           "known: D95, D95%, D0.03cc, V20Gy, V20Gy_cc, V95%, mean, min, max", "correct the name");
}

} // namespace

std::optional<double> metric_value(StructureDvh const& structure, std::string const& name,
                                   double prescription_Gy) {
    auto const& dvh = structure.dvh;
    if (name.empty()) {
        refuse_metric(name);
    }
    std::string_view unit;
    bool const simple = name == "mean" || name == "min" || name == "max";
    auto const value = simple ? std::optional(0.0) : leading_number(std::string_view(name).substr(1), unit);
    bool const dose = name[0] == 'D' && value && (unit.empty() || unit == "%" || unit == "cc");
    bool const volume = name[0] == 'V' && value && (unit == "Gy" || unit == "Gy_cc" || unit == "%");
    if (!simple && ((!dose && !volume) || (dose && unit != "cc" && *value > 100))) {
        refuse_metric(name);
    }
    if (volume && unit == "%" && prescription_Gy <= 0) {
        refuse(fmt::format("metric {} needs a prescription", name),
               "V in percent of the dose is relative to it", "give a prescription, or ask for V in Gy");
    }
    if (dvh.empty()) {
        return std::nullopt;
    }
    if (simple) {
        return name == "mean" ? dvh.mean_Gy() : name == "min" ? dvh.min_Gy() : dvh.max_Gy();
    }
    if (dose) {
        return unit == "cc" ? dvh.dose_at_cm3(*value) : std::optional(dvh.dose_at_percent(*value));
    }
    return unit == "Gy"      ? dvh.volume_percent_at(*value)
           : unit == "Gy_cc" ? dvh.volume_cm3_at(*value)
                             : dvh.volume_percent_at(*value / 100 * prescription_Gy);
}

DvhQuestions customary_questions(double prescription_Gy) {
    DvhQuestions questions;
    questions.prescription_Gy = prescription_Gy;
    questions.volume_at_percent = {95, 100, 107};
    return questions;
}

double dvh_step_Gy(std::vector<StructureDvh> const& structures) {
    double most = 0;
    for (auto const& structure : structures) {
        most = std::max(most, structure.dvh.empty() ? 0.0 : structure.dvh.max_Gy());
    }
    if (!(most > 0)) {
        return 1;
    }
    double const power = std::pow(10.0, std::floor(std::log10(most / 500)));
    double const rest = most / 500 / power;
    return power * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
}

} // namespace beamwright
