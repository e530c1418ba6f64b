#include "jobs/capture_run.hpp"
#include "casefolder/structures_file.hpp"
#include "evaluate/capture/capture_rates.hpp"
#include "jobs/capture_figures.hpp"
#include "jobs/capture_shielding.hpp"
#include "jobs/processes.hpp"
#include "tables/material_library.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

/// Histories of the short run that finds the time: 10 % in a voxel of the target, some CPU seconds.
constexpr std::int64_t scout_histories = 200'000;
constexpr int most_passes = 3;

StopRules stop_rules(CaptureJobRequest const& request, CaptureSetup const& setup, Warnings& warnings) {
    StopRules rules;
    if (request.histories) {
        rules.histories = static_cast<std::int64_t>(*request.histories);
    }
    rules.time_s = request.time_s;
    bool const none = !request.uncertainty_percent && !request.histories && !request.time_s;
    if (none || request.uncertainty_percent) {
        UncertaintyRule rule;
        rule.target = request.uncertainty_percent.value_or(2.0) / 100;
        if (!request.uncertainty_structure.empty()) {
            auto const& structure = structure_named(setup.patient.structures, request.uncertainty_structure);
            rule.weights =
                dense_mask(structure, setup.patient.grid, setup.patient.stack_options, warnings).values;
            rule.where = structure.name;
        }
        rules.uncertainty = std::move(rule);
    } else if (!request.uncertainty_structure.empty()) {
        refuse("--in needs --uncertainty", "it names the structure that --uncertainty looks at",
               "add --uncertainty");
    }
    return rules;
}

fs::path checkpoint_of(CaptureJobRequest const& request, CaptureSetup const& setup, std::size_t field,
                       int pass) {
    auto name = request.result_name;
    name += field > 0 ? fmt::format(".f{}", field + 1) : "";
    name += pass > 0 ? fmt::format(".p{}", pass + 1) : "";
    return setup.patient.folder.checkpoint_path(name);
}

CaptureRates rates_of(NeutronResult const& result, CaptureFieldSetup const& field) {
    auto const component = [](NeutronVolume const& volume) {
        return volume.empty() ? ComponentVolume{} : ComponentVolume{&volume.value, &volume.sigma};
    };
    SourceComponents components{component(result.boron_per_ppm), component(result.nitrogen),
                                component(result.fast),          component(result.photon_induced),
                                component(result.photon_beam),   {}};
    for (std::size_t p = 0; p < components.correlation.size(); ++p) { // a short run has none
        components.correlation[p] = result.correlation[p].values.empty() ? nullptr : &result.correlation[p];
    }
    return capture_rates(components, field.particles_per_s());
}

/// Several fields: means over the source particles, shares as weights.
Json budget_json(std::vector<NeutronResult> const& results, CaptureSetup const& setup) {
    NeutronBudget sum;
    for (std::size_t f = 0; f < results.size(); ++f) {
        double const share = setup.plan.fields[f].share;
        auto const& part = results[f].energy;
        sum.source += share * part.source;
        sum.Q += share * part.Q;
        sum.deposited += share * part.deposited;
        sum.escaped_neutrons += share * part.escaped_neutrons;
        sum.escaped_photons += share * part.escaped_photons;
        sum.misfit += share * part.misfit;
        sum.rare += share * part.rare;
    }
    return {{"source_MeV", sum.source},
            {"Q_MeV", sum.Q},
            {"deposited_MeV", sum.deposited},
            {"escaped_neutrons_MeV", sum.escaped_neutrons},
            {"escaped_photons_MeV", sum.escaped_photons},
            {"evaluation_misfit_MeV", sum.misfit},
            {"rare_MeV", sum.rare},
            {"imbalance", sum.imbalance()}};
}

Json field_json(NeutronResult const& result) {
    Json json{{"histories", result.histories},
              {"batches", result.batches},
              {"stop_reason", to_string(result.stop_reason)},
              {"stop_text", result.stop_text},
              {"uncertainty", result.uncertainty},
              {"collisions_per_history", result.collisions_per_history},
              {"rare_events", {{"stuck", result.stuck}, {"stack_full", result.stack_full}}},
              {"resumed", result.resumed},
              {"nuclides", Json::array()}};
    for (auto const& nuclide : result.nuclides) {
        json["nuclides"].push_back(
            {{"name", nuclide.name}, {"absorbed", nuclide.absorbed}, {"misfit_MeV", nuclide.misfit_MeV}});
    }
    return json;
}

/// Runs fields at given levels; keeps what they share.
class Runner {
public:
    Runner(CaptureJobRequest const& request, CaptureSetup const& setup, std::string const& inputs_hash,
           JobContext& context)
        : request_(request), setup_(setup), inputs_hash_(inputs_hash), context_(context) {
        NeutronRequest first;
        first.world = &setup.world;
        first.air = MaterialLibrary::shipped().named("air");
        tables_ = tables_for(first);
        stop_ = stop_rules(request, setup, context.warnings);
    }

