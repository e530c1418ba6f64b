#include "transport/schedule/calculate_dose.hpp"
#include "core/contracts.hpp"
#include "core/parallel.hpp"
#include "transport/schedule/dose_run.hpp"
#include "transport/schedule/memory_plan.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

void check_stop_rules(StopRules const& stop, std::size_t voxels) {
    if (!stop.histories && !stop.time_s && !stop.uncertainty) {
        refuse("nothing says when the calculation stops", "neither histories, time nor uncertainty is given",
               "state at least one of them");
    }
    if (stop.histories && *stop.histories < 1) {
        refuse(fmt::format("{} histories asked for", *stop.histories), "at least one proton must be followed",
               "state a number of histories above 0");
    }
    if (stop.time_s && !(*stop.time_s > 0)) {
        refuse(fmt::format("a time of {:g} s asked for", *stop.time_s), "a calculation takes time",
               "state a time above 0");
    }
    if (!stop.uncertainty) {
        return;
    }
    auto const& rule = *stop.uncertainty;
    if (!(rule.target > 0)) {
        refuse(fmt::format("an uncertainty of {:g} asked for", rule.target),
               "no finite number of histories reaches it", "state an uncertainty above 0, for example 0.01");
    }
    if (rule.weights.empty()) {
        return;
    }
    if (rule.weights.size() != voxels) {
        refuse(fmt::format("the structure '{}' for the uncertainty is on another grid", rule.where),
               fmt::format("it has {} voxels, the dose grid {}", rule.weights.size(), voxels),
               "make the mask on the dose grid");
    }
    bool any = false;
    for (auto const weight : rule.weights) {
        any = any || weight > 0;
    }
    if (!any) {
        refuse(
            fmt::format("the structure '{}' for the uncertainty holds no voxel of the dose grid", rule.where),
            "its mask is empty there", "name a structure inside the grid, or leave it out");
    }
}

void check_world(VoxelWorld const& world) {
    auto const voxels = world.grid.voxels();
    BW_EXPECT(voxels > 0 && world.material.size() == voxels && world.density_g_per_cm3.size() == voxels);
    for (std::size_t i = 0; i < voxels; ++i) {
        float const density = world.density_g_per_cm3[i];
        if (!(density > 0) || !std::isfinite(density)) {
            refuse(fmt::format("voxel {} of the patient has density {:g} g/cm3", i, density),
                   "every voxel needs a density above 0", "check calibration and density overrides");
        }
        if (world.material[i] >= world.materials.size()) {
            refuse(fmt::format("voxel {} of the patient has material number {}", i, world.material[i]),
                   fmt::format("there are {} materials", world.materials.size()),
                   "check the material overrides");
        }
    }
}

} // namespace

std::string to_string(StopReason reason) {
    switch (reason) {
    case StopReason::histories:
        return "histories";
    case StopReason::time:
        return "time";
    case StopReason::uncertainty:
        return "uncertainty";
    }
    return "unknown";
}

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
    if (options.target != LaneTarget::scalar && options.let != LetParticles::none) {
        refuse(fmt::format("LET with the lane target '{}'", to_string(options.target)),
               "the lane engine does not score LET", "use --target scalar, or leave --let out");
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
    require_memory({.voxels = request.world->grid.voxels(),
                    .quantities = options.dose_to_water ? 2 : 1,
                    .beams = static_cast<int>(request.beams.size()),
                    .let = options.let != LetParticles::none},
                   request.world->grid, options.memory_limit_bytes);
    check_world(*request.world);
    check_target(options);
    ThreadLimit const limit(options.threads);
    return DoseRun(request, warnings).run();
}

} // namespace beamwright
