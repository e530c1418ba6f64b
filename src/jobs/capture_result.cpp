#include "jobs/capture_result.hpp"
#include "evaluate/capture/capture_rates.hpp"
#include "evaluate/dvh/tables.hpp"
#include "jobs/capture_spread.hpp"
#include "jobs/capture_trust.hpp"
#include "jobs/structure_metrics.hpp"
#include "volume/volume_file.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

std::array<Volume<float> const*, capture_component_count> volumes_of(ComponentDoses const& components) {
    return {&components.boron_Gy, &components.nitrogen_Gy, &components.fast_Gy, &components.photon_Gy};
}
std::array<Volume<float>*, capture_component_count> volumes_of(ComponentDoses& components) {
    return {&components.boron_Gy, &components.nitrogen_Gy, &components.fast_Gy, &components.photon_Gy};
}

/// One standard deviation of each component: its relative uncertainty is that of its rate.
void add_component_sigmas(CaptureRates const& rates, CaptureValues& values) {
    auto const doses = volumes_of(std::as_const(values.components));
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
}

/// Sums of the fields; the isoeffective dose knows their order and pauses.
void add_doses(std::vector<CaptureMap> const& maps, std::vector<Irradiation> const& times,
               CaptureValues& values) {
    values.components = maps[0].components(times[0]);
    if (maps.size() == 1) {
        values.doses = maps[0].doses(times[0]);
        return;
    }
    std::vector<SequencedField> sequence{{&maps[0], times[0]}};
    for (std::size_t f = 1; f < maps.size(); ++f) {
        sequence.push_back({&maps[f], times[f]});
        auto const part = maps[f].components(times[f]);
        auto const sums = volumes_of(values.components);
        auto const parts = volumes_of(part);
        for (std::size_t c = 0; c < sums.size(); ++c) {
            for (std::size_t v = 0; v < sums[c]->values.size(); ++v) {
                sums[c]->values[v] += parts[c]->values[v];
            }
        }
    }
    values.doses = sequence_doses(sequence);
}

/// Air outside the body gets no dose: it would be noise, weighted as tissue. Rates keep it.
void clear_outside(Volume<float> const& body, CaptureValues& values) {
    std::vector<Volume<float>*> volumes{&values.doses.weighted_Gy, &values.doses.isoeffective_Gy,
                                        &values.sigmas.weighted_Gy, &values.sigmas.isoeffective_Gy};
    for (std::size_t c = 0; c < capture_component_count; ++c) {
        volumes.push_back(volumes_of(values.components)[c]);
        volumes.push_back(&values.component_sigmas[c]);
    }
    for (auto* volume : volumes) {
        for (std::size_t v = 0; v < body.values.size(); ++v) {
            volume->values[v] = body.values[v] > 0 ? volume->values[v] : 0.0F;
        }
    }
}

void add_histograms(CaptureSetup const& setup, CaptureValues& values, Warnings& warnings) {
    auto const& structures = setup.patient.structures.structures;
    DvhOptions const options{setup.patient.stack_options, dvh_part_mm};
    values.weighted =
        dvhs(values.doses.weighted_Gy, structures, options, warnings, &values.sigmas.weighted_Gy);
    Warnings said; // once is enough
    values.isoeffective =
        dvhs(values.doses.isoeffective_Gy, structures, options, said, &values.sigmas.isoeffective_Gy);
    auto const components = volumes_of(std::as_const(values.components));
    for (std::size_t c = 0; c < components.size(); ++c) {
        values.by_component[c] = dvhs(*components[c], structures, options, said);
    }
}

Json structures_json(CaptureValues const& values) {
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
            row[fmt::format("{}_mean_Gy", capture_component_names[c])] =
                values.by_component[c][s].dvh.mean_Gy();
        }
        table.push_back(row);
    }
    return table;
}

Json irradiation_json(CaptureSetup const& setup, CaptureValues const& values) {
    auto const& time = values.time;
    Json limits = Json::array();
    for (auto const& limit : time.limits) {
        limits.push_back({{"limit", limit.limit},
                          {"reached", limit.reached},
                          {"minutes_alone", limit.minutes},
                          {"at_chosen_Gy", limit.at_chosen_Gy}});
    }
    auto const decided = values.time_was_given ? std::string("given time")
                         : time.limiting       ? time.limits[*time.limiting].limit
                                               : std::string("longest time");
    return {{"minutes", time.minutes},
            {"limiting", decided},
            {"limits", limits},
            {"mean_blood_ppm", values.mean_blood_ppm},
            {"blood_relative_sigma", setup.blood_relative_sigma},
            {"weights", setup.plan.weights},
            {"isoeffective", setup.plan.isoeffective},
            {"pause_min", setup.plan.pause_min}};
}