    NeutronResult run(std::size_t field, double blood_ppm, int pass) {
        auto engine = request_of(field, blood_ppm);
        engine.options.stop = stop_;
        engine.options.batch_histories = request_.batch_histories;
        engine.options.checkpoint = checkpoint_of(request_, setup_, field, pass);
        engine.options.progress = context_.progress;
        auto result = calculate_neutron_dose(engine, context_.warnings);
        add_costs(result);
        if (is_first_process()) {
            warn_of_one_batch(result.batches, context_.warnings);
        }
        return result;
    }
    /// Few histories, nothing kept on disk.
    NeutronResult scout(std::size_t field, double blood_ppm) {
        auto engine = request_of(field, blood_ppm);
        engine.options.stop.histories = scout_histories;
        engine.options.flux = engine.options.correlation = false;
        auto result = calculate_neutron_dose(engine, context_.warnings);
        add_costs(result);
        return result;
    }
    NeutronTables const& tables() const { return *tables_; }
    double cpu_s() const { return cpu_s_; }
    double wall_s() const { return wall_s_; }

private:
    NeutronRequest request_of(std::size_t field, double blood_ppm) {
        auto const& where = setup_.fields[field];
        NeutronRequest engine;
        engine.world = &setup_.world;
        engine.tables = tables_;
        engine.boron_ppm = boron_ppm(setup_.boron_ratio, blood_ppm);
        engine.port = where.source.source;
        engine.port_to_patient = where.placement.port_to_patient;
        engine.air = MaterialLibrary::shipped().named("air");
        auto& o = engine.options;
        o.seed = request_.seed ^ (0x9E3779B9U * static_cast<std::uint32_t>(field)); // fields draw apart
        o.threads = context_.threads;
        o.boron_in_transport = request_.boron_in_transport;
        if (request_.analog) {
            o.method.survival = false;
            o.method.expected_photons = false;
            o.method.photon_weight = 1;
            o.method.photon_path_length = false;
        }
        o.inputs_hash = fmt::format("{} field {} blood {:a}", inputs_hash_, field, blood_ppm);
        o.memory_limit_bytes = static_cast<std::size_t>(request_.memory_GiB * 1024 * 1024 * 1024);
        o.cancelled = context_.cancelled;
        return engine;
    }
    void add_costs(NeutronResult const& result) {
        cpu_s_ += result.cpu_s;
        wall_s_ += result.wall_s;
    }

    CaptureJobRequest const& request_;
    CaptureSetup const& setup_;
    std::string inputs_hash_;
    JobContext& context_;
    std::shared_ptr<NeutronTables const> tables_;
    StopRules stop_;
    double cpu_s_ = 0, wall_s_ = 0;
};

/// Mean levels of the fields while they are open.
std::vector<double> levels_at(CaptureSetup const& setup, double minutes) {
    std::vector<double> levels;
    for (auto const& field : setup.schedule().irradiations(minutes)) {
        levels.push_back(field.blood_ppm_min() / field.minutes);
    }
    return levels;
}

/// The time that these rates give.
double minutes_of(CaptureSetup const& setup, std::vector<CaptureRates> const& rates, JobContext& context) {
    std::vector<CaptureMap> maps;
    maps.reserve(rates.size());
    for (auto const& field : rates) {
        maps.emplace_back(field, setup.boron_ratio, setup.tissues, setup.tissue_index);
    }
    std::vector<StructureVoxels> voxels;
    auto const limits = limits_of(setup, voxels, context.warnings);
    return sequence_time(maps, setup.schedule(), limits, setup.plan.longest_min).minutes;
}

/// The first process knows the time; the others hear of it.
double minutes_for_all(double minutes) {
    constexpr double parts_per_min = 1e9;
    auto const told = from_first_process(std::llround(minutes * parts_per_min));
    return static_cast<double>(told) / parts_per_min;
}

double scouted_minutes(Runner& runner, CaptureSetup const& setup, JobContext& context) {
    auto const levels = levels_at(setup, setup.plan.longest_min);
    std::vector<CaptureRates> rates;
    for (std::size_t f = 0; f < setup.fields.size(); ++f) {
        auto const result = runner.scout(f, levels[f]);
        if (is_first_process()) {
            rates.push_back(rates_of(result, setup.fields[f]));
        }
    }
    return minutes_for_all(is_first_process() ? minutes_of(setup, rates, context) : 0);
}

/// What stands in the rates is not kept twice.
void drop_components(NeutronResult& result) {
    for (auto* volume : {&result.boron_per_ppm, &result.nitrogen, &result.fast, &result.photon_induced,
                         &result.photon_beam}) {
        *volume = {};
    }
    result.correlation = {};
}

struct Pass {
    std::vector<NeutronResult> results;
    CaptureBasis basis;
};

