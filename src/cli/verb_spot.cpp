/// Verb: spot.
#include "cli/app.hpp"
#include "cli/options.hpp"
#include "jobs/spot.hpp"

namespace beamwright::cli {

void add_spot_verb(App& app) {
    auto const r = std::make_shared<SpotJobRequest>();
    auto const off = std::make_shared<std::array<bool, 3>>();
    auto* const verb = app.add_verb(
        app.root(), "spot",
        "Follow one pencil beam through water or slabs: depth dose, range, widths, rings, speed.",
        "  beamwright spot --energy 150 --histories 2e5\n"
        "  beamwright spot --energy 160 --sigma 4 --energy-spread 0.7% --slab water:50 --slab "
        "bone_cortical:20 "
        "--slab water:150 --json",
        [&app, r, off] {
            r->nuclear = !(*off)[0];
            r->straggling = !(*off)[1];
            r->scattering = !(*off)[2];
            auto context = app.job_context("spot");
            auto const answer = calculate_spot(*r, context);
            app.print(answer.json, answer.table);
            return done;
        });
    char const* const beam = "Beam";
    verb->add_option("--energy", r->energy_MeV, "mean energy at the surface [MeV]")
        ->check(within(0.5, 250.0))
        ->capture_default_str()
        ->group(beam);
    verb->add_option("--sigma", r->sigma_mm, "spot sigma at the surface, x and y [mm]")
        ->check(within(0.0, 100.0))
        ->capture_default_str()
        ->group(beam);
    verb->add_option("--divergence", r->divergence_mrad, "angular sigma at the surface, x and y [mrad]")
        ->check(within(0.0, 100.0))
        ->capture_default_str()
        ->group(beam);
    verb->add_option("--energy-spread", r->energy_spread,
                     "one sigma: 0.7% (a bare number is percent) or 0.9MeV")
        ->capture_default_str()
        ->group(beam);
    char const* const box = "Box";
    verb->add_option("--material", r->material,
                     "material of the box ('beamwright machine materials' lists them)")
        ->capture_default_str()
        ->group(box);
    verb->add_option("--slab", r->slabs, "MATERIAL:THICKNESS_mm[:DENSITY_g_per_cm3]; repeat, upstream first")
        ->group(box);
    verb->add_option("--voxel", r->voxel_mm, "depth of a bin [mm]")
        ->check(within(0.01, 50.0))
        ->capture_default_str()
        ->group(box);
    verb->add_option("--depth", r->depth_mm, "depth of the box [mm]; 0 = a tenth more than the range")
        ->check(within(0.0, 5000.0))
        ->capture_default_str()
        ->group(box);
    verb->add_option("--lateral", r->lateral_mm, "full width of the box [mm]")
        ->check(within(1.0, 5000.0))
        ->capture_default_str()
        ->group(box);
    char const* const scored = "What is reported";
    verb->add_option("--depths", r->report_depths_mm, "depths of sigma and rings [mm]")
        ->check(within(0, 10000))
        ->delimiter(',')
        ->group(scored);
    verb->add_option("--rings", r->ring_edges_mm, "edges of the rings [mm]")
        ->check(within(0, 10000))
        ->delimiter(',')
        ->capture_default_str()
        ->group(scored);
    verb->add_option("--ring-slab", r->ring_slab_mm,
                     "thickness of the slab whose energy is shared into rings [mm]")
        ->check(within(0.01, 100.0))
        ->capture_default_str()
        ->group(scored);
    char const* const run = "Run and physics";
    verb->add_option("--histories", r->histories, "protons to follow")
        ->check(within(1.0, 1e12))
        ->capture_default_str()
        ->group(run);
    verb->add_option("--seed", r->seed, "seed of the random streams")->capture_default_str()->group(run);
    verb->add_option("--water-i", r->water_mean_excitation_eV,
                     "mean excitation energy of water [eV]: 78 or 75")
        ->check(CLI::IsMember({78.0, 75.0}))
        ->capture_default_str()
        ->group(run);
    add_physics_option(verb, r->physics, run);
    add_target_option(verb, r->target, run);
    add_let_option(verb, r->let, run);
    verb->add_flag("--species", r->species, "energy and fluence per plane by species")->group(run);
    verb->add_flag("--no-nuclear", (*off)[0], "switch nuclear interactions off")->group(run);
    verb->add_flag("--no-straggling", (*off)[1], "switch energy straggling off")->group(run);
    verb->add_flag("--no-scattering", (*off)[2], "switch multiple scattering off")->group(run);
}

} // namespace beamwright::cli