/// Port, place and minutes of each field, into the list that the transport began.
void add_fields(CaptureSetup const& setup, CaptureValues const& values, RunRecord& record) {
    auto& fields = record.details["fields"];
    for (std::size_t f = 0; f < setup.fields.size(); ++f) {
        auto const& field = setup.fields[f];
        auto const& entry = field.placement.entry_mm;
        auto& json = fields[f];
        json["name"] = setup.plan.fields[f].name;
        json["minutes"] = values.fields[f].irradiation.minutes;
        json["mean_blood_ppm"] =
            values.fields[f].irradiation.blood_ppm_min() / values.fields[f].irradiation.minutes;
        json["port"] = {{"name", field.port.name},
                        {"trust", field.port.trust},
                        {"setting", field.port.strength.setting},
                        {"amount", field.port.strength.amount * field.strength},
                        {"unit", field.port.strength.unit},
                        {"particles_per_s", field.particles_per_s()},
                        {"missing", field.port.missing},
                        {"gantry_deg", field.placement.iec.gantry_deg},
                        {"couch_deg", field.placement.iec.couch_deg},
                        {"skin_to_port_mm", field.placement.skin_to_port_mm},
                        {"entry_mm", {entry.x, entry.y, entry.z}}};
    }
}

Json dvh_document(CaptureValues const& values) {
    auto const table = [](std::vector<StructureDvh> const& structures) {
        return dvh_json(structures, customary_questions(0), dvh_step_Gy(structures));
    };
    Json json{{"weighted", table(values.weighted)}, {"isoeffective", table(values.isoeffective)}};
    for (std::size_t c = 0; c < capture_component_count; ++c) {
        json[capture_component_names[c]] = table(values.by_component[c]);
    }
    return json;
}

/// Where a structure gets how much of each component, field by field.
void add_field_means(CaptureSetup const& setup, std::vector<CaptureMap> const& maps, CaptureValues& values) {
    for (std::size_t f = 0; f < maps.size(); ++f) {
        auto& field = values.fields[f];
        double const minutes = field.irradiation.minutes, ppm_min = field.irradiation.blood_ppm_min();
        auto const ready = ready_tissues(maps[f].tissues(), field.irradiation);
        auto const rates = maps[f].view();
        for (std::size_t s = 0; s < setup.masks.size(); ++s) {
            auto const voxels =
                structure_voxels(setup.plan.structures[s].structure, setup.patient.grid, setup.masks[s]);
            std::array<double, capture_component_count + 1> sum{};
            std::size_t n = 0;
            for (auto const& run : voxels.runs) {
                std::size_t const first = setup.patient.grid.index(run.first[0], run.first[1], run.first[2]);
                for (std::size_t v = first; v < first + static_cast<std::size_t>(run.length); ++v, ++n) {
                    double const w = voxels.weight[n];
                    sum[0] += w * ppm_min * rates.boron[v];
                    sum[1] += w * minutes * rates.nitrogen[v];
                    sum[2] += w * minutes * rates.fast[v];
                    sum[3] += w * minutes * rates.photon[v];
                    sum[4] += w * dot(ready[rates.tissue[v]].weight,
                                      {rates.boron[v], rates.nitrogen[v], rates.fast[v], rates.photon[v]});
                }
            }
            for (auto& value : sum) {
                value /= voxels.whole_voxels;
            }
            field.structure_means_Gy.push_back(sum);
        }
    }
}

void find_time(CaptureSetup const& setup, std::vector<CaptureMap> const& maps, std::optional<double> minutes,
               CaptureValues& values, Warnings& warnings) {
    std::vector<StructureVoxels> voxels;
    auto const limits = limits_of(setup, voxels, warnings);
    auto const schedule = setup.schedule();
    values.time = sequence_time(maps, schedule, limits, setup.plan.longest_min);
    values.time_was_given = minutes.has_value();
    if (minutes) {
        values.time.minutes = *minutes;
        values.time.limiting.reset();
        auto const figures = sequence_figures(maps, schedule, limits, *minutes);
        for (std::size_t i = 0; i < figures.size(); ++i) {
            auto& limit = values.time.limits[i];
            limit.at_chosen_Gy = figures[i];
            if (figures[i] > limits[i].limit_Gy) {
                warnings.add(fmt::format("the time given exceeds the limit '{}'", limit.limit),
                             fmt::format("it allows {:.1f} min; after {:g} min its figure is {:.2f} Gy",
                                         limit.minutes, *minutes, figures[i]),
                             "leave out --minutes to keep all limits");
            }
        }
    }
    for (auto const& irradiation : schedule.irradiations(values.time.minutes)) {
        values.fields.push_back({irradiation, {}, {}, {}});
    }
    values.mean_blood_ppm = schedule.mean_blood_ppm(values.time.minutes);
}

void check_boron(CaptureSetup const& setup, CaptureBasis const& basis, CaptureValues& values,
                 RunRecord& record, Warnings& warnings) {
    std::vector<double> levels;
    levels.reserve(values.fields.size());
    for (auto const& field : values.fields) {
        levels.push_back(field.irradiation.blood_ppm_min() / field.irradiation.minutes);
    }
    values.shielding = shielding_estimate(setup, basis, levels);
    record.details["self_shielding"] = to_json(values.shielding);
    if (values.shielding.new_run_advised) {
        warnings.add(
            "boron differs from that in the transport", values.shielding.text,
            "calculate with 'beamwright dose --modality bnct' at this level; doses here are estimates");
    }
}

} // namespace

