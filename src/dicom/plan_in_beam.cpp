// What a beam is and how it is set up: scanned protons or not, angles, isocenter, range shifters.
#include "dicom/plan_in_parts.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>
#include <map>

namespace beamwright::plan_in {
namespace {

/// Values that a system writes twice may differ by rounding to 16 characters or to float32, not by more.
constexpr double same_angle_deg = 1e-3, same_place_mm = 1e-3;

void expect_protons(DicomItem const& item, TreatmentBeam const& beam) {
    auto const type = item.text(DCM_RadiationType);
    if (type == "PROTON")
        return;
    if (type == "ION") {
        long const mass = item.integer(DCM_RadiationMassNumber),
                   charge = item.integer(DCM_RadiationAtomicNumber);
        if (mass == 1 && charge == 1)
            return;
        item.refuse_element(
            DCM_RadiationType,
            fmt::format("is ION with mass number {} and atomic number {} ({})", mass, charge,
                        mass == 12 && charge == 6 ? "carbon, " + beam_words(beam) : beam_words(beam)),
            "beamwright transports protons only", "use a program for this ion");
    }
    item.refuse_element(DCM_RadiationType, fmt::format("is '{}' ({})", type, beam_words(beam)),
                        "beamwright transports protons only", "name a proton plan");
}

void expect_scanning(DicomItem const& item, TreatmentBeam const& beam) {
    auto const mode = item.text(DCM_ScanMode);
    if (mode == "MODULATED")
        return;
    if (mode == "MODULATED_SPEC") {
        auto const special = item.text_or(DCM_ModulatedScanModeType, "");
        if (special == "STATIONARY")
            return;
        item.refuse_element(DCM_ModulatedScanModeType, fmt::format("is '{}' ({})", special, beam_words(beam)),
                            "only STATIONARY spots are read; what is given between spots would be lost",
                            "export the plan as step-and-shoot spots");
    }
    item.refuse_element(
        DCM_ScanMode, fmt::format("is '{}' ({})", mode, beam_words(beam)),
        mode == "UNIFORM" || mode == "NONE"
            ? "this is passive or uniform scanning; only modulated scanning has spots with weights"
            : "only modulated scanning (spots with weights) is read",
        "name a plan with scan mode MODULATED");
}

/// Devices in the beam that change the dose and that nothing here models.
void expect_nothing_in_the_beam(DicomItem const& item, TreatmentBeam const& beam) {
    struct Device {
        DcmTagKey count;
        char const* name;
    };
    static std::array<Device, 3> const devices{{{DCM_NumberOfWedges, "wedges"},
                                                {DCM_NumberOfCompensators, "compensators"},
                                                {DCM_NumberOfRangeModulators, "range modulators"}}};
    for (auto const& device : devices) {
        if (long const count = item.integer_or(device.count, 0); count != 0) {
            item.refuse_element(device.count, fmt::format("is {} ({})", count, beam_words(beam)),
                                fmt::format("{} are not modelled, the dose would be wrong", device.name),
                                "plan the beam without them");
        }
    }
    for (auto const& spreader : item.items(DCM_LateralSpreadingDeviceSequence)) {
        if (auto const type = spreader.text_or(DCM_LateralSpreadingDeviceType, ""); type == "SCATTERER") {
            spreader.refuse_element(DCM_LateralSpreadingDeviceType,
                                    fmt::format("is {} ({})", type, beam_words(beam)),
                                    "this is a passively scattered beam", "name a plan with scanned spots");
        }
    }
    if (long const boli = item.integer_or(DCM_NumberOfBoli, 0); boli != 0) {
        item.warn_element(DCM_NumberOfBoli,
                          fmt::format("is {} ({}): bolus is not put on the patient", boli, beam_words(beam)),
                          "it is not in the CT", "give the bolus structure a density and material");
    }
    if (item.has(DCM_IonBeamLimitingDeviceSequence)) {
        item.warn_element(DCM_IonBeamLimitingDeviceSequence,
                          fmt::format("is present ({}) and ignored", beam_words(beam)),
                          "jaws and leaves are not modelled; spots are taken as if nothing trimmed them");
    }
    if (item.text_or(DCM_PatientSupportType, "") == "CHAIR") {
        item.refuse_element(DCM_PatientSupportType, fmt::format("is CHAIR ({})", beam_words(beam)),
                            "seated patients are not modelled", "plan the patient on a table");
    }
}

void expect_meterset_unit(DicomItem const& item, TreatmentBeam const& beam) {
    auto const unit = item.text_or(DCM_PrimaryDosimeterUnit, "");
    if (unit.empty()) {
        item.warn_element(DCM_PrimaryDosimeterUnit,
                          fmt::format("is missing ({}); MU is taken", beam_words(beam)),
                          "the standard wants this element");
    } else if (unit != "MU") {
        item.refuse_element(DCM_PrimaryDosimeterUnit, fmt::format("is '{}' ({})", unit, beam_words(beam)),
                            "machine models give protons per MU, so metersets must be in MU",
                            "export the plan with metersets in MU");
    }
}

} // namespace

/// A number of the first control point that must hold for the whole beam; nothing if the plan does not give
/// it.
std::optional<double> constant_number(std::vector<DicomItem> const& control_points, DcmTagKey tag,
                                      double tolerance, TreatmentBeam const& beam) {
    auto const first = control_points.front().find_number(tag);
    for (auto const& point : control_points) {
        auto const value = point.find_number(tag);
        if (!value || (first && std::abs(*value - *first) <= tolerance))
            continue;
        point.refuse_element(tag,
                             fmt::format("is {} but {} at the first control point ({})", *value,
                                         first ? fmt::format("{}", *first) : "not given", beam_words(beam)),
                             "geometry that changes while a beam is on (arcs, moving tables) is not modelled",
                             "split the beam, one per position");
    }
    return first;
}

namespace {

double required_angle(std::vector<DicomItem> const& control_points, DcmTagKey tag,
                      TreatmentBeam const& beam) {
    if (auto const angle = constant_number(control_points, tag, same_angle_deg, beam))
        return *angle;
    control_points.front().refuse_element(tag, fmt::format("is missing or empty ({})", beam_words(beam)),
                                          "without it the direction of the beam is unknown", export_again);
}

/// Angles that must be zero because nothing here models them.
void expect_zero_angle(std::vector<DicomItem> const& control_points, DcmTagKey tag,
                       TreatmentBeam const& beam) {
    for (auto const& point : control_points) {
        auto const angle = point.find_number(tag);
        if (!angle || *angle == 0.0)
            continue;
        point.refuse_element(tag, fmt::format("is {} ({})", *angle, beam_words(beam)),
                             "this rotation is not modelled", "plan the beam with 0 here");
    }
}

Vec3<double> constant_isocenter(std::vector<DicomItem> const& control_points, TreatmentBeam const& beam) {
    auto const& first = control_points.front();
    if (!first.has(DCM_IsocenterPosition)) {
        first.refuse_element(DCM_IsocenterPosition, fmt::format("is missing or empty ({})", beam_words(beam)),
                             "without it the place of the beam in the patient is unknown", export_again);
    }
    auto const start = first.numbers(DCM_IsocenterPosition, 3);
    for (auto const& point : control_points) {
        if (!point.has(DCM_IsocenterPosition))
            continue;
        auto const here = point.numbers(DCM_IsocenterPosition, 3);
        for (std::size_t i = 0; i < 3; ++i) {
            if (std::abs(here[i] - start[i]) <= same_place_mm)
                continue;
            point.refuse_element(
                DCM_IsocenterPosition,
                fmt::format("is ({}, {}, {}) mm but ({}, {}, {}) mm at the first control point ({})", here[0],
                            here[1], here[2], start[0], start[1], start[2], beam_words(beam)),
                "an isocenter that changes within a beam is not modelled", "split the beam");
        }
    }
    return {start[0], start[1], start[2]};
}

void read_snout(std::vector<DicomItem> const& control_points, TreatmentBeam& beam) {
    beam.snout_position_mm = control_points.front().find_number(DCM_SnoutPosition);
    for (auto const& point : control_points) {
        auto const here = point.find_number(DCM_SnoutPosition);
        if (!here || (beam.snout_position_mm && std::abs(*here - *beam.snout_position_mm) <= same_place_mm))
            continue;
        point.warn_element(DCM_SnoutPosition, fmt::format("changes to {} mm ({})", *here, beam_words(beam)),
                           "the first position is kept for the whole beam");
        return;
    }
}

void read_virtual_source(DicomItem const& item, TreatmentBeam& beam) {
    auto const distances = item.numbers(DCM_VirtualSourceAxisDistances);
    if (distances.empty())
        return;
    if (distances.size() != 2 || !(distances[0] > 0.0) || !(distances[1] > 0.0)) {
        item.warn_element(DCM_VirtualSourceAxisDistances,
                          fmt::format("is not two distances above 0 ({}) and is not used", beam_words(beam)),
                          "the machine model gives its own");
        return;
    }
    beam.virtual_source_x_mm = distances[0];
    beam.virtual_source_y_mm = distances[1];
}

/// A range shifter named in RangeShifterSequence.
struct Device {
    std::string id, type;
};

std::map<long, Device> range_shifter_devices(DicomItem const& item, TreatmentBeam const& beam) {
    std::map<long, Device> devices;
    for (auto const& device : item.items(DCM_RangeShifterSequence)) {
        long const number = device.integer(DCM_RangeShifterNumber);
        Device const found{device.text_or(DCM_RangeShifterID, ""), device.text_or(DCM_RangeShifterType, "")};
        if (!devices.emplace(number, found).second) {
            device.refuse_element(DCM_RangeShifterNumber,
                                  fmt::format("is {} a second time ({})", number, beam_words(beam)),
                                  "range shifter numbers must differ within a beam", export_again);
        }
    }
    auto const stated = item.find_integer(DCM_NumberOfRangeShifters);
    if (stated && *stated != static_cast<long>(devices.size())) {
        item.refuse_element(DCM_NumberOfRangeShifters,
                            fmt::format("is {} but RangeShifterSequence has {} items ({})", *stated,
                                        devices.size(), beam_words(beam)),
                            "it is not known what stands in the beam", export_again);
    }
    return devices;
}

/// A distance that is usable only above 0; 0 means not stated.
std::optional<double> stated_length(DicomItem const& setting, DcmTagKey tag, TreatmentBeam const& beam) {
    auto const length = setting.find_number(tag);
    if (length && *length < 0.0) {
        setting.refuse_element(tag, fmt::format("is {} mm ({})", *length, beam_words(beam)),
                               "it must be above 0", export_again);
    }
    return length && *length > 0.0 ? length : std::nullopt;
}

/// The range shifters in the beam at one control point.
std::vector<RangeShifterSetting> shifters_in(DicomItem const& point, std::map<long, Device> const& devices,
                                             TreatmentBeam const& beam) {
    std::vector<RangeShifterSetting> in;
    for (auto const& setting : point.items(DCM_RangeShifterSettingsSequence)) {
        auto const state = setting.text_or(DCM_RangeShifterSetting, "");
        if (state == "OUT")
            continue;
        long const number = setting.integer(DCM_ReferencedRangeShifterNumber);
        auto const device = devices.find(number);
        if (device == devices.end()) {
            setting.refuse_element(DCM_ReferencedRangeShifterNumber,
                                   fmt::format("is {} ({})", number, beam_words(beam)),
                                   "RangeShifterSequence has no range shifter of that number", export_again);
        }
        if (state != "IN") {
            setting.refuse_element(
                DCM_RangeShifterSetting,
                fmt::format("is '{}' for range shifter '{}' of type '{}' ({})", state, device->second.id,
                            device->second.type, beam_words(beam)),
                "only plates that are IN or OUT are known; what this setting puts into the beam is not",
                "plan the beam with a fixed range shifter");
        }
        in.push_back(
            {.id = device->second.id.empty() ? std::to_string(number) : device->second.id,
             .isocenter_to_tray_mm = stated_length(setting, DCM_IsocenterToRangeShifterDistance, beam),
             .wet_mm = stated_length(setting, DCM_RangeShifterWaterEquivalentThickness, beam)});
    }
    return in;
}

bool same_length(std::optional<double> a, std::optional<double> b) {
    return a.has_value() == b.has_value() && (!a || std::abs(*a - *b) <= same_place_mm);
}

bool same(std::vector<RangeShifterSetting> const& a, std::vector<RangeShifterSetting> const& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](auto const& p, auto const& q) {
        return p.id == q.id && same_length(p.isocenter_to_tray_mm, q.isocenter_to_tray_mm) &&
               same_length(p.wet_mm, q.wet_mm);
    });
}

} // namespace

