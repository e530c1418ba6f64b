#include "jobs/capture.hpp"
#include "core/hash.hpp"
#include "core/parallel.hpp"
#include "jobs/capture_result.hpp"
#include "jobs/processes.hpp"
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

Json stop_settings(CaptureJobRequest const& request) {
    bool const none = !request.uncertainty_percent && !request.histories && !request.time_s;
    auto const or_null = [](std::optional<double> const& value) { return value ? Json(*value) : Json(); };
    return {{"uncertainty_percent", none ? Json(2.0) : or_null(request.uncertainty_percent)},
            {"in", request.uncertainty_structure},
            {"histories", or_null(request.histories)},
            {"time_s", or_null(request.time_s)}};
}

void add_run_figures(RunRecord& record, NeutronResult const& result, CaptureSetup const& setup) {
    auto& d = record.details;
    d["histories"] = result.histories;
    d["batches"] = result.batches;
    d["stop_reason"] = to_string(result.stop_reason);
    d["stop_text"] = result.stop_text;
    d["uncertainty"] = result.uncertainty;
    d["energy_budget"] = {{"source_MeV", result.energy.source},
                          {"Q_MeV", result.energy.Q},
                          {"deposited_MeV", result.energy.deposited},
                          {"escaped_neutrons_MeV", result.energy.escaped_neutrons},
                          {"escaped_photons_MeV", result.energy.escaped_photons},
                          {"evaluation_misfit_MeV", result.energy.misfit},
                          {"rare_MeV", result.energy.rare},
                          {"imbalance", result.energy.imbalance()}};
    d["source_neutrons_per_cpu_s"] =
        result.cpu_s > 0 ? static_cast<double>(result.histories) / result.cpu_s : 0;
    d["collisions_per_history"] = result.collisions_per_history;
    d["rare_events"] = {{"stuck", result.stuck}, {"stack_full", result.stack_full}};
    d["resumed"] = result.resumed;
    d["isotopes_without_data"] = result.replaced;
    d["port"] = {
        {"name", setup.port.name},
        {"trust", setup.port.trust},
        {"setting", setup.port.strength.setting},
        {"amount", setup.port.strength.amount * setup.strength},
        {"unit", setup.port.strength.unit},
        {"particles_per_s", setup.source.particles_per_s * setup.strength},
        {"missing", setup.port.missing},
        {"gantry_deg", setup.placement.iec.gantry_deg},
        {"couch_deg", setup.placement.iec.couch_deg},
        {"skin_to_port_mm", setup.placement.skin_to_port_mm},
        {"entry_mm", {setup.placement.entry_mm.x, setup.placement.entry_mm.y, setup.placement.entry_mm.z}}};
    d["nuclides"] = Json::array();
    for (auto const& nuclide : result.nuclides) {
        d["nuclides"].push_back(
            {{"name", nuclide.name}, {"absorbed", nuclide.absorbed}, {"misfit_MeV", nuclide.misfit_MeV}});
    }
    record.cpu_s = result.cpu_s;
    record.wall_s = result.wall_s;
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
    auto const setup = read_capture_setup(request, context);
    auto record = planned_record(request, setup, context);
    auto const inputs_hash = sha256_of(record.to_json()["inputs"].dump() + record.details["settings"].dump());
    record.details["settings"]["stop"] = stop_settings(request);
    if (!request.again &&
        setup.patient.folder.result_state(request.result_name, record).kind == ResultState::Kind::matches) {
        return answer_from_files(request, setup, context);
    }
    auto const checkpoint = setup.patient.folder.checkpoint_path(request.result_name);
    if (!request.resume && is_first_process()) {
        std::error_code ignored;
        fs::remove(checkpoint, ignored);
    }
    auto const engine = engine_request(request, setup, inputs_hash, context);
    for (auto const& warning : context.warnings.all()) {
        context.messages.warn(warning);
    }
    auto const& grid = setup.patient.grid;
    context.messages.say(
        fmt::format("Following neutrons and photons from port {}: {} x {} x {} voxels of {:.3g} mm ...",
                    setup.port.name, grid.size[0], grid.size[1], grid.size[2], grid.spacing_mm.x));
    auto const result = calculate_neutron_dose(engine, context.warnings);
    if (!is_first_process()) {
        return {};
    }
    add_run_figures(record, result, setup);
    context.messages.say("Irradiation time, doses, histograms and report ...");
    auto values = evaluate_capture(setup, result, record, context);
    record.warnings = context.warnings.all();
    values.record = record.to_json();
    auto const folder = write_capture(request, setup, result, values, record);
    std::error_code ignored;
    fs::remove(checkpoint, ignored);
    return {folder, folder / "report.html", values.record, capture_summary(values.record), false};
}

} // namespace beamwright
