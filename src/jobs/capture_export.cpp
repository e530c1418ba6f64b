#include "jobs/capture_export.hpp"
#include "jobs/export_parts.hpp"
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

/// DICOM has no plan of a neutron capture irradiation: an RT Plan (whose radiation types know NEUTRON) is referenced by a
/// UID made from the irradiation.
constexpr auto rt_plan_class = "1.2.840.10008.5.1.4.1.1.481.5";

struct CapturePart {
    std::string stem;
    DoseType type;
    std::string comment; ///< at most 64 letters: what, unit, minutes
    std::string quantity, units;
};

std::vector<CapturePart> parts_of(JsonReader const& record) {
    auto const irradiation = record["irradiation"];
    double const minutes = irradiation["minutes"].number_in(0, 1e5);
    std::vector<CapturePart> parts;
    for (auto const* component : {"boron", "nitrogen", "fast", "photon"}) {
        parts.push_back({fmt::format("dose_{}", component), DoseType::physical,
                         fmt::format("BNCT {} component, physical Gy, {:.1f} min", component, minutes),
                         fmt::format("physical dose of one irradiation, {} component", component), "Gy"});
    }
    auto const weights = irradiation["weights"].text();
    auto const isoeffective = irradiation["isoeffective"].text();
    parts.push_back({"dose_weighted", DoseType::effective,
                     fmt::format("BNCT weighted Gy(w), {:.1f} min, set {}", minutes, weights),
                     "weighted dose of one irradiation, set " + weights, "Gy (weighted)"});
    parts.push_back({"dose_isoeffective", DoseType::effective,
                     fmt::format("BNCT photon-isoeffective Gy, {:.1f} min, set {}", minutes, isoeffective),
                     "photon-isoeffective dose of one irradiation, set " + isoeffective,
                     "Gy (isoeffective)"});
    return parts;
}

Json read_record(fs::path const& result) { return JsonReader::from_file(result / "run.json").raw(); }

/// The irradiation's fingerprint: its file and how long it lasts.
std::string plan_uid_of(Json const& record) {
    std::string text = "neutron capture irradiation";
    for (auto const& input : record.value("inputs", Json::array())) {
        if (input.value("role", "") == "capture") {
            text += " " + input.value("sha256", std::string());
        }
    }
    return uid_from(text + " " + record["irradiation"].dump());
}

} // namespace

bool is_capture_result(CaseFolder const& folder, std::string const& name) {
    auto const result = folder.result_path(name);
    std::error_code failed;
    if (!fs::is_regular_file(result / "run.json", failed)) {
        return false;
    }
    auto const record = read_record(result);
    return record.is_object() && record.value("settings", Json::object()).value("modality", "") == "bnct";
}

Json export_capture(ExportRequest const& request, CaseFolder const& folder, JobContext& context) {
    if (request.per_beam) {
        refuse("--per-beam does not go with a neutron capture result",
               "its files are the four components and the weighted totals of the whole irradiation",
               "leave it out; rates of each port stand in the result folder");
    }
    auto const result = folder.result_path(request.result_name);
    auto const record = read_record(result);
    auto const parts = parts_of(JsonReader::from_file(result / "run.json"));
    for (auto const& part : parts) {
        if (!fs::exists(result / (part.stem + ".nrrd"))) {
            refuse(fmt::format("the result '{}' has no '{}.nrrd'", request.result_name, part.stem),
                   "a neutron capture result holds four components and two totals",
                   "calculate it again with 'beamwright dose --modality bnct'");
        }
    }
    auto const frame = export_frame(request, folder);
    Json files = Json::array();
    for (auto const& part : parts) {
        auto object = dose_of_case(folder, read_volume<float>(result / (part.stem + ".nrrd")));
        object.type = part.type;
        object.comment = part.comment;
        object.plan_uid = plan_uid_of(record);
        object.plan_class_uid = rt_plan_class;
        files.push_back(write_exported(frame, part.stem, std::move(object), part.comment,
                                       {{"quantity", part.quantity}, {"units", part.units}},
                                       context.warnings));
    }
    return files;
}

} // namespace beamwright