void expect_scanned_protons(DicomItem const& item, TreatmentBeam const& beam) {
    expect_protons(item, beam);
    expect_scanning(item, beam);
    expect_meterset_unit(item, beam);
    expect_nothing_in_the_beam(item, beam);
}

void read_set_up(DicomItem const& item, std::vector<DicomItem> const& control_points, TreatmentBeam& beam) {
    beam.gantry_deg = required_angle(control_points, DCM_GantryAngle, beam);
    beam.couch_deg = required_angle(control_points, DCM_PatientSupportAngle, beam);
    beam.table_pitch_deg =
        constant_number(control_points, DCM_TableTopPitchAngle, same_angle_deg, beam).value_or(0.0);
    beam.table_roll_deg =
        constant_number(control_points, DCM_TableTopRollAngle, same_angle_deg, beam).value_or(0.0);
    expect_zero_angle(control_points, DCM_GantryPitchAngle, beam);
    expect_zero_angle(control_points, DCM_TableTopEccentricAngle, beam);
    beam.isocenter_mm = constant_isocenter(control_points, beam);
    if (beam.table_pitch_deg != 0.0 && beam.table_roll_deg != 0.0) {
        control_points.front().warn_element(
            DCM_TableTopPitchAngle,
            fmt::format("is {} and roll is {} degrees ({}): pitch is applied first, then roll",
                        beam.table_pitch_deg, beam.table_roll_deg, beam_words(beam)),
            "the standard does not say which comes first");
    }
    for (auto const& point : control_points) {
        auto const turning = point.text_or(DCM_GantryRotationDirection, "NONE");
        if (turning == "NONE")
            continue;
        point.warn_element(DCM_GantryRotationDirection, fmt::format("is {} ({})", turning, beam_words(beam)),
                           "the gantry angle stays the same, so the beam is taken as static");
        break;
    }
    read_snout(control_points, beam);
    read_virtual_source(item, beam);
}

void read_range_shifters(DicomItem const& item, std::vector<DicomItem> const& control_points,
                         TreatmentBeam& beam) {
    auto const devices = range_shifter_devices(item, beam);
    auto const& first = control_points.front();
    if (!devices.empty() && !first.has(DCM_RangeShifterSettingsSequence)) {
        first.refuse_element(
            DCM_RangeShifterSettingsSequence, fmt::format("is missing or empty ({})", beam_words(beam)),
            "the beam has range shifters, but it is not known whether they are in or out", export_again);
    }
    beam.range_shifters = shifters_in(first, devices, beam);
    for (auto const& point : control_points) {
        if (!point.has(DCM_RangeShifterSettingsSequence))
            continue;
        if (!same(beam.range_shifters, shifters_in(point, devices, beam))) {
            point.refuse_element(DCM_RangeShifterSettingsSequence,
                                 fmt::format("differs from the first control point ({})", beam_words(beam)),
                                 "range shifters that move within a beam are not modelled", "split the beam");
        }
    }
}

} // namespace beamwright::plan_in
