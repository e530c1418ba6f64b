// The frame of a plan: what kind of file, how the patient lies, fractions, which beams.
#include "dicom/plan_in.hpp"
#include "dicom/plan_in_parts.hpp"
#include "geometry/frames.hpp"
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>
#include <map>
#include <set>

namespace beamwright {
namespace plan_in {
namespace {

/// Fractions, and the meterset of each beam in one fraction.
struct Fractions {
    int count = 1;
    bool several_groups = false;
    std::map<long, double> meterset_MU;
};

void expect_ion_plan(DicomFile const& file) {
    if (file.kind() == DicomKind::photon_plan) {
        refuse(fmt::format("{}: this is a photon or electron plan (RT Plan Storage), not an ion plan",
                           file.name()),
               "beamwright calculates scanned proton beams, which come as RT Ion Plan Storage",
               "name the RT Ion Plan of the patient");
    }
    file.expect_kind(DicomKind::ion_plan);
    if (auto const modality = file.text_or(DCM_Modality, ""); modality != "RTPLAN") {
        file.warn_element(DCM_Modality, fmt::format("is '{}' instead of RTPLAN", modality),
                          "the SOP class says RT Ion Plan, and that is what counts");
    }
    if (file.has(DCM_IonBeamSequence))
        return;
    if (file.has(DCM_BeamSequence)) {
        file.refuse_element(
            DCM_IonBeamSequence, "is missing",
            "the file claims to be an RT Ion Plan but holds a BeamSequence, as photon plans do",
            "name the RT Ion Plan of the patient");
    }
    file.refuse_element(DCM_IonBeamSequence, "is missing or empty", "the plan holds no beams", export_again);
}

/// The fraction group that counts; refuses to choose between several.
DicomItem chosen_group(DicomFile const& file, PlanInOptions const& options) {
    auto const groups = file.items(DCM_FractionGroupSequence);
    if (groups.empty()) {
        file.refuse_element(DCM_FractionGroupSequence, "is missing or empty",
                            "without it neither the MU of the beams nor the number of fractions is known",
                            export_again);
    }
    if (groups.size() == 1 && !options.fraction_group)
        return groups.front();
    std::string numbers;
    for (auto const& group : groups) {
        long const number = group.integer(DCM_FractionGroupNumber);
        if (options.fraction_group == number)
            return group;
        numbers += (numbers.empty() ? "" : ", ") + std::to_string(number);
    }
    if (options.fraction_group) {
        refuse(fmt::format("{}: the plan has no fraction group {}", file.name(), *options.fraction_group),
               "its groups are " + numbers, "pass --fraction-group with one of these");
    }
    file.refuse_element(DCM_FractionGroupSequence,
                        fmt::format("holds {} fraction groups: {}", groups.size(), numbers),
                        "they are given at different times, each with its own MU; one dose is of one group",
                        "export one plan per fraction group, or pass --fraction-group NUMBER");
}

int fraction_count(DicomItem const& group) {
    auto const count = group.find_integer(DCM_NumberOfFractionsPlanned);
    if (!count) {
        group.warn_element(DCM_NumberOfFractionsPlanned, "is missing or empty; 1 fraction is taken",
                           "doses per course are then those of one fraction");
        return 1;
    }
    if (*count < 1 || *count > 1000) {
        group.refuse_element(DCM_NumberOfFractionsPlanned, fmt::format("is {}", *count),
                             "a course has between 1 and 1000 fractions", export_again);
    }
    return static_cast<int>(*count);
}

Fractions read_fractions(DicomFile const& file, PlanInOptions const& options) {
    Fractions fractions;
    auto const group = chosen_group(file, options);
    fractions.several_groups = file.items(DCM_FractionGroupSequence).size() > 1;
    fractions.count = fraction_count(group);
    for (auto const& beam : group.items(DCM_ReferencedBeamSequence)) {
        long const number = beam.integer(DCM_ReferencedBeamNumber);
        // A set-up beam has no meterset; whether one is needed is seen later
        double const meterset_MU = beam.number_or(DCM_BeamMeterset, 0.0);
        if (!fractions.meterset_MU.emplace(number, meterset_MU).second) {
            beam.refuse_element(DCM_ReferencedBeamNumber, fmt::format("names beam {} a second time", number),
                                "its MU would be ambiguous", export_again);
        }
    }
    return fractions;
}

/// Patient positions by set-up number.
std::map<long, std::string> read_positions(DicomFile const& file) {
    std::map<long, std::string> positions;
    for (auto const& setup : file.items(DCM_PatientSetupSequence)) {
        auto const position = setup.text_or(DCM_PatientPosition, "");
        if (!position.empty()) {
            try {
                patient_position_from(position);
            } catch (Refusal const& refusal) {
                setup.refuse_element(DCM_PatientPosition, fmt::format("is '{}'", position), refusal.why,
                                     "plan the patient in one of these positions");
            }
        }
        positions[setup.integer_or(DCM_PatientSetupNumber, 0)] = position;
    }
    return positions;
}

/// How the patient lies for this beam; empty where the plan does not say.
std::string position_of(DicomItem const& beam, std::map<long, std::string> const& positions) {
    if (auto const number = beam.find_integer(DCM_ReferencedPatientSetupNumber)) {
        auto const found = positions.find(*number);
        if (found != positions.end())
            return found->second;
        beam.refuse_element(DCM_ReferencedPatientSetupNumber, fmt::format("is {}", *number),
                            "PatientSetupSequence has no set-up of that number", export_again);
    }
    std::set<std::string> different;
    for (auto const& [number, position] : positions)
        different.insert(position);
    if (different.size() > 1) {
        beam.refuse_element(DCM_ReferencedPatientSetupNumber, "is missing",
                            "the plan has set-ups with different patient positions", export_again);
    }
    return different.empty() ? std::string{} : *different.begin();
}

/// True if the beam treats. Others are left out, or refused where leaving out would lose dose.
bool treats(DicomItem const& item, TreatmentBeam const& beam) {
    auto const type = item.text_or(DCM_TreatmentDeliveryType, "");
    if (type == "TREATMENT")
        return true;
    if (type == "SETUP" || type == "OPEN_PORTFILM") {
        item.warn_element(DCM_TreatmentDeliveryType,
                          fmt::format("is {}: {} is left out", type, beam_words(beam)), "it does not treat");
        return false;
    }
    if (type.empty()) {
        item.warn_element(DCM_TreatmentDeliveryType,
                          fmt::format("is missing: {} is taken as a treatment", beam_words(beam)),
                          "the standard wants this element");
        return true;
    }
    item.refuse_element(DCM_TreatmentDeliveryType, fmt::format("is '{}' ({})", type, beam_words(beam)),
                        "only TREATMENT beams are calculated, and this one may carry dose", export_again);
}

/// MU of the beam in one fraction, or 0 if it belongs to another fraction group.
double meterset_of(DicomItem const& item, TreatmentBeam const& beam, Fractions const& fractions) {
    auto const found = fractions.meterset_MU.find(beam.number);
    if (found == fractions.meterset_MU.end()) {
        if (fractions.several_groups)
            return 0.0;
        item.refuse_element(DCM_BeamNumber, fmt::format("{} is not in the fraction group", beam_words(beam)),
                            "FractionGroupSequence gives it no BeamMeterset, so its MU are unknown",
                            export_again);
    }
    if (!(found->second > 0.0)) {
        item.refuse_element(
            DCM_BeamNumber,
            fmt::format("{} has BeamMeterset (300A,0086) {}", beam_words(beam), found->second),
            "a treatment beam needs MU above 0 in its fraction group", export_again);
    }
    return found->second;
}

TreatmentBeam read_beam(DicomItem const& item, TreatmentBeam beam) {
    beam.machine_name = item.text_or(DCM_TreatmentMachineName, "");
    expect_scanned_protons(item, beam);
    auto const control_points = item.items(DCM_IonControlPointSequence);
    if (control_points.empty()) {
        item.refuse_element(DCM_IonControlPointSequence,
                            fmt::format("is missing or empty ({})", beam_words(beam)),
                            "the beam has no fluence", export_again);
    }
    read_set_up(item, control_points, beam);
    read_range_shifters(item, control_points, beam);
    read_blocks(item, control_points, beam);
    read_layers(item, control_points, beam);
    return beam;
}

void read_references(DicomFile const& file, Plan& plan) {
    plan.label = file.text_or(DCM_RTPlanLabel, "");
    if (plan.label.empty()) {
        plan.label = file.text_or(DCM_RTPlanName, "");
        file.warn_element(DCM_RTPlanLabel, "is missing or empty",
                          plan.label.empty() ? "the plan has no name" : "the plan name is used instead");
    }
    plan.sop_instance_uid = file.text_or(DCM_SOPInstanceUID, "");
    if (plan.sop_instance_uid.empty() || plan.sop_instance_uid == file.sop_class_uid()) {
        file.warn_element(DCM_SOPInstanceUID, "does not identify this plan",
                          "a dose that refers to it cannot be told from doses of other plans");
    }
    plan.frame_of_reference_uid = file.text_or(DCM_FrameOfReferenceUID, "");
    for (auto const& reference : file.items(DCM_ReferencedStructureSetSequence)) {
        if (plan.structure_set_uid.empty())
            plan.structure_set_uid = reference.text_or(DCM_ReferencedSOPInstanceUID, "");
    }
    if (file.text_or(DCM_ApprovalStatus, "") == "REJECTED") {
        file.warn_element(DCM_ApprovalStatus, "is REJECTED",
                          "somebody has found this plan not fit for treatment");
    }
}

/// One patient position for the whole plan, or a refusal.
void settle_position(DicomFile const& file, std::set<std::string> const& positions,
                     PlanInOptions const& options, Plan& plan) {
    if (positions.size() > 1) {
        std::string list;
        for (auto const& position : positions)
            list += (list.empty() ? "'" : ", '") + position + "'";
        file.refuse_element(DCM_PatientSetupSequence, "gives beams different patient positions: " + list,
                            "one calculation has the patient in one position",
                            "export one plan per position");
    }
    plan.patient_position = positions.empty() ? std::string{} : *positions.begin();
    if (!plan.patient_position.empty())
        return;
    if (!options.patient_position.empty()) {
        patient_position_from(options.patient_position);
        plan.patient_position = options.patient_position;
        file.warn_element(
            DCM_PatientSetupSequence,
            fmt::format("gives no patient position; {} is used as asked", plan.patient_position),
            "how the patient lies decides where the beams go");
        return;
    }
    file.warn_element(DCM_PatientSetupSequence, "gives no patient position",
                      "how the patient lies decides where the beams go",
                      "before dose is calculated it must come from the CT or from --patient-position");
}

} // namespace

std::string beam_words(TreatmentBeam const& beam) {
    return fmt::format("beam {}{}", beam.number, beam.name.empty() ? "" : " '" + beam.name + "'");
}

} // namespace plan_in

Plan read_ion_plan(DicomFile const& file, PlanInOptions const& options) {
    using namespace plan_in;
    expect_ion_plan(file);
    Plan plan;
    read_references(file, plan);
    auto const fractions = read_fractions(file, options);
    plan.fractions = fractions.count;
    auto const setups = read_positions(file);

    std::set<std::string> positions;
    std::set<long> numbers;
    for (auto const& item : file.items(DCM_IonBeamSequence)) {
        TreatmentBeam beam;
        long const number = item.integer(DCM_BeamNumber);
        beam.number = static_cast<int>(number);
        beam.name = item.text_or(DCM_BeamName, "");
        if (beam.number != number || !numbers.insert(number).second) {
            item.refuse_element(DCM_BeamNumber, fmt::format("is {}", number),
                                "beam numbers must differ and fit 32 bits", export_again);
        }
        if (!treats(item, beam))
            continue;
        beam.meterset_MU = meterset_of(item, beam, fractions);
        if (beam.meterset_MU == 0.0) {
            item.warn_element(DCM_BeamNumber, fmt::format("{} is left out", beam_words(beam)),
                              "it belongs to another fraction group");
            continue;
        }
        positions.insert(position_of(item, setups));
        plan.beams.push_back(read_beam(item, std::move(beam)));
    }
    for (auto const& [number, meterset_MU] : fractions.meterset_MU) {
        if (!numbers.contains(number)) {
            file.refuse_element(DCM_IonBeamSequence, fmt::format("has no beam {}", number),
                                "the fraction group asks for it", export_again);
        }
    }
    if (plan.beams.empty()) {
        file.refuse_element(DCM_IonBeamSequence, "holds no beam that treats", "there is nothing to calculate",
                            export_again);
    }
    settle_position(file, positions, options, plan);
    return plan;
}

Plan read_ion_plan(std::filesystem::path const& file, Warnings& warnings, PlanInOptions const& options) {
    return read_ion_plan(DicomFile::open(file, warnings, DicomExtent::without_pixels), options);
}

} // namespace beamwright
