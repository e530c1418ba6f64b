// Control points to layers. Two control points make one layer: the first with the weights, the second with
// zeros.
#include "dicom/plan_in_parts.hpp"
#include <algorithm>
#include <cmath>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>
#include <numeric>

namespace beamwright::plan_in {
namespace {

/// Weights are float32 and cumulative weights decimal strings of 16 characters: sums agree to about 1e-6. A
/// thousandth leaves room for systems that round to fewer digits; beyond it the dose would be wrong by as
/// much.
constexpr double weight_sum_tolerance = 1e-3, weight_sum_remark = 1e-4;
/// A layer's own sum may be rounded more coarsely against the whole.
constexpr double layer_sum_tolerance = 1e-2;
/// Largest energy of any proton gantry is 250 to 330 MeV; below 1 MeV nothing leaves a nozzle.
constexpr double least_energy_MeV = 1.0, most_energy_MeV = 1000.0;

/// One control point, read and checked by itself.
struct ControlPoint {
    double energy_MeV = 0;
    std::optional<double> cumulative_weight;
    std::vector<double> positions_mm; ///< x, y, x, y, ...
    std::vector<double> weights;
    std::optional<std::array<double, 2>> spot_fwhm_mm;
    double weight_sum = 0;
};

double read_energy(DicomItem const& item, double inherited_MeV, TreatmentBeam const& beam) {
    if (!item.has(DCM_NominalBeamEnergy)) {
        if (inherited_MeV > 0.0)
            return inherited_MeV;
        item.refuse_element(DCM_NominalBeamEnergy, fmt::format("is missing or empty ({})", beam_words(beam)),
                            "without it the range of the protons is unknown", export_again);
    }
    double const energy_MeV = item.number(DCM_NominalBeamEnergy);
    if (auto const unit = item.text_or(DCM_NominalBeamEnergyUnit, "MEV"); unit != "MEV") {
        item.refuse_element(DCM_NominalBeamEnergyUnit, fmt::format("is '{}' ({})", unit, beam_words(beam)),
                            "energies are read in MEV", export_again);
    }
    if (!(energy_MeV >= least_energy_MeV && energy_MeV <= most_energy_MeV)) {
        item.refuse_element(
            DCM_NominalBeamEnergy, fmt::format("is {} MeV ({})", energy_MeV, beam_words(beam)),
            fmt::format("a proton beam has between {} and {} MeV", least_energy_MeV, most_energy_MeV),
            export_again);
    }
    return energy_MeV;
}

/// Spot map and weights; an absent pair stays empty.
void read_spots(DicomItem const& item, TreatmentBeam const& beam, ControlPoint& point) {
    point.positions_mm = item.numbers(DCM_ScanSpotPositionMap);
    point.weights = item.numbers(DCM_ScanSpotMetersetWeights);
    auto const stated = item.find_integer(DCM_NumberOfScanSpotPositions);
    auto const count = stated.value_or(static_cast<long>(point.weights.size()));
    if (point.weights.empty() && point.positions_mm.empty() && count == 0)
        return;
    auto const refuse_count = [&](DcmTagKey tag, std::size_t found, char const* per_spot) {
        item.refuse_element(
            tag, fmt::format("has {} values for {} spots ({})", found, count, beam_words(beam)),
            fmt::format("it needs {} per spot, else positions and weights are mixed up", per_spot),
            export_again);
    };
    if (count < 0 || point.positions_mm.size() != 2 * static_cast<std::size_t>(count)) {
        refuse_count(DCM_ScanSpotPositionMap, point.positions_mm.size(), "x and y");
    }
    if (point.weights.size() != static_cast<std::size_t>(count)) {
        refuse_count(DCM_ScanSpotMetersetWeights, point.weights.size(), "one");
    }
    for (std::size_t i = 0; i < point.weights.size(); ++i) {
        if (point.weights[i] >= 0.0)
            continue;
        item.refuse_element(DCM_ScanSpotMetersetWeights,
                            fmt::format("value {} is {} ({})", i + 1, point.weights[i], beam_words(beam)),
                            "a spot cannot have less than no MU", export_again);
    }
    point.weight_sum = std::accumulate(point.weights.begin(), point.weights.end(), 0.0);
}

ControlPoint read_control_point(DicomItem const& item, std::size_t index, double inherited_MeV,
                                TreatmentBeam const& beam) {
    if (auto const stated = item.find_integer(DCM_ControlPointIndex);
        stated && *stated != static_cast<long>(index)) {
        item.refuse_element(DCM_ControlPointIndex,
                            fmt::format("is {} instead of {} ({})", *stated, index, beam_words(beam)),
                            "control points must stand in order", export_again);
    }
    ControlPoint point;
    point.energy_MeV = read_energy(item, inherited_MeV, beam);
    point.cumulative_weight = item.find_number(DCM_CumulativeMetersetWeight);
    read_spots(item, beam, point);
    auto const size = item.numbers(DCM_ScanningSpotSize);
    if (size.size() == 2 && size[0] > 0.0 && size[1] > 0.0)
        point.spot_fwhm_mm = {size[0], size[1]};
    return point;
}

/// Cumulative weights start at 0, never fall, and end at the final one. False if the plan gives none.
bool check_cumulative(std::vector<DicomItem> const& items, std::vector<ControlPoint> const& points,
                      double final_weight, TreatmentBeam const& beam) {
    auto const given = std::count_if(points.begin(), points.end(),
                                     [](auto const& p) { return p.cumulative_weight.has_value(); });
    if (given == 0)
        return false;
    double before = 0.0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        auto const refuse_weight = [&](std::string const& problem, std::string why) {
            items[i].refuse_element(DCM_CumulativeMetersetWeight,
                                    fmt::format("{} ({})", problem, beam_words(beam)), std::move(why),
                                    export_again);
        };
        if (!points[i].cumulative_weight)
            refuse_weight("is missing or empty", "other control points have it");
        double const here = *points[i].cumulative_weight;
        if (i == 0 && here != 0.0)
            refuse_weight(fmt::format("is {}", here), "the first control point starts at 0");
        if (here < before) {
            refuse_weight(fmt::format("falls from {} to {}", before, here),
                          "cumulative weights must not fall");
        }
        before = here;
    }
    if (std::abs(before - final_weight) > weight_sum_tolerance * final_weight) {
        items.back().refuse_element(
            DCM_CumulativeMetersetWeight, fmt::format("ends at {} ({})", before, beam_words(beam)),
            fmt::format("FinalCumulativeMetersetWeight (300A,010E) is {}, so the MU per spot are ambiguous",
                        final_weight),
            export_again);
    }
    return true;
}

/// Some systems write one control point per layer, all with weights and none with cumulative weights.
bool is_one_per_layer(std::vector<ControlPoint> const& points, bool has_cumulative) {
    return !has_cumulative &&
           std::all_of(points.begin(), points.end(), [](auto const& p) { return p.weight_sum > 0.0; });
}

void check_pair(std::vector<DicomItem> const& items, std::vector<ControlPoint> const& points,
                std::size_t first, TreatmentBeam const& beam) {
    auto const& start = points[first];
    auto const& end = points[first + 1];
    if (end.weight_sum > 0.0) {
        items[first + 1].refuse_element(
            DCM_ScanSpotMetersetWeights, fmt::format("is not all 0 ({})", beam_words(beam)),
            "the second control point of a layer must have weights 0", export_again);
    }
    if (end.energy_MeV != start.energy_MeV) {
        items[first + 1].refuse_element(DCM_NominalBeamEnergy,
                                        fmt::format("changes from {} to {} MeV within a layer ({})",
                                                    start.energy_MeV, end.energy_MeV, beam_words(beam)),
                                        "both control points of a layer must have one energy", export_again);
    }
}

/// The sum of a layer's weights must be what the cumulative weights say.
void check_layer_sum(DicomItem const& item, ControlPoint const& start, ControlPoint const& end,
                     double final_weight, TreatmentBeam const& beam) {
    double const stated = *end.cumulative_weight - *start.cumulative_weight;
    double const off = std::abs(start.weight_sum - stated);
    if (off <= std::max(layer_sum_tolerance * stated, weight_sum_tolerance * final_weight))
        return;
    item.refuse_element(
        DCM_ScanSpotMetersetWeights, fmt::format("sums to {} ({})", start.weight_sum, beam_words(beam)),
        fmt::format("the cumulative weights of this layer differ by {}", stated), export_again);
}

Layer layer_of(ControlPoint const& point, double MU_per_weight) {
    Layer layer{.energy_MeV = point.energy_MeV, .spots = {}, .spot_fwhm_mm = point.spot_fwhm_mm};
    for (std::size_t i = 0; i < point.weights.size(); ++i) {
        if (point.weights[i] > 0.0) {
            layer.spots.push_back(
                {point.positions_mm[2 * i], point.positions_mm[2 * i + 1], point.weights[i] * MU_per_weight});
        }
    }
    return layer;
}

std::vector<ControlPoint> read_control_points(std::vector<DicomItem> const& items,
                                              TreatmentBeam const& beam) {
    std::vector<ControlPoint> points;
    double energy_MeV = 0.0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        points.push_back(read_control_point(items[i], i, energy_MeV, beam));
        energy_MeV = points.back().energy_MeV;
    }
    return points;
}

