#include "transport/schedule/calculate_dose.hpp"
#include "core/contracts.hpp"
#include "core/parallel.hpp"
#include "transport/schedule/dose_run.hpp"
#include "transport/schedule/memory_plan.hpp"
#include "transport/schedule/processes.hpp"
#include "transport/schedule/world_check.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

std::string to_string(PhysicsMode mode) { return mode == PhysicsMode::full ? "full" : "fast"; }

PhysicsMode physics_mode_named(std::string const& name) {
    if (name != "full" && name != "fast") {
        refuse(fmt::format("there is no physics '{}'", name), "scattering is full or fast",
               "write --physics full or --physics fast");
    }
    return name == "full" ? PhysicsMode::full : PhysicsMode::fast;
}

namespace {

void check_target(DoseOptions const& options) {
    if (options.target == LaneTarget::cuda && processes::count() > 1) {
        refuse(fmt::format("{} processes with the target 'cuda'", processes::count()),
               "one process calculates on one device", "start one process");
    }
    if (options.target == LaneTarget::cuda && options.species) {
        refuse(fmt::format("species with the target '{}'", to_string(options.target)),
               "the device does not tell them apart", "use --target scalar, or leave --species out");
    }
}

} // namespace

DoseResult calculate_dose(DoseRequest const& request, Warnings& warnings) {
    BW_EXPECT(request.world != nullptr);
    auto const& options = request.options;
    if (request.beams.empty()) {
        refuse("there is no beam to calculate", "the plan holds none with protons", "check the plan");
    }
    check_stop_rules(options.stop, request.world->grid.voxels());
    require_memory(
        {.voxels = request.world->grid.voxels(),
         .quantities = (options.dose_to_water ? 2 : 1) + (options.species ? SpeciesScoreView::cells : 0),
         .beams = static_cast<int>(request.beams.size()),
         .let = options.let != LetParticles::none},
        request.world->grid, options.memory_limit_bytes);
    check_world(*request.world);
    check_target(options);
    ThreadLimit const limit(options.threads);
    auto result = DoseRun(request, warnings).run();
    if (processes::is_first()) {
        warn_of_one_batch(result.batches, warnings);
    }
    return result;
}

} // namespace beamwright
