// Apertures and blocks of a beam.
#include "dicom/plan_in_parts.hpp"
#include "lanes/constants.hpp"
#include <cmath>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>

namespace beamwright::plan_in {

namespace {

constexpr double same_angle_deg = 1e-3;

/// The outline, turned by the beam limiting device's angle (IEC 61217: counterclockwise as the source sees it).
void read_outline(DicomItem const& item, double limiter_deg, BlockSetting& block, TreatmentBeam const& beam) {
    long const corners = item.integer(DCM_BlockNumberOfPoints);
    if (corners < 3) {
        item.refuse_element(DCM_BlockNumberOfPoints, fmt::format("is {} ({})", corners, beam_words(beam)),
                            "an outline needs three or more corners", export_again);
    }
    auto const pairs = item.numbers(DCM_BlockData);
    if (pairs.size() != 2 * static_cast<std::size_t>(corners)) {
        item.refuse_element(
            DCM_BlockData,
            fmt::format("holds {} numbers for {} corners ({})", pairs.size(), corners, beam_words(beam)),
            "each corner has x and y", export_again);
    }
    double const angle = limiter_deg * constants::pi / 180;
    double const c = std::cos(angle), s = std::sin(angle);
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
        block.x_mm.push_back(c * pairs[i] - s * pairs[i + 1]);
        block.y_mm.push_back(s * pairs[i] + c * pairs[i + 1]);
    }
}

/// One of two words; refuses another.
bool is_first(DicomItem const& item, DcmTagKey tag, std::string const& first, std::string const& second,
              TreatmentBeam const& beam) {
    auto const word = item.text(tag);
    if (word != first && word != second) {
        item.refuse_element(tag, fmt::format("is '{}' ({})", word, beam_words(beam)),
                            fmt::format("the standard knows {} and {}", first, second), export_again);
    }
    return word == first;
}

BlockSetting read_block(DicomItem const& item, double limiter_deg, TreatmentBeam const& beam) {
    BlockSetting block;
    block.id = item.text_or(DCM_BlockName, "");
    if (block.id.empty()) {
        block.id = fmt::format("{}", item.integer(DCM_BlockNumber));
    }
    block.is_aperture = is_first(item, DCM_BlockType, "APERTURE", "SHIELDING", beam);
    block.divergent = is_first(item, DCM_BlockDivergence, "PRESENT", "ABSENT", beam);
    block.material = item.text_or(DCM_MaterialID, "");
    auto const thickness = item.find_number(DCM_BlockThickness);
    if (!thickness || !(*thickness > 0)) {
        item.refuse_element(DCM_BlockThickness,
                            thickness ? fmt::format("is {} mm ({})", *thickness, beam_words(beam))
                                      : fmt::format("is missing or empty ({})", beam_words(beam)),
                            "what a block stops depends on it", export_again);
    }
    block.thickness_mm = *thickness;
    // The tray's own thickness is not in a plan: it is taken as thin
    double const tray_mm = item.number(DCM_IsocenterToBlockTrayDistance);
    bool const on_patient_side =
        is_first(item, DCM_BlockMountingPosition, "PATIENT_SIDE", "SOURCE_SIDE", beam);
    block.isocenter_to_downstream_mm = on_patient_side ? tray_mm - block.thickness_mm : tray_mm;
    if (block.isocenter_to_downstream_mm < 0) {
        item.refuse_element(
            DCM_IsocenterToBlockTrayDistance, fmt::format("is {} mm ({})", tray_mm, beam_words(beam)),
            fmt::format("block '{}' of {} mm would reach behind the isocenter", block.id, block.thickness_mm),
            export_again);
    }
    read_outline(item, limiter_deg, block, beam);
    return block;
}

} // namespace

void read_blocks(DicomItem const& item, std::vector<DicomItem> const& control_points, TreatmentBeam& beam) {
    auto const items = item.items(DCM_IonBlockSequence);
    long const stated = item.integer_or(DCM_NumberOfBlocks, 0);
    if (stated != static_cast<long>(items.size())) {
        item.refuse_element(DCM_NumberOfBlocks,
                            fmt::format("is {} but IonBlockSequence has {} items ({})", stated, items.size(),
                                        beam_words(beam)),
                            "it is not known what stands in the beam", export_again);
    }
    if (items.empty()) {
        return;
    }
    double const limiter_deg =
        constant_number(control_points, DCM_BeamLimitingDeviceAngle, same_angle_deg, beam).value_or(0.0);
    for (auto const& block : items) {
        beam.blocks.push_back(read_block(block, limiter_deg, beam));
    }
}

} // namespace beamwright::plan_in