double read_final_weight(DicomItem const& item, TreatmentBeam const& beam) {
    double const weight = item.number(DCM_FinalCumulativeMetersetWeight);
    if (weight > 0.0)
        return weight;
    item.refuse_element(DCM_FinalCumulativeMetersetWeight,
                        fmt::format("is {} ({})", weight, beam_words(beam)),
                        "spot weights are divided by it, so it must be above 0", export_again);
}

/// All weights together must be the final weight, else the beam would not get its meterset.
void check_total(DicomItem const& item, double total, double final_weight, TreatmentBeam const& beam) {
    double const off = std::abs(total - final_weight) / final_weight;
    if (total == 0.0) {
        item.refuse_element(DCM_IonControlPointSequence,
                            fmt::format("holds no spot with a weight ({})", beam_words(beam)),
                            "the beam has no fluence", export_again);
    }
    if (!(off <= weight_sum_tolerance)) {
        item.refuse_element(
            DCM_FinalCumulativeMetersetWeight, fmt::format("is {} ({})", final_weight, beam_words(beam)),
            fmt::format("the weights of all spots sum to {}, so the MU per spot are ambiguous", total),
            export_again);
    }
    if (off > weight_sum_remark) {
        item.warn_element(DCM_FinalCumulativeMetersetWeight,
                          fmt::format("is {} ({})", final_weight, beam_words(beam)),
                          fmt::format("the weights of all spots sum to {}", total));
    }
}

} // namespace

