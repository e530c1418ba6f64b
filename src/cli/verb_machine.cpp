/// Verb: machine.
#include "cli/app.hpp"
#include "cli/options.hpp"
#include "jobs/machines.hpp"

namespace beamwright::cli {

namespace {

template <class Job> std::function<int()> show(App& app, Job job) {
    return [&app, job] {
        auto context = app.job_context("machine");
        auto const answer = job(context);
        app.print(answer.json, answer.table);
        return done;
    };
}

} // namespace

void add_machine_verb(App& app) {
    auto* const verb = app.root()->add_subcommand(
        "machine", "List and show machines, neutron ports, CT calibrations and materials.");
    verb->require_subcommand(1);
    verb->footer("Examples:\n  beamwright machine list\n  beamwright machine show generic_cyclotron\n"
                 "  beamwright machine ports\n"
                 "  beamwright machine calibration schneider2000");
    app.add_verb(verb, "list", "Machines that can be named with --machine.", "", show(app, list_machines));
    app.add_verb(verb, "ports", "Neutron ports that can be named in capture.json and with --port.", "",
                 show(app, list_ports));
    app.add_verb(verb, "calibrations", "CT calibrations that can be named with --calibration.", "",
                 show(app, list_calibrations));
    app.add_verb(verb, "materials", "Materials that can be named in slabs and overrides.", "",
                 show(app, list_materials));
    auto const name = std::make_shared<std::string>();
    struct FileOptions {
        std::string virtual_source;
        double optics_plane_mm = 0;
        CLI::Option* has_optics_plane = nullptr;
    };
    auto const file = std::make_shared<FileOptions>();
    auto* const one = app.add_verb(
        verb, "show", "What a machine is: energies, optics, limits, range shifters, sources.",
        "  beamwright machine show generic_synchrotron --json", show(app, [name, file](JobContext& context) {
            return show_machine(*name, file->virtual_source,
                                given(file->has_optics_plane, file->optics_plane_mm), context);
        }));
    one->add_option("machine", *name, "name or file (JSON, CSV, BDL)")->required();
    file->has_optics_plane =
        add_machine_file_options(one, file->virtual_source, file->optics_plane_mm, "Machine file");
    app.add_verb(
           verb, "port",
           "What a neutron port is: aperture, strength, figures in air beside the IAEA's targets, sources.",
           "  beamwright machine port fir1_k63",
           show(app, [name](JobContext& context) { return show_port(*name, context); }))
        ->add_option("port", *name, "name or file")
        ->required();
    app.add_verb(verb, "calibration", "Density, material and relative stopping power against HU.",
                 "  beamwright machine calibration schneider2000",
                 show(app, [name](JobContext& context) { return show_calibration(*name, context); }))
        ->add_option("calibration", *name, "name or file")
        ->required();
}

} // namespace beamwright::cli
