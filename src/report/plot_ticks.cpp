#include "report/xy_plot.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright::report {

std::vector<XyTick> linear_ticks(double least, double most, int about) {
    double const rough = (most - least) / about;
    double step = std::pow(10, std::floor(std::log10(rough)));
    for (double const factor : {1.0, 2.0, 5.0, 10.0}) {
        if (factor * step >= rough) {
            step *= factor;
            break;
        }
    }
    std::vector<XyTick> ticks;
    for (double k = std::ceil(least / step - 1e-9); k * step <= most + 1e-9 * step; ++k) {
        double const at = k * step;
        ticks.push_back({at, fmt::format("{:.6g}", at == 0 ? 0.0 : at)});
    }
    return ticks;
}

std::vector<XyTick> log_ticks(double least, double most) {
    std::vector<XyTick> ticks;
    double const decades = std::log10(most / least);
    int const last = static_cast<int>(std::floor(std::log10(most)));
    for (int power = static_cast<int>(std::floor(std::log10(least))); power <= last; ++power) {
        for (int digit = 1; digit <= 9; ++digit) {
            double const at = digit * std::pow(10, power);
            if (at < least * (1 - 1e-9) || at > most * (1 + 1e-9)) {
                continue;
            }
            bool const named = digit == 1 || (decades < 2.6 && (digit == 2 || digit == 5)) || decades < 0.7;
            ticks.push_back({at, named ? fmt::format("{:.6g}", at) : std::string()});
        }
    }
    return ticks;
}

} // namespace beamwright::report
