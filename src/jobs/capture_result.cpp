#include "jobs/capture_result.hpp"
#include "casefolder/result_writer.hpp"
#include "casefolder/structures_file.hpp"
#include "evaluate/dvh/tables.hpp"
#include "jobs/structure_metrics.hpp"
#include "volume/volume_file.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr double axis_step_mm = 2, axis_length_mm = 200;
constexpr std::size_t scenario_count = 100;
constexpr std::array<char const*, capture_component_count> component_names{"boron", "nitrogen", "fast",
                                                                           "photon"};

std::array<Volume<float> const*, capture_component_count> volumes_of(ComponentDoses const& components) {
    return {&components.boron_Gy, &components.nitrogen_Gy, &components.fast_Gy, &components.photon_Gy};
}

/// Tumor against the tissue elsewhere along the axis; tumor is the target's tissue.
void add_axis(CaptureSetup const& setup, CaptureRates const& rates, CaptureValues& values,
              RunRecord& record) {
    auto const& plan = setup.plan;
    values.axis_rates = sample_axis(rates, setup.placement.entry_mm, setup.placement.direction(),
                                    axis_step_mm, axis_length_mm);
    std::size_t tumor = 0;
    for (std::size_t i = 0; i < plan.structures.size(); ++i) {
        tumor = plan.structures[i].structure == plan.target ? i + 1 : tumor;
    }
    std::size_t const normal =
        plan.structures.empty() ? 0 : (tumor == 1 && plan.structures.size() > 1 ? 2 : 1);
    if (tumor == 0 || normal == tumor) {
        return;
    }
    double const ppm = values.irradiation.blood_ppm_min() / values.irradiation.minutes;
    auto const tissue = [&](std::size_t index) {
        return AxisTissue{setup.tissues[index].weights.weight,
                          ppm * plan.structures[index - 1].boron_to_blood};
    };
    values.axis = axis_figures(values.axis_rates, tissue(tumor), tissue(normal));
    auto const or_null = [](std::optional<double> const& value) { return value ? Json(*value) : Json(); };
    record.details["beam_axis"] = {
        {"tumor", setup.tissues[tumor].name},
        {"normal", setup.tissues[normal].name},
        {"advantage_depth_mm", or_null(values.axis->advantage_depth_mm)},
        {"advantage_ratio", or_null(values.axis->advantage_ratio)},
        {"advantage_depth_dose_rate_Gy_per_min", values.axis->most_normal_Gy_per_min},
        {"peak_therapeutic_ratio", values.axis->peak_therapeutic_ratio},
        {"depth_of_peak_ratio_mm", values.axis->depth_of_peak_ratio_mm}};
}

/// What errors of boron and position do to the structures of the plan.
void add_scenarios(CaptureSetup const& setup, CaptureMap const& map, CaptureValues& values,
                   RunRecord& record) {
    ScenarioSpread spread{setup.plan.blood_relative_sigma,
                          {setup.plan.elsewhere.boron_relative_sigma},
                          setup.plan.position_sigma_mm};
    bool any = spread.boron_relative > 0 || spread.shift_mm > 0;
    for (auto const& s : setup.plan.structures) {
        spread.ratio_relative.push_back(s.boron_relative_sigma);
        any = any || s.boron_relative_sigma > 0;
    }
    if (!any) {
        return;
    }
    std::vector<StructureVoxels> structures;
    for (std::size_t i = 0; i < setup.masks.size(); ++i) {
        structures.push_back(
            structure_voxels(setup.plan.structures[i].structure, setup.patient.grid, setup.masks[i]));
        values.scenario_structures.push_back(structures.back().name);
    }
    auto const outcomes = scenario_outcomes(map, values.irradiation, structures,
                                            drawn_scenarios(spread, scenario_count, record.seed));
    Json json = Json::array();
    for (std::size_t s = 0; s < structures.size(); ++s) {
        std::vector<double> mean, d95, d2cc;
        for (auto const& outcome : outcomes) {
            auto const& figures = outcome[s].weighted;
            mean.push_back(figures.mean_Gy);
            d95.push_back(figures.D95_Gy);
            d2cc.push_back(figures.D2cc_Gy.value_or(figures.most_Gy));
        }
        values.scenarios.push_back({spread_of(mean), spread_of(d95), spread_of(d2cc)});
        auto const text = [](FigureSpread const& f) {
            return Json{{"nominal", f.nominal}, {"p5", f.p5}, {"median", f.median}, {"p95", f.p95}};
        };
        json.push_back({{"structure", structures[s].name},
                        {"mean_Gy", text(values.scenarios.back()[0])},
                        {"D95_Gy", text(values.scenarios.back()[1])},
                        {"D2cc_Gy", text(values.scenarios.back()[2])}});
    }
    record.details["scenarios"] = {{"count", scenario_count}, {"dose", "weighted"}, {"structures", json}};
}

