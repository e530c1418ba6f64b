// What run.json says of a capture irradiation before the run: inputs, settings, what the transport depends on.
#include "core/data_files.hpp"
#include "core/hash.hpp"
#include "jobs/capture_boron.hpp"

namespace beamwright {

RunRecord planned_record(CaptureJobRequest const& request, CaptureSetup const& setup,
                         JobContext const& context) {
    RunRecord record;
    record.verb = request.verb;
    record.command = context.command;
    record.seed = request.seed;
    record.target = "scalar";
    record.inputs = setup.patient.folder.inputs(CaseFolder::InputsOf::capture);
    record.inputs.push_back({"calibration", setup.patient.calibration.name,
                             sha256_of(calibration_to_json(setup.patient.calibration).dump())});
    for (auto const& field : setup.plan.fields) {
        record.add_input("port", find_data_file("ports", field.port));
    }
    if (setup.pet) {
        record.inputs.push_back(setup.pet->input);
        record.details["boron_map"] = to_json(*setup.pet);
    } else if (setup.plan.boron_map) {
        record.add_input("boron map", boron_map_path(setup));
    }
    record.add_input("weights", find_data_file("capture_weights", setup.plan.weights));
    record.add_input("photon-isoeffective parameters",
                     find_data_file("photon_isoeffective", setup.plan.isoeffective));
    if (!setup.plan.tissue_map.empty()) {
        record.add_input("tissue map", find_data_file("tissue_maps", setup.plan.tissue_map));
    }
    record.add_input("table", data_dir() / "tables" / "neutron_library.bin");
    record.add_input("table", data_dir() / "tables" / "neutron_library.json");
    record.details["settings"] = {{"modality", "bnct"},
                                  {"grid", grid_json(setup.patient.grid)},
                                  {"boron_in_transport", request.boron_in_transport},
                                  {"analog", request.analog},
                                  {"end_cap", request.end_cap}};
    if (!request.calibration.empty()) {
        record.details["settings"]["calibration"] = request.calibration;
    }
    if (request.batch_histories > 0) {
        record.details["settings"]["batch_histories"] = request.batch_histories;
    }
    if (!request.port.empty()) {
        record.details["settings"]["port"] = request.port;
    }
    return record;
}

Json transport_identity(CaptureSetup const& setup, RunRecord const& record) {
    Json identity;
    for (auto const& input : record.inputs) {
        if (input.role == "ct" || input.role == "structures" || input.role == "calibration" ||
            input.role == "tissue map") {
            identity[input.role] = input.sha256;
        }
    }
    auto const description = to_json(setup.patient.folder.description());
    identity["overrides"] = description.value("overrides", Json::array());
    identity["outside_body"] = description.value("outside_body", Json());
    identity["body_structure"] = setup.patient.folder.description().body_structure;
    identity["materials"] = Json::object();
    Json in_order = Json::array();
    for (auto const& s : setup.plan.structures) {
        if (!s.material.empty()) {
            identity["materials"][s.structure] = s.material;
            in_order.push_back(s.structure);
        }
    }
    if (in_order.size() > 1) { // where structures overlap, the later material wins
        identity["order of materials"] = in_order;
    }
    auto const plan = JsonReader::from_text(capture_to_text(setup.plan), "capture.json").raw();
    for (std::size_t f = 0; f < setup.fields.size(); ++f) {
        auto const& from = plan.contains("fields") ? plan["fields"][f] : plan;
        auto const place = from["placement"].dump();
        identity["field " + std::to_string(f + 1)] = {
            {"port", sha256_of_file(find_data_file("ports", setup.plan.fields[f].port))},
            {"particles_per_s", setup.fields[f].particles_per_s()},
            {"placement", sha256_of(place)}};
    }
    identity["number of fields"] = setup.fields.size();
    return identity;
}

} // namespace beamwright
