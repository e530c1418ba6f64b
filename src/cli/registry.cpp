/// Verb: registry, with its sub-verbs.
#include "cli/app.hpp"

namespace beamwright::cli {

void add_registry_verb(App& app) {
    auto* const verb = app.root()->add_subcommand(
        "registry", "Cancer registries: rates, trends, and the treatment rooms that patients need.");
    verb->require_subcommand(1);
    verb->footer("Examples:\n  beamwright registry demand --cases 3120000\n  beamwright registry counts "
                 "--cases 3120000");
    add_registry_demand_verbs(app, verb);
}

} // namespace beamwright::cli
