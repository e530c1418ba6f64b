#include "evaluate/biology/repair_factors.hpp"
#include "core/contracts.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// Gauss-Legendre points and weights on (-1, 1), eight points, positive half (Abramowitz and Stegun 1964,
/// table 25.4).
constexpr std::array<std::pair<double, double>, 4> gauss_8{{{0.1834346424956498, 0.3626837833783620},
                                                            {0.5255324099163290, 0.3137066458778873},
                                                            {0.7966664774136267, 0.2223810344533745},
                                                            {0.9602898564975363, 0.1012285362903763}}};

/// A dose rate over time: sum of terms, time from the start of the irradiation.
using Course = std::vector<BloodLevel::Term>;

double rate_at(Course const& course, double min) {
    double sum = 0;
    for (auto const& term : course) {
        sum += term.ppm * std::exp(-term.decay_per_min * min);
    }
    return sum;
}

/// (1 - e^-x) / x
double mean_fall(double x) { return std::abs(x) < 1e-12 ? 1 - 0.5 * x : -std::expm1(-x) / x; }

/// What the damage of `earlier` has left at `min`: integral of rate(w) exp(-(min - w) / time constant).
double unrepaired(Course const& earlier, double min, double repair_per_min) {
    double sum = 0;
    for (auto const& term : earlier) {
        double const difference = repair_per_min - term.decay_per_min;
        sum += term.ppm * std::exp(-term.decay_per_min * min) * min * mean_fall(difference * min);
    }
    return sum;
}

double fastest_per_min(Course const& course) {
    double most = 0;
    for (auto const& term : course) {
        most = std::max(most, std::abs(term.decay_per_min));
    }
    return most;
}

/// Integral over time of rate(later) times what `earlier` left.
double paired(Course const& later, Course const& earlier, double minutes, double repair_per_min) {
    double const fastest = repair_per_min + fastest_per_min(later) + fastest_per_min(earlier);
    int const panels = 2 + static_cast<int>(std::min(fastest * minutes, 2000.0));
    double const half = 0.5 * minutes / panels;
    double sum = 0;
    for (int panel = 0; panel < panels; ++panel) {
        double const middle = (2 * panel + 1) * half;
        for (auto const& [place, weight] : gauss_8) {
            for (double const min : {middle - half * place, middle + half * place}) {
                sum += weight * half * rate_at(later, min) * unrepaired(earlier, min, repair_per_min);
            }
        }
    }
    return sum;
}

double whole(Course const& course, double minutes) {
    double sum = 0;
    for (auto const& term : course) {
        sum += term.ppm * minutes * mean_fall(term.decay_per_min * minutes);
    }
    return sum;
}

/// The blood on the clock of the irradiation.
Course boron_course(Irradiation const& irradiation) {
    Course boron = irradiation.blood.terms;
    for (auto& term : boron) {
        term.ppm *= std::exp(-term.decay_per_min * irradiation.start_min);
    }
    return boron;
}

/// Share of a course's damage that is left at its end; and share of a later course's damage that meets what
/// was there at its beginning. 1 where there is no dose.
double left_at_end(Course const& course, double minutes, double repair_per_min) {
    double const all = whole(course, minutes);
    return all > 0 ? unrepaired(course, minutes, repair_per_min) / all : 1;
}
double met_from_start(Course const& course, double minutes, double repair_per_min) {
    double sum = 0;
    for (auto const& term : course) {
        sum += term.ppm * minutes * mean_fall((term.decay_per_min + repair_per_min) * minutes);
    }
    double const all = whole(course, minutes);
    return all > 0 ? sum / all : 1;
}

double factor(Course const& a, Course const& b, double minutes, double repair_per_min) {
    double const doses = whole(a, minutes) * whole(b, minutes);
    if (!(doses > 0)) {
        return 1; // nothing to weigh
    }
    return (paired(a, b, minutes, repair_per_min) + paired(b, a, minutes, repair_per_min)) / doses;
}

} // namespace

double steady_repair_factor(double time_constant_min, double minutes) {
    BW_EXPECT(time_constant_min > 0 && minutes > 0);
    double const y = minutes / time_constant_min;
    if (y < 1e-2) { // the formula cancels; four terms of its series are exact to 1e-12
        return 1 - y / 3 * (1 - y / 4 * (1 - y / 5 * (1 - y / 6)));
    }
    return 2 / y * (1 - mean_fall(y));
}

RepairFactors<double> repair_factors(Irradiation const& irradiation, double time_constant_min) {
    BW_EXPECT(time_constant_min > 0 && irradiation.minutes > 0);
    double const repair_per_min = 1 / time_constant_min, minutes = irradiation.minutes;
    Course const boron = boron_course(irradiation);
    Course const steady{{1.0, 0.0}};
    return {factor(boron, boron, minutes, repair_per_min), factor(boron, steady, minutes, repair_per_min),
            steady_repair_factor(time_constant_min, minutes)};
}

CrossedFactors<double> crossed_factors(Irradiation const& first, Irradiation const& second,
                                       double time_constant_min) {
    BW_EXPECT(time_constant_min > 0 && first.minutes > 0 && second.minutes > 0);
    double const gap_min = second.start_min - (first.start_min + first.minutes);
    if (!(gap_min >= -1e-9)) {
        refuse(fmt::format("an irradiation begins {:.3g} min before the one before it ends", -gap_min),
               "fields are given one after the other", "correct the times at which the fields begin");
    }
    double const repair_per_min = 1 / time_constant_min;
    double const between = std::exp(-std::max(gap_min, 0.0) * repair_per_min);
    Course const steady{{1.0, 0.0}};
    double const boron_left = left_at_end(boron_course(first), first.minutes, repair_per_min);
    double const steady_left = left_at_end(steady, first.minutes, repair_per_min);
    double const boron_met = met_from_start(boron_course(second), second.minutes, repair_per_min);
    double const steady_met = met_from_start(steady, second.minutes, repair_per_min);
    return {between * boron_left * boron_met, between * boron_left * steady_met,
            between * steady_left * boron_met, between * steady_left * steady_met};
}

} // namespace beamwright
