/// How long a port may stay open: the structure that reaches its limit first decides.
/// docs/methods/irradiation_time.md
#pragma once
#include "evaluate/capture/structure_dose.hpp"
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace beamwright {

enum class LimitedFigure : std::uint8_t { most, mean, hottest_volume };

/// One limit of one irradiation.
struct DoseLimit {
    std::string structure;
    StructureVoxels const* voxels = nullptr;
    DoseKind kind = DoseKind::weighted;
    LimitedFigure figure = LimitedFigure::most;
    double cm3 = 2; ///< of hottest_volume: 2 is D_2cc
    double limit_Gy = 0;
};
std::string name_of(DoseLimit const& limit); ///< "brain D_2cc of the weighted dose, 12.5 Gy"

struct LimitOutcome {
    std::string limit; ///< its name
    bool reached = false;
    double minutes =
        0; ///< alone, this limit allows so much (the longest time asked for, if it is not reached)
    double at_chosen_Gy = 0; ///< the figure at the chosen time
};

struct IrradiationTime {
    double minutes = 0;
    std::optional<std::size_t> limiting; ///< index of the limit; none where the longest time came first
    std::vector<LimitOutcome> limits;
};

/// The longest irradiation from `start_min` on (clock of the blood level) that keeps all limits, at most
/// `longest_min`. To 1e-6 of the time. \throws Refusal without limits, for limits that are not positive,
/// structures smaller than the volume asked for, and a port that gives no dose to any limited structure
IrradiationTime irradiation_time(CaptureMap const& map, std::vector<DoseLimit> const& limits,
                                 BloodLevel const& blood, double start_min, double longest_min);

/// The same for any dose that rises with time: `figure` says what a limit's figure is after so many minutes.
using FigureAtTime = std::function<double(DoseLimit const& limit, std::size_t index, double minutes)>;
IrradiationTime irradiation_time(FigureAtTime const& figure, std::vector<DoseLimit> const& limits,
                                 double longest_min);

/// One figure of doses in the order of the limit's voxels.
double limited_figure_Gy(DoseLimit const& limit, std::span<float const> dose_Gy);
/// One figure at a given time.
double limited_figure_Gy(CaptureMap const& map, DoseLimit const& limit, Irradiation const& irradiation);

} // namespace beamwright