void add_time(CaptureValues const& values, RunRecord& record) {
    auto const& time = values.time;
    Json limits = Json::array();
    for (auto const& limit : time.limits) {
        limits.push_back({{"limit", limit.limit},
                          {"reached", limit.reached},
                          {"minutes_alone", limit.minutes},
                          {"at_chosen_Gy", limit.at_chosen_Gy}});
    }
    record.details["irradiation"] = {
        {"minutes", time.minutes},
        {"limiting", time.limiting ? Json(time.limits[*time.limiting].limit) : Json("longest time")},
        {"limits", limits},
        {"mean_blood_ppm", values.irradiation.blood_ppm_min() / values.irradiation.minutes}};
}

void write_volumes(ResultWriter const& writer, NeutronResult const& result, CaptureValues const& values) {
    auto const write = [&](std::string const& file, Volume<float> const& volume, std::string const& quantity,
                           char const* units) {
        write_volume(writer.path(file), volume, {{"quantity", quantity}, {"units", units}});
    };
    auto const components = volumes_of(values.components);
    for (std::size_t c = 0; c < components.size(); ++c) {
        auto const what = fmt::format("physical dose of the irradiation, {} component", component_names[c]);
        write(fmt::format("dose_{}.nrrd", component_names[c]), *components[c], what, "Gy");
        write(fmt::format("dose_{}_uncertainty.nrrd", component_names[c]), values.component_sigmas[c],
              "standard uncertainty of the " + what, "Gy");
    }
    write("dose_weighted.nrrd", values.doses.weighted_Gy, "weighted dose of the irradiation",
          "Gy (weighted)");
    write("dose_weighted_uncertainty.nrrd", values.sigmas.weighted_Gy,
          "standard uncertainty of the weighted dose", "Gy (weighted)");
    write("dose_isoeffective.nrrd", values.doses.isoeffective_Gy,
          "photon-isoeffective dose of the irradiation", "Gy (isoeffective)");
    write("dose_isoeffective_uncertainty.nrrd", values.sigmas.isoeffective_Gy,
          "standard uncertainty of the photon-isoeffective dose", "Gy (isoeffective)");
    write("flux_thermal.nrrd", result.flux_thermal.value, "neutron fluence below 0.5 eV per source particle",
          "1/cm2");
    write("flux_epithermal.nrrd", result.flux_epithermal.value,
          "neutron fluence from 0.5 eV to 10 keV per source particle", "1/cm2");
    write("flux_fast.nrrd", result.flux_fast.value, "neutron fluence above 10 keV per source particle",
          "1/cm2");
}

Json dvh_document(CaptureValues const& values) {
    auto const table = [](std::vector<StructureDvh> const& structures) {
        return dvh_json(structures, customary_questions(0), dvh_step_Gy(structures));
    };
    Json json{{"weighted", table(values.weighted)}, {"isoeffective", table(values.isoeffective)}};
    for (std::size_t c = 0; c < capture_component_count; ++c) {
        json[component_names[c]] = table(values.by_component[c]);
    }
    return json;
}

} // namespace