CaptureValues evaluate_capture(CaptureSetup const& setup, CaptureBasis basis, std::optional<double> minutes,
                               RunRecord& record, JobContext& context) {
    CaptureValues values;
    std::vector<CaptureMap> maps;
    maps.reserve(basis.rates.size());
    for (auto const& rates : basis.rates) {
        maps.emplace_back(rates, setup.boron_ratio, setup.tissues, setup.tissue_index);
    }
    find_time(setup, maps, minutes, values, context.warnings);
    check_boron(setup, basis, values, record, context.warnings);
    std::vector<Irradiation> times;
    times.reserve(values.fields.size());
    for (auto const& field : values.fields) {
        times.push_back(field.irradiation);
    }
    add_doses(maps, times, values);
    add_field_means(setup, maps, values);
    add_axes(setup, basis.rates, values, record, context.warnings);
    // The statistics of several fields, and their scenarios, take them as sharing the time at its mean level
    bool const one = maps.size() == 1;
    Irradiation const shared{values.time.minutes, 0, BloodLevel::constant(values.mean_blood_ppm)};
    Irradiation const& time = one ? times[0] : shared;
    auto rates = one ? std::move(basis.rates[0]) : summed_rates(basis.rates, setup.schedule().shares);
    add_component_sigmas(rates, values);
    CaptureMap const whole =
        one ? std::move(maps[0])
            : CaptureMap(std::move(rates), setup.boron_ratio, setup.tissues, setup.tissue_index);
    maps.clear();
    values.sigmas = whole.sigmas(time);
    add_scenarios(setup, whole, time, values, record);
    clear_outside(setup.body, values);
    add_trust(setup, values, context.warnings);
    add_histograms(setup, values, context.warnings);
    record.details["irradiation"] = irradiation_json(setup, values);
    add_fields(setup, values, record);
    record.details["structures"] = structures_json(values);
    record.details["uncertain_volume_percent"] = Json::array();
    for (auto const& shares : values.uncertain) {
        record.details["uncertain_volume_percent"].push_back(trust_json(shares));
    }
    return values;
}

void write_capture(ResultWriter const& writer, CaptureSetup const& setup, CaptureValues const& values) {
    auto const write = [&](std::string const& file, Volume<float> const& volume, std::string const& quantity,
                           std::string const& units) {
        write_volume(writer.path(file + ".nrrd"), volume, {{"quantity", quantity}, {"units", units}});
    };
    auto const components = volumes_of(values.components);
    for (std::size_t c = 0; c < components.size(); ++c) {
        auto const name = fmt::format("dose_{}", capture_component_names[c]);
        auto const what =
            fmt::format("physical dose of one irradiation, {} component", capture_component_names[c]);
        write(name, *components[c], what, "Gy");
        write(name + "_uncertainty", values.component_sigmas[c], "standard uncertainty of the " + what, "Gy");
    }
    auto const weighted = "weighted dose of one irradiation, set " + setup.plan.weights;
    auto const isoeffective = "photon-isoeffective dose of one irradiation, set " + setup.plan.isoeffective;
    write("dose_weighted", values.doses.weighted_Gy, weighted, "Gy (weighted)");
    write("dose_weighted_uncertainty", values.sigmas.weighted_Gy, "standard uncertainty of the " + weighted,
          "Gy (weighted)");
    write("dose_isoeffective", values.doses.isoeffective_Gy, isoeffective, "Gy (isoeffective)");
    write("dose_isoeffective_uncertainty", values.sigmas.isoeffective_Gy,
          "standard uncertainty of the " + isoeffective, "Gy (isoeffective)");
    writer.write_text("dvh.csv", dvh_csv(values.weighted, dvh_step_Gy(values.weighted)));
    writer.write_text("dvh.json",
                      dvh_document(values).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    writer.write_text("report.html", capture_report(setup, values));
}

std::string capture_summary(Json const& record) {
    auto const& time = record["irradiation"];
    std::string text;
    for (auto const& field : record["fields"]) {
        auto const& port = field["port"];
        auto const name = field["name"].get<std::string>();
        text +=
            fmt::format("port        {}, {:g} {}{}\n", port["name"].get<std::string>(),
                        port["amount"].get<double>(), port["unit"].get<std::string>(),
                        name.empty() ? std::string()
                                     : fmt::format(": {}, {:.1f} min", name, field["minutes"].get<double>()));
    }
    if (record.contains("histories")) {
        text += fmt::format("histories   {:.4g}, {}\n", record["histories"].get<double>(),
                            record["stop_text"].get<std::string>());
        text += fmt::format("time        {:.1f} s, {:.1f} CPU s\n", record["wall_s"].get<double>(),
                            record["cpu_s"].get<double>());
    }
    text += fmt::format("boron       {}\n", record["self_shielding"]["text"].get<std::string>());
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
        for (auto const* key : capture_component_names) {
            text += fmt::format("{:>9.3f}", row[fmt::format("{}_mean_Gy", key)].get<double>());
        }
        text += "\n";
    }
    return text + "doses in Gy of one irradiation; components are physical means\n";
}

} // namespace beamwright
