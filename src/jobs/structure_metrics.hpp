/// The figures that jobs ask of a structure, by name or as the customary set.
#pragma once
#include "evaluate/dvh/dvh.hpp"
#include "evaluate/dvh/tables.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// A metric by name: D95 or D95% and D0.03cc in Gy, V20Gy and V95% (of `prescription_Gy`) in percent, V20Gy_cc in cm3,
/// mean, min, max in Gy. Nothing where the structure is empty or smaller than asked. \throws Refusal for another name,
/// or V% without a prescription
std::optional<double> metric_value(StructureDvh const& structure, std::string const& name,
                                   double prescription_Gy);

/// What every result answers: the customary D_x and, with a prescription, V95% and V107%.
DvhQuestions customary_questions(double prescription_Gy);

/// A step that gives about 500 points up to the greatest dose, rounded to 1, 2 or 5.
double dvh_step_Gy(std::vector<StructureDvh> const& structures);

/// Voxels are cut for histograms until no part is longer than this; the dose is trilinear in between.
inline constexpr double dvh_part_mm = 1.0;

} // namespace beamwright
