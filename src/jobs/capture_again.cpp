#include "jobs/capture_again.hpp"
#include "core/hash.hpp"
#include "core/parallel.hpp"
#include "jobs/capture_export.hpp"
#include "jobs/capture_result.hpp"
#include "jobs/capture_store.hpp"
#include "jobs/export_parts.hpp"
#include <chrono>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Refuses to write over anything but an earlier evaluation.
void check_target(CaseFolder const& folder, std::string const& from, std::string const& to,
                  JobContext& context) {
    auto const path = folder.result_path(to);
    std::error_code failed;
    if (to == from) {
        refuse(fmt::format("--to names '{}', the result that is evaluated", to),
               "a result with a transport is never written over by an evaluation", "choose another name");
    }
    if (!fs::exists(path, failed)) {
        return;
    }
    bool const evaluation =
        is_capture_result(folder, to) && JsonReader::from_file(path / "run.json").has("evaluated_from");
    if (!evaluation) {
        refuse(fmt::format("the result '{}' is there already", to),
               "it was calculated, not evaluated; nothing of a run is written over",
               "choose another name with --to");
    }
    context.messages.say(fmt::format("The evaluation '{}' is there and will be replaced.", to));
}

/// The run's settings where they decide how its rates are read.
CaptureJobRequest setup_request(CaptureAgainRequest const& request, fs::path const& result,
                                JsonReader const& record) {
    auto const settings = record["settings"];
    CaptureJobRequest setup;
    setup.case_folder = request.case_folder;
    setup.result_name = request.to_name;
    auto const one = result / "rate_boron.nrrd", first = result / "field_1_rate_boron.nrrd";
    std::error_code failed;
    setup.grid =
        "like:" + (fs::exists(first, failed) ? first : one).string(); // the usual name where both are missing
    setup.end_cap = settings["end_cap"].text();
    setup.boron_in_transport = settings["boron_in_transport"].boolean();
    setup.analog = settings["analog"].boolean();
    setup.port = settings.text_or("port", "");
    setup.calibration = settings.text_or("calibration", "");
    setup.seed = request.seed;
    setup.verb = "capture";
    return setup;
}

/// What the transport said of itself stays true.
void keep_of_run(Json const& run, RunRecord& record) {
    for (auto const* key : {"fields", "histories", "stop_reason", "stop_text", "uncertainty",
                            "isotopes_without_data", "in_air_figures", "boron_level_search"}) {
        if (run.contains(key)) {
            record.details[key] = run[key];
        }
    }
    for (auto& field : record.details["fields"]) {
        field.erase("beam_axis"); // of another boron
    }
    record.wall_s = run.value("wall_s", 0.0);
    record.cpu_s = run.value("cpu_s", 0.0);
}

} // namespace

CaptureJobAnswer evaluate_capture_again(CaptureAgainRequest const& asked, JobContext& context) {
    ThreadLimit const limit(context.threads);
    auto const start = std::chrono::steady_clock::now();
    auto request = asked;
    request.to_name = asked.to_name.empty() ? asked.result_name + "-again" : asked.to_name;
    auto const folder = CaseFolder::open(request.case_folder);
    auto const result = folder.result_path(request.result_name);
    if (!is_capture_result(folder, request.result_name)) {
        std::error_code failed;
        if (!fs::exists(result / "run.json", failed)) {
            refuse_no_result(folder, request.result_name);
        }
        refuse(fmt::format("the result '{}' is not one of neutron capture", request.result_name),
               "only those have components to evaluate anew", "name another with --name");
    }
    check_target(folder, request.result_name, request.to_name, context);
    auto const run = JsonReader::from_file(result / "run.json");
    if (!run.has("transport")) {
        read_basis(result, run, {}); // says why not
    }
    auto const job = setup_request(request, result, run);
    CaptureChanges const changes{job.port, request.blood_ppm, request.ratios, request.weights,
                                 request.isoeffective};
    auto const setup = read_capture_setup(job, changes, false, context);
    auto record = planned_record(job, setup, context);
    auto basis = read_basis(result, run, transport_identity(setup, record));
    keep_of_run(run.raw(), record);
    record.details["settings"]["evaluation"] = {
        {"blood_ppm", request.blood_ppm ? Json(*request.blood_ppm) : Json()},
        {"ratios", request.ratios},
        {"weights", setup.plan.weights},
        {"isoeffective", setup.plan.isoeffective},
        {"minutes", request.minutes ? Json(*request.minutes) : Json()}};
    record.details["evaluated_from"] = {{"result", request.result_name},
                                        {"run_sha256", sha256_of_file(result / "run.json")}};
    double const read_s = seconds_since(start);
    auto values = evaluate_capture(setup, std::move(basis), request.minutes, record, context);
    record.details["read_s"] = read_s;
    record.details["evaluated_s"] = seconds_since(start) - read_s;
    record.warnings = context.warnings.all();
    for (auto const& warning : record.warnings) {
        context.messages.warn(warning);
    }
    values.record = record.to_json();
    ResultWriter writer(folder, request.to_name);
    write_capture(writer, setup, values);
    auto const written = writer.commit(record);
    return {written, written / "report.html", values.record,
            fmt::format("evaluated   {} from {}, without transport\n", request.to_name, request.result_name) +
                capture_summary(values.record),
            false};
}

} // namespace beamwright
