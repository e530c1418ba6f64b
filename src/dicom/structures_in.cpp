// RTSTRUCT: definitions (names), observations (types), contours.
#include "dicom/structures_in.hpp"
#include <algorithm>
#include <cmath>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>
#include <map>
#include <set>

namespace beamwright {
namespace {

constexpr char const* export_again = "export the structure set again, or correct it in the planning system";
/// Bounds memory (24 bytes per point); the largest clinical sets have about 2 million points.
constexpr std::size_t most_points = 20'000'000;
/// No patient is 10 m from the origin of the frame of reference.
constexpr double farthest_mm = 1e4;

std::string words(Structure const& structure) {
    return fmt::format("structure {} '{}'", structure.number, structure.name);
}

void expect_structures(DicomFile const& file) {
    file.expect_kind(DicomKind::structures);
    if (auto const modality = file.text_or(DCM_Modality, ""); modality != "RTSTRUCT") {
        file.warn_element(DCM_Modality, fmt::format("is '{}' instead of RTSTRUCT", modality),
                          "the SOP class says RT Structure Set, and that is what counts");
    }
    if (!file.has(DCM_StructureSetROISequence)) {
        file.refuse_element(DCM_StructureSetROISequence, "is missing or empty",
                            "the file claims to be an RT Structure Set but defines no structure",
                            export_again);
    }
}

/// Structures with number and name, in file order, and the frame of reference that each names.
struct Definitions {
    std::vector<Structure> structures;
    std::vector<std::string> frames;
    std::map<long, std::size_t> index; ///< by ROI number
};

Definitions read_definitions(DicomFile const& file) {
    Definitions all;
    std::map<std::string, long> first_with_name;
    for (auto const& item : file.items(DCM_StructureSetROISequence)) {
        long const number = item.integer(DCM_ROINumber);
        Structure structure;
        structure.number = static_cast<int>(number);
        structure.name = item.text_or(DCM_ROIName, "");
        if (structure.number != number || !all.index.emplace(number, all.structures.size()).second) {
            item.refuse_element(
                DCM_ROINumber, fmt::format("is {} ('{}')", number, structure.name),
                "structure numbers must differ and fit 32 bits, else contours cannot be told apart",
                export_again);
        }
        if (structure.name.empty()) {
            structure.name = fmt::format("unnamed {}", number);
            item.warn_element(DCM_ROIName, fmt::format("is missing or empty; '{}' is used", structure.name),
                              "a structure is chosen by its name");
        }
        auto const [same, is_new] = first_with_name.emplace(structure.name, number);
        if (!is_new) {
            item.warn_element(
                DCM_ROIName,
                fmt::format("'{}' is the name of structures {} and {}", structure.name, same->second, number),
                "both are kept; choose by number where the name is not enough");
        }
        all.structures.push_back(std::move(structure));
        all.frames.push_back(item.text_or(DCM_ReferencedFrameOfReferenceUID, ""));
    }
    return all;
}

/// The structure an item refers to; a number that is not defined is refused.
Structure& referenced(DicomItem const& item, Definitions& all) {
    long const number = item.integer(DCM_ReferencedROINumber);
    auto const found = all.index.find(number);
    if (found == all.index.end()) {
        item.refuse_element(DCM_ReferencedROINumber, fmt::format("is {}", number),
                            "StructureSetROISequence defines no structure of that number", export_again);
    }
    return all.structures[found->second];
}

void read_observations(DicomFile const& file, Definitions& all) {
    for (auto const& item : file.items(DCM_RTROIObservationsSequence)) {
        auto const number = item.find_integer(DCM_ReferencedROINumber);
        if (!number || !all.index.contains(*number)) {
            item.warn_element(DCM_ReferencedROINumber, "names no structure of this set",
                              "the observation is left out");
            continue;
        }
        auto& structure = referenced(item, all);
        if (auto const type = item.text_or(DCM_RTROIInterpretedType, ""); !type.empty())
            structure.type = type;
        for (auto const& property : item.items(DCM_ROIPhysicalPropertiesSequence)) {
            property.warn_element(DCM_ROIPhysicalProperty,
                                  fmt::format("of {} is {} {}; it is not applied", words(structure),
                                              property.text_or(DCM_ROIPhysicalProperty, "?"),
                                              property.text_or(DCM_ROIPhysicalPropertyValue, "?")),
                                  "the planning system has overridden the CT there",
                                  "set density and material of this structure to do the same");
        }
    }
}

void read_color(DicomItem const& item, Structure& structure) {
    auto const color = item.numbers(DCM_ROIDisplayColor);
    if (color.size() != 3)
        return;
    for (std::size_t i = 0; i < 3; ++i) {
        structure.color[i] = static_cast<std::uint8_t>(std::clamp(color[i], 0.0, 255.0));
    }
}

/// Points of one contour; empty where there are too few for an area.
Contour read_contour(DicomItem const& item, Structure const& structure, std::size_t& points_so_far) {
    auto const data = item.numbers(DCM_ContourData);
    auto const count = data.size() / 3;
    auto const stated = item.find_integer(DCM_NumberOfContourPoints);
    if (data.size() % 3 != 0 || (stated && *stated != static_cast<long>(count))) {
        item.refuse_element(
            DCM_ContourData, fmt::format("has {} values ({})", data.size(), words(structure)),
            stated ? fmt::format("NumberOfContourPoints (3006,0046) says {} points of three values", *stated)
                   : "points have three values each",
            export_again);
    }
    points_so_far += count;
    if (points_so_far > most_points) {
        item.refuse_element(DCM_ContourData, fmt::format("brings the set above {} points", most_points),
                            "no structure set is that large, and memory is limited",
                            "export fewer structures");
    }
    Contour contour;
    contour.points_mm.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        Vec3<double> const point{data[3 * i], data[3 * i + 1], data[3 * i + 2]};
        if (std::max({std::abs(point.x), std::abs(point.y), std::abs(point.z)}) > farthest_mm) {
            item.refuse_element(DCM_ContourData,
                                fmt::format("point {} is ({}, {}, {}) mm ({})", i + 1, point.x, point.y,
                                            point.z, words(structure)),
                                "that is more than 10 m from the origin", export_again);
        }
        contour.points_mm.push_back(point);
    }
    // Some systems repeat the first point at the end. Contours shrunk to a point (the poles of a sphere) stay: they are
    // planes of the stack
    if (contour.points_mm.size() > 3 && contour.points_mm.back() == contour.points_mm.front()) {
        contour.points_mm.pop_back();
    }
    return contour;
}

/// What was left out of a structure, said once per structure.
struct LeftOut {
    std::size_t points = 0, open_lines = 0, too_small = 0;

