#include "jobs/export_let.hpp"
#include "core/run_record.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

/// LETd, then LETt. \throws Refusal
std::vector<LetMap> maps_of(fs::path const& result) {
    if (!fs::exists(result / "let_d.nrrd")) {
        refuse("the result has no LET", "it was calculated without it",
               "calculate the dose with --let protons");
    }
    auto const record = JsonReader::from_file(result / "run.json").raw();
    auto const particles = record.value("settings", Json::object()).value("let", std::string("protons"));
    std::vector<LetMap> maps;
    for (auto const& [stem, average] : {std::pair{"let_d", "dose-averaged"}, {"let_t", "track-averaged"}}) {
        maps.push_back({stem,
                        fmt::format("{} LET of {} in water [keV/um]", average, particles),
                        fmt::format("NOT A DOSE: {} LET, keV/um, {}", average, particles),
                        {{"quantity", fmt::format("{} LET in water of unit density", average)},
                         {"particles", particles},
                         {"units", "keV/um"}},
                        read_volume<float>(result / (std::string(stem) + ".nrrd"))});
    }
    return maps;
}

Json let_rtdose(ExportFrame const& frame, LetMap const& map, std::string const& plan_uid,
                Warnings& warnings) {
    auto object = dose_of_case(frame.folder, map.keV_per_um);
    object.plan_uid = plan_uid;
    object.structure_set_uid.clear(); // it may stand only beside histograms of dose
    object.units = DoseUnits::relative;
    object.comment = map.comment;
    object.remarks =
        fmt::format("beamwright {}: {}. The values are LET, not dose: do not add, scale or prescribe them.",
                    version(), map.what);
    auto const file = frame.request.output_folder / (map.stem + ".dcm");
    auto const written = write_rtdose(file, object, {frame.request.bits}, warnings);
    return {
        {"path", file.string()},
        {"what", fmt::format("RTDOSE, units RELATIVE, {} bit, {}, quantization error at most {:.2g} keV/um",
                             frame.request.bits, map.what, written.quantization_error_Gy)},
        {"quantization_error_keV_per_um", written.quantization_error_Gy},
        {"sop_instance_uid", written.sop_instance_uid}};
}

} // namespace

ExportExtras export_extras(ExportFrame const& frame, Warnings& warnings) {
    auto const& request = frame.request;
    auto const result = frame.folder.result_path(request.result_name);
    ExportExtras extras;
    if (!request.weighting.model.empty()) {
        extras.weighted = weigh(request.weighting, read_volume<float>(result / "dose.nrrd"), result,
                                frame.structures, frame.stack, warnings);
    }
    if (request.let || request.let_as_rtdose) {
        extras.let = maps_of(result);
    }
    return extras;
}

Json export_weighted(ExportFrame const& frame, std::string const& plan_uid, WeightedDose weighted,
                     Warnings& warnings) {
    auto const& request = frame.request;
    auto object = dose_of_case(frame.folder, std::move(weighted.dose_Gy));
    object.plan_uid = plan_uid;
    object.type = DoseType::effective;
    object.comment = weighted.name;
    object.remarks = fmt::format("beamwright {}: {}. Gy(RBE), dose of the course.", version(), weighted.name);
    auto json = write_exported(frame, "dose_rbe_" + request.weighting.model, std::move(object),
                               weighted.name + " [Gy(RBE) per course]",
                               {{"quantity", weighted.name + ", course"}, {"units", "Gy(RBE)"}}, warnings);
    json["weighting"] = weighted.json;
    return json;
}

std::vector<Json> export_let(ExportFrame const& frame, std::string const& plan_uid,
                             std::vector<LetMap> const& maps, Warnings& warnings) {
    auto const& request = frame.request;
    bool const dicom = request.format == "dicom";
    std::vector<Json> files;
    for (auto const& map : maps) {
        auto const file = request.output_folder / (map.stem + (dicom ? ".nrrd" : "." + request.format));
        write_volume(file, map.keV_per_um, map.notes);
        auto const& values = map.keV_per_um.values;
        double const largest = *std::max_element(values.begin(), values.end());
        files.push_back({{"path", file.string()}, {"what", map.what}, {"largest_keV_per_um", largest}});
        if (request.let_as_rtdose && map.stem == "let_d") {
            files.push_back(let_rtdose(frame, map, plan_uid, warnings));
        }
    }
    return files;
}

} // namespace beamwright