void read_layers(DicomItem const& item, std::vector<DicomItem> const& control_points, TreatmentBeam& beam) {
    auto const stated = item.find_integer(DCM_NumberOfControlPoints);
    if (stated && *stated != static_cast<long>(control_points.size())) {
        item.refuse_element(DCM_NumberOfControlPoints, fmt::format("is {} ({})", *stated, beam_words(beam)),
                            fmt::format("IonControlPointSequence has {} items", control_points.size()),
                            export_again);
    }
    double const final_weight = read_final_weight(item, beam);
    auto const points = read_control_points(control_points, beam);
    bool const has_cumulative = check_cumulative(control_points, points, final_weight, beam);
    bool const one_per_layer = is_one_per_layer(points, has_cumulative);
    if (!has_cumulative) {
        control_points.front().warn_element(
            DCM_CumulativeMetersetWeight, fmt::format("is missing ({})", beam_words(beam)),
            one_per_layer ? "every control point is taken as one layer" : "the spot weights alone are used");
    }
    if (!one_per_layer && points.size() % 2 != 0) {
        item.refuse_element(DCM_NumberOfControlPoints,
                            fmt::format("is {}, an odd number ({})", points.size(), beam_words(beam)),
                            "each layer needs two control points, the second with weights 0", export_again);
    }
    double total = 0.0;
    for (std::size_t i = 0; i < points.size(); i += one_per_layer ? 1 : 2) {
        if (!one_per_layer)
            check_pair(control_points, points, i, beam);
        if (has_cumulative)
            check_layer_sum(control_points[i], points[i], points[i + 1], final_weight, beam);
        total += points[i].weight_sum;
        if (points[i].weight_sum > 0.0) {
            beam.layers.push_back(layer_of(points[i], beam.meterset_MU / final_weight));
        } else {
            control_points[i].warn_element(DCM_ScanSpotMetersetWeights,
                                           fmt::format("sums to 0 ({})", beam_words(beam)),
                                           "a layer without MU is left out");
        }
    }
    check_total(item, total, final_weight, beam);
}

} // namespace beamwright::plan_in
