#include "jobs/capture.hpp"
#include "core/hash.hpp"
#include "core/parallel.hpp"
#include "jobs/capture_result.hpp"
#include "jobs/capture_store.hpp"
#include "jobs/processes.hpp"
#include "jobs/say_warnings.hpp"
#include <fmt/format.h>

namespace beamwright {

namespace {

Json stop_settings(CaptureJobRequest const& request) {
    bool const none = !request.uncertainty_percent && !request.histories && !request.time_s;
    auto const or_null = [](std::optional<double> const& value) { return value ? Json(*value) : Json(); };
    return {{"uncertainty_percent", none ? Json(2.0) : or_null(request.uncertainty_percent)},
            {"in", request.uncertainty_structure},
            {"histories", or_null(request.histories)},
            {"time_s", or_null(request.time_s)}};
}

CaptureJobAnswer answer_from_files(CaptureJobRequest const& request, CaptureSetup const& setup,
                                   JobContext& context) {
    auto const folder = setup.patient.folder.result_path(request.result_name);
    auto const record = JsonReader::from_file(folder / "run.json").raw();
    context.messages.say(
        "A finished result with the same inputs is there; it was not calculated again (--again does).");
    return {folder, folder / "report.html", record, capture_summary(record), true};
}

} // namespace

CaptureJobAnswer calculate_capture(CaptureJobRequest const& request, JobContext& context) {
    ThreadLimit const limit(context.threads);
    CaptureChanges changes;
    changes.port = request.port;
    auto const setup = read_capture_setup(request, changes, true, context);
    auto record = planned_record(request, setup, context);
    auto const inputs_hash = sha256_of(record.to_json()["inputs"].dump() + record.details["settings"].dump());
    record.details["settings"]["stop"] = stop_settings(request);
    if (!request.again &&
        setup.patient.folder.result_state(request.result_name, record).kind == ResultState::Kind::matches) {
        return answer_from_files(request, setup, context);
    }
    if (!request.resume && is_first_process()) {
        remove_capture_checkpoints(request, setup);
    }
    auto const said = say_warnings(context, 0);
    auto transport = run_capture(request, setup, inputs_hash, context);
    if (!is_first_process()) {
        return {};
    }
    record.cpu_s = transport.cpu_s;
    record.wall_s = transport.wall_s;
    record.details.update(transport.details);
    record.details["transport"] = stored_json(transport.basis, transport_identity(setup, record));
    context.messages.say("Irradiation time, doses, histograms and report ...");
    ResultWriter writer(setup.patient.folder, request.result_name);
    write_rates(writer, transport);
    auto values = evaluate_capture(setup, std::move(transport.basis), {}, record, context);
    say_warnings(context, said);
    record.warnings = context.warnings.all();
    values.record = record.to_json();
    write_capture(writer, setup, values);
    auto const folder = writer.commit(record);
    remove_capture_checkpoints(request, setup);
    return {folder, folder / "report.html", values.record, capture_summary(values.record), false};
}

} // namespace beamwright
