#include "evaluate/capture/irradiation_time.hpp"
#include "core/contracts.hpp"
#include "core/refusal.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr double time_precision = 1e-6;

void check(DoseLimit const& limit) {
    BW_EXPECT(limit.voxels != nullptr);
    if (!(limit.limit_Gy > 0) || !std::isfinite(limit.limit_Gy)) {
        refuse(fmt::format("the limit of '{}' is {} Gy", limit.structure, limit.limit_Gy),
               "a limit is a dose above 0 for one irradiation", "state the limit");
    }
    if (limit.figure == LimitedFigure::hottest_volume &&
        !(limit.cm3 > 0 && limit.cm3 <= limit.voxels->volume_cm3() * (1 + 1e-9))) {
        refuse(fmt::format("'{}' has {:.2f} cm3, its limit asks for the hottest {:g} cm3", limit.structure,
                           limit.voxels->volume_cm3(), limit.cm3),
               "the figure does not exist", "limit the maximum or the mean of this structure");
    }
}

/// The time at which the figure reaches the limit, between 0 and `longest`: false position with halved
/// weights (Illinois; Dowell and Jarratt 1971). The figure rises with time.
LimitOutcome outcome_of(FigureAtTime const& figure, DoseLimit const& limit, std::size_t index,
                        double longest_min) {
    auto const excess = [&](double minutes) { return figure(limit, index, minutes) - limit.limit_Gy; };
    LimitOutcome outcome{name_of(limit), true, longest_min, 0};
    double low = 0, high = longest_min;
    double at_low = -limit.limit_Gy, at_high = excess(longest_min);
    if (at_high <= 0) {
        outcome.reached = at_high == 0;
        return outcome;
    }
    int last_side = 0;
    for (int i = 0; i < 200 && high - low > time_precision * high; ++i) {
        double minutes = (low * at_high - high * at_low) / (at_high - at_low);
        // Stay a little inside, so that the end with the root next to it moves, too
        double const edge = 0.25 * time_precision * high;
        minutes = std::fmin(std::fmax(minutes, low + edge), high - edge);
        double const here = excess(minutes);
        int const side = here > 0 ? 1 : -1;
        if (side > 0) {
            high = minutes;
            at_high = here;
            at_low *= last_side == side ? 0.5 : 1.0;
        } else {
            low = minutes;
            at_low = here;
            at_high *= last_side == side ? 0.5 : 1.0;
        }
        last_side = side;
    }
    outcome.minutes = low; // the side that keeps the limit
    return outcome;
}

} // namespace

std::string name_of(DoseLimit const& limit) {
    std::string figure = "maximum";
    if (limit.figure == LimitedFigure::mean) {
        figure = "mean";
    } else if (limit.figure == LimitedFigure::hottest_volume) {
        figure = fmt::format("D_{:g}cc", limit.cm3);
    }
    return fmt::format("{} {} of the {}, {:g} Gy", limit.structure, figure, name_of(limit.kind),
                       limit.limit_Gy);
}

double limited_figure_Gy(DoseLimit const& limit, std::span<float const> dose_Gy) {
    switch (limit.figure) {
    case LimitedFigure::mean:
        return mean_dose_Gy(dose_Gy, *limit.voxels);
    case LimitedFigure::hottest_volume:
        return dose_at_cm3_Gy(dose_Gy, *limit.voxels, limit.cm3).value_or(0);
    case LimitedFigure::most:
        break;
    }
    return most_dose_Gy(dose_Gy);
}

double limited_figure_Gy(CaptureMap const& map, DoseLimit const& limit, Irradiation const& irradiation) {
    return limited_figure_Gy(
        limit, structure_doses(map, *limit.voxels, limit.kind, ready_tissues(map.tissues(), irradiation)));
}

IrradiationTime irradiation_time(CaptureMap const& map, std::vector<DoseLimit> const& limits,
                                 BloodLevel const& blood, double start_min, double longest_min) {
    auto const figure = [&](DoseLimit const& limit, std::size_t, double minutes) {
        return limited_figure_Gy(map, limit, {minutes, start_min, blood});
    };
    return irradiation_time(figure, limits, longest_min);
}

IrradiationTime irradiation_time(FigureAtTime const& figure, std::vector<DoseLimit> const& limits,
                                 double longest_min) {
    if (limits.empty()) {
        refuse("no structure limits the irradiation", "the time follows from the tolerance of a structure",
               "state a limit, for example the maximum of the brain");
    }
    if (!(longest_min > 0 && longest_min <= 1e4)) {
        refuse(fmt::format("the longest time is {} min", longest_min),
               "the search needs an end between 0 and 10000 min",
               "state the longest irradiation that the department would give");
    }
    IrradiationTime time{longest_min, std::nullopt, {}};
    bool any_dose = false;
    for (auto const& limit : limits) {
        check(limit);
        time.limits.push_back(outcome_of(figure, limit, time.limits.size(), longest_min));
        auto const& outcome = time.limits.back();
        if (outcome.reached && outcome.minutes <= time.minutes) {
            time.minutes = outcome.minutes;
            time.limiting = time.limits.size() - 1;
        }
    }
    for (std::size_t i = 0; i < limits.size(); ++i) {
        time.limits[i].at_chosen_Gy = figure(limits[i], i, time.minutes);
        any_dose = any_dose || time.limits[i].at_chosen_Gy > 0;
    }
    if (!any_dose) {
        refuse("no limited structure gets any dose from this port", "its irradiation would never end",
               "check the placement of the port and the structures that limit it");
    }
    return time;
}

} // namespace beamwright