CaptureValues evaluate_capture(CaptureSetup const& setup, NeutronResult const& result, RunRecord& record,
                               JobContext& context) {
    CaptureValues values;
    auto const rates = rates_of(result, setup);
    CaptureMap const map(rates, setup.boron_ratio, setup.tissues, setup.tissue_index);
    std::vector<StructureVoxels> voxels;
    auto const limits = limits_of(setup, voxels, context.warnings);
    values.time = irradiation_time(map, limits, setup.blood, setup.plan.start_min, setup.plan.longest_min);
    values.irradiation = {values.time.minutes, setup.plan.start_min, setup.blood};
    values.doses = map.doses(values.irradiation);
    values.sigmas = map.sigmas(values.irradiation);
    values.components = map.components(values.irradiation);

    // A component's relative uncertainty is that of its rate
    auto const doses = volumes_of(values.components);
    std::array<std::vector<float> const*, capture_component_count> const of_rate{
        &rates.boron_Gy_per_min_per_ppm, &rates.nitrogen_Gy_per_min, &rates.fast_Gy_per_min,
        &rates.photon_Gy_per_min};
    for (std::size_t c = 0; c < capture_component_count; ++c) {
        constexpr std::array<std::size_t, capture_component_count> diagonal{0, 4, 7, 9};
        values.component_sigmas[c] = Volume<float>(rates.grid);
        for (std::size_t v = 0; v < rates.covariance.size(); ++v) {
            float const rate = (*of_rate[c])[v];
            values.component_sigmas[c].values[v] =
                rate > 0 ? doses[c]->values[v] / rate * std::sqrt(rates.covariance[v].upper[diagonal[c]])
                         : 0.0F;
        }
    }

    auto const& structures = setup.patient.structures.structures;
    DvhOptions const options{setup.patient.stack_options, dvh_part_mm};
    values.weighted =
        dvhs(values.doses.weighted_Gy, structures, options, context.warnings, &values.sigmas.weighted_Gy);
    Warnings said; // once is enough
    values.isoeffective =
        dvhs(values.doses.isoeffective_Gy, structures, options, said, &values.sigmas.isoeffective_Gy);
    auto const components = volumes_of(values.components);
    for (std::size_t c = 0; c < components.size(); ++c) {
        values.by_component[c] = dvhs(*components[c], structures, options, said);
    }
    add_time(values, record);
    add_axis(setup, rates, values, record);
    add_scenarios(setup, map, values, record);
    Json table = Json::array();
    for (std::size_t s = 0; s < values.weighted.size(); ++s) {
        if (values.weighted[s].dvh.empty()) {
            continue;
        }
        Json row{{"structure", values.weighted[s].name},
                 {"weighted_mean_Gy", values.weighted[s].dvh.mean_Gy()},
                 {"weighted_max_Gy", values.weighted[s].dvh.max_Gy()},
                 {"weighted_D95_Gy", values.weighted[s].dvh.dose_at_percent(95)},
                 {"isoeffective_mean_Gy", values.isoeffective[s].dvh.mean_Gy()},
                 {"isoeffective_max_Gy", values.isoeffective[s].dvh.max_Gy()}};
        for (std::size_t c = 0; c < capture_component_count; ++c) {
            row[fmt::format("{}_mean_Gy", component_names[c])] = values.by_component[c][s].dvh.mean_Gy();
        }
        table.push_back(row);
    }
    record.details["structures"] = table;
    return values;
}

std::filesystem::path write_capture(CaptureJobRequest const& request, CaptureSetup const& setup,
                                    NeutronResult const& result, CaptureValues& values, RunRecord& record) {
    ResultWriter writer(setup.patient.folder, request.result_name);
    write_volumes(writer, result, values);
    writer.write_text("dvh.csv", dvh_csv(values.weighted, dvh_step_Gy(values.weighted)));
    writer.write_text("dvh.json",
                      dvh_document(values).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    writer.write_text("report.html", capture_report(setup, values));
    return writer.commit(record);
}

std::string capture_summary(Json const& record) {
    auto const& port = record["port"];
    auto const& time = record["irradiation"];
    std::string text = fmt::format("port        {}, {:g} {}\n", port["name"].get<std::string>(),
                                   port["amount"].get<double>(), port["unit"].get<std::string>());
    text += fmt::format("histories   {:.4g}, {}\n", record["histories"].get<double>(),
                        record["stop_text"].get<std::string>());
    text += fmt::format("time        {:.1f} s, {:.1f} CPU s\n", record["wall_s"].get<double>(),
                        record["cpu_s"].get<double>());
    text += fmt::format("irradiation {:.1f} min at {:.1f} ppm in blood; decided by: {}\n\n",
                        time["minutes"].get<double>(), time["mean_blood_ppm"].get<double>(),
                        time["limiting"].get<std::string>());
    text += fmt::format("{:<16}{:>10}{:>10}{:>10}{:>10}{:>9}{:>9}{:>9}{:>9}\n", "structure", "weighted",
                        "max", "iso mean", "iso max", "boron", "nitrogen", "fast", "photon");
    for (auto const& row : record["structures"]) {
        text += fmt::format("{:<16}", row["structure"].get<std::string>());
        for (auto const* key :
             {"weighted_mean_Gy", "weighted_max_Gy", "isoeffective_mean_Gy", "isoeffective_max_Gy"}) {
            text += fmt::format("{:>10.2f}", row[key].get<double>());
        }
        for (auto const* key : component_names) {
            text += fmt::format("{:>9.3f}", row[fmt::format("{}_mean_Gy", key)].get<double>());
        }
        text += "\n";
    }
    return text + "doses in Gy of one irradiation; components are physical means\n";
}

} // namespace beamwright