    void warn(DicomItem const& item, Structure const& structure) const {
        auto const say = [&](std::size_t count, char const* what, char const* why) {
            if (count == 0)
                return;
            item.warn_element(DCM_ContourSequence,
                              fmt::format("of {}: {} {} left out", words(structure), count, what), why);
        };
        say(points, "POINT", "a point has no volume");
        say(open_lines, "open lines", "an open line encloses no volume");
        say(too_small, "contours of fewer than three points", "they enclose no area");
    }
};

void read_contours_of(DicomItem const& item, Structure& structure, std::size_t& points_so_far) {
    LeftOut left_out;
    for (auto const& contour_item : item.items(DCM_ContourSequence)) {
        auto const type = contour_item.text(DCM_ContourGeometricType);
        if (type == "POINT") {
            ++left_out.points;
        } else if (type == "OPEN_PLANAR" || type == "OPEN_NONPLANAR") {
            ++left_out.open_lines;
        } else if (type == "CLOSED_PLANAR" || type == "CLOSEDPLANAR_XOR") {
            auto contour = read_contour(contour_item, structure, points_so_far);
            if (contour.points_mm.size() < 3) {
                ++left_out.too_small;
            } else {
                structure.contours.push_back(std::move(contour));
            }
        } else {
            contour_item.refuse_element(
                DCM_ContourGeometricType, fmt::format("is '{}' ({})", type, words(structure)),
                "only closed planar contours make a structure, and this kind is not known", export_again);
        }
    }
    left_out.warn(item, structure);
}

void read_contours(DicomFile const& file, Definitions& all) {
    std::size_t points_so_far = 0;
    for (auto const& item : file.items(DCM_ROIContourSequence)) {
        auto& structure = referenced(item, all);
        read_color(item, structure);
        read_contours_of(item, structure, points_so_far);
    }
    for (auto const& structure : all.structures) {
        if (!structure.contours.empty())
            continue;
        file.warnings().add(fmt::format("{}: {} is empty", file.name(), words(structure)),
                            "it has no closed contour; it is kept, with volume 0");
    }
}

/// The one frame of reference of the set; empty where the file gives none.
std::string read_frame(DicomFile const& file, Definitions const& all) {
    std::set<std::string> frames;
    for (std::size_t i = 0; i < all.frames.size(); ++i) {
        if (!all.structures[i].contours.empty() && !all.frames[i].empty())
            frames.insert(all.frames[i]);
    }
    if (frames.empty()) {
        for (auto const& item : file.items(DCM_ReferencedFrameOfReferenceSequence)) {
            if (auto const uid = item.text_or(DCM_FrameOfReferenceUID, ""); !uid.empty())
                frames.insert(uid);
        }
    }
    if (frames.size() > 1) {
        std::string list;
        for (auto const& uid : frames)
            list += (list.empty() ? "" : ", ") + uid;
        file.refuse_element(
            DCM_StructureSetROISequence, "holds structures of several frames of reference: " + list,
            "coordinates of different frames cannot be put on one CT", "export one structure set per frame");
    }
    return frames.empty() ? file.text_or(DCM_FrameOfReferenceUID, "") : *frames.begin();
}

std::vector<std::string> read_series(DicomFile const& file) {
    std::vector<std::string> uids;
    for (auto const& frame : file.items(DCM_ReferencedFrameOfReferenceSequence)) {
        for (auto const& study : frame.items(DCM_RTReferencedStudySequence)) {
            for (auto const& series : study.items(DCM_RTReferencedSeriesSequence)) {
                auto const uid = series.text_or(DCM_SeriesInstanceUID, "");
                if (!uid.empty() && std::find(uids.begin(), uids.end(), uid) == uids.end())
                    uids.push_back(uid);
            }
        }
    }
    return uids;
}

} // namespace

StructuresIn read_structures(DicomFile const& file) {
    expect_structures(file);
    auto definitions = read_definitions(file);
    read_observations(file, definitions);
    read_contours(file, definitions);
    StructuresIn in;
    in.set.label = file.text_or(DCM_StructureSetLabel, file.text_or(DCM_StructureSetName, ""));
    in.set.frame_of_reference_uid = read_frame(file, definitions);
    in.set.structures = std::move(definitions.structures);
    in.patient = read_patient_study(file);
    in.sop_instance_uid = file.text_or(DCM_SOPInstanceUID, "");
    in.referenced_series_uids = read_series(file);
    return in;
}

StructuresIn read_structures(std::filesystem::path const& file, Warnings& warnings) {
    return read_structures(DicomFile::open(file, warnings, DicomExtent::without_pixels));
}

} // namespace beamwright