Pass run_pass(Runner& runner, CaptureSetup const& setup, CaptureJobRequest const& request,
              std::vector<double> const& levels, int pass, JobContext& context) {
    Pass made;
    for (std::size_t f = 0; f < setup.fields.size(); ++f) {
        auto const& grid = setup.patient.grid;
        auto const label = setup.field_label(f);
        context.messages.say(
            fmt::format("Following neutrons and photons from port {}{}: {} x {} x {} voxels of {:.3g} mm ...",
                        setup.fields[f].port.name, label.empty() ? label : ", " + label, grid.size[0],
                        grid.size[1], grid.size[2], grid.spacing_mm.x));
        made.results.push_back(runner.run(f, levels[f], pass));
        if (is_first_process()) {
            made.basis.rates.push_back(rates_of(made.results.back(), setup.fields[f]));
            drop_components(made.results.back());
        }
        made.basis.blood_ppm.push_back(request.boron_in_transport ? levels[f] : 0);
    }
    made.basis.ratio = setup.boron_ratio;
    made.basis.absorption = absorption_of(runner.tables().library());
    return made;
}

Json details_of(Pass const& pass, CaptureSetup const& setup) {
    Json d;
    double histories = 0, worst = 0;
    std::string stops;
    d["fields"] = Json::array();
    for (std::size_t f = 0; f < pass.results.size(); ++f) {
        auto const& result = pass.results[f];
        histories += static_cast<double>(result.histories);
        worst = std::max(worst, result.uncertainty);
        stops += (f > 0 ? "; " : "") + result.stop_text;
        auto json = field_json(result);
        json["blood_ppm_in_transport"] = pass.basis.blood_ppm[f];
        d["fields"].push_back(std::move(json));
    }
    auto const& first = pass.results.front();
    d["histories"] = static_cast<std::int64_t>(histories);
    d["stop_reason"] = to_string(first.stop_reason);
    d["stop_text"] = stops;
    d["uncertainty"] = worst;
    d["energy_budget"] = budget_json(pass.results, setup);
    d["isotopes_without_data"] = first.replaced;
    return d;
}

} // namespace

CaptureTransport run_capture(CaptureJobRequest const& request, CaptureSetup const& setup,
                             std::string const& inputs_hash, JobContext& context) {
    Runner runner(request, setup, inputs_hash, context);
    bool const moving = !setup.blood_is_constant && request.boron_in_transport;
    double minutes = setup.plan.longest_min;
    Json said = Json::array();
    if (moving) {
        context.messages.say("A short run finds the time, and with it the mean boron of the irradiation ...");
        minutes = scouted_minutes(runner, setup, context);
        said.push_back({{"run", "short"}, {"minutes", minutes}});
    }
    Pass pass;
    for (int number = 0; number < most_passes; ++number) {
        auto const levels = levels_at(setup, minutes);
        pass = run_pass(runner, setup, request, levels, number, context);
        if (!moving) {
            break;
        }
        minutes = minutes_for_all(is_first_process() ? minutes_of(setup, pass.basis.rates, context) : 0);
        auto const wanted = levels_at(setup, minutes);
        double const change = is_first_process() ? worst_flux_change(setup, pass.basis, wanted) : 0;
        said.push_back({{"run", number + 1},
                        {"blood_ppm_in_transport", levels},
                        {"minutes", minutes},
                        {"mean_blood_ppm", wanted},
                        {"flux_change", change}});
        bool const enough = std::abs(change) <= most_self_shielding_error || number + 1 == most_passes;
        if (from_first_process(enough ? 1 : 0) == 1) {
            break;
        }
        context.messages.say("The time found means another boron level: calculating again with it ...");
    }
    CaptureTransport made;
    made.cpu_s = runner.cpu_s();
    made.wall_s = runner.wall_s();
    if (!is_first_process()) {
        return made;
    }
    made.details = details_of(pass, setup);
    made.details["source_neutrons_per_cpu_s"] =
        made.cpu_s > 0 ? made.details["histories"].get<double>() / made.cpu_s : 0;
    made.details["boron_level_search"] = said;
    for (auto& result : pass.results) {
        made.fluxes.push_back({std::move(result.flux_thermal.value), std::move(result.flux_epithermal.value),
                               std::move(result.flux_fast.value)});
    }
    made.details["in_air_figures"] = Json::array();
    for (auto const& field : setup.fields) {
        made.details["in_air_figures"].push_back(
            in_air_json(field.port, field.strength, runner.tables().library()));
    }
    made.basis = std::move(pass.basis);
    return made;
}

void remove_capture_checkpoints(CaptureJobRequest const& request, CaptureSetup const& setup) {
    std::error_code ignored;
    for (std::size_t f = 0; f < setup.fields.size(); ++f) {
        for (int pass = 0; pass < most_passes; ++pass) {
            fs::remove(checkpoint_of(request, setup, f, pass), ignored);
        }
    }
}

} // namespace beamwright
