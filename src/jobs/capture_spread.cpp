#include "jobs/capture_spread.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr double axis_step_mm = 2, axis_length_mm = 200;
constexpr std::size_t scenario_count = 100;

/// A tissue of the plan by name: its place in CaptureSetup::tissues. Nothing for an empty or unknown name.
std::optional<std::size_t> tissue_named(CapturePlan const& plan, std::string const& name) {
    if (name == "elsewhere") {
        return 0;
    }
    for (std::size_t i = 0; i < plan.structures.size(); ++i) {
        if (!name.empty() && plan.structures[i].structure == name) {
            return i + 1;
        }
    }
    return std::nullopt;
}

/// Boron of a tissue over blood: as stated, else the mean of the map in its structure.
double ratio_of(CaptureSetup const& setup, std::size_t tissue) {
    auto const& asked = tissue == 0 ? setup.plan.elsewhere : setup.plan.structures[tissue - 1];
    if (asked.boron_to_blood) {
        return *asked.boron_to_blood;
    }
    if (tissue > 0) {
        return mean_ppm(setup.boron_ratio, setup.masks[tissue - 1]);
    }
    double sum = 0, count = 0;
    for (std::size_t v = 0; v < setup.tissue_index.size(); ++v) {
        if (setup.tissue_index[v] == 0 && setup.body.values[v] >= 0.5F) {
            sum += setup.boron_ratio.values[v];
            ++count;
        }
    }
    return count > 0 ? sum / count : 0;
}

Json axis_json(CaptureSetup const& setup, AxisFigures const& axis, std::size_t tumor, std::size_t normal) {
    auto const or_null = [](std::optional<double> const& value) { return value ? Json(*value) : Json(); };
    return {{"tumor", setup.tissues[tumor].name},
            {"normal", setup.tissues[normal].name},
            {"advantage_depth_mm", or_null(axis.advantage_depth_mm)},
            {"advantage_ratio", or_null(axis.advantage_ratio)},
            {"advantage_depth_dose_rate_Gy_per_min", axis.most_normal_Gy_per_min},
            {"peak_therapeutic_ratio", axis.peak_therapeutic_ratio},
            {"depth_of_peak_ratio_mm", axis.depth_of_peak_ratio_mm}};
}

/// Structures of the plan, then those of limits that are not among them.
std::vector<StructureVoxels> scenario_structures(CaptureSetup const& setup, Warnings& warnings) {
    std::vector<StructureVoxels> structures;
    for (std::size_t i = 0; i < setup.masks.size(); ++i) {
        structures.push_back(
            structure_voxels(setup.plan.structures[i].structure, setup.patient.grid, setup.masks[i]));
    }
    std::vector<StructureVoxels> limited;
    limits_of(setup, limited, warnings);
    for (auto& one : limited) {
        bool const known = std::any_of(structures.begin(), structures.end(),
                                       [&](auto const& other) { return other.name == one.name; });
        if (!known) {
            structures.push_back(std::move(one));
        }
    }
    return structures;
}

CaptureScenarioRow row_of(std::vector<std::vector<ScenarioOutcome>> const& outcomes, std::size_t structure) {
    std::vector<double> mean, most, d2cc, d95;
    for (auto const& outcome : outcomes) {
        auto const& figures = outcome[structure].weighted;
        mean.push_back(figures.mean_Gy);
        most.push_back(figures.most_Gy);
        d2cc.push_back(figures.D2cc_Gy.value_or(figures.most_Gy));
        d95.push_back(figures.D95_Gy);
    }
    return {{}, false, spread_of(mean), spread_of(most), spread_of(d2cc), spread_of(d95)};
}

/// Without dose there are no ratios: a port far away, or very few histories.
bool gets_dose(AxisRates const& axis) {
    return axis.depth_mm.size() > 1 &&
           std::any_of(axis.rate_Gy_per_min.begin(), axis.rate_Gy_per_min.end(), [](auto const& rate) {
               return rate.nitrogen > 0 || rate.fast > 0 || rate.photon > 0;
           });
}

} // namespace

void add_axes(CaptureSetup const& setup, std::vector<CaptureRates> const& rates, CaptureValues& values,
              RunRecord& record, Warnings& warnings) {
    auto const& plan = setup.plan;
    auto const normal = tissue_named(plan, plan.normal_tissue);
    auto const without = [&](std::size_t f, std::string const& why, std::string const& advice) {
        auto const label = setup.field_label(f);
        warnings.add("no figures of the beam axis" + (label.empty() ? label : ", " + label), why, advice);
    };
    for (std::size_t f = 0; f < rates.size(); ++f) {
        auto& field = values.fields[f];
        auto const& placement = setup.fields[f].placement;
        field.axis_rates =
            sample_axis(rates[f], placement.entry_mm, placement.direction(), axis_step_mm, axis_length_mm);
        auto const tumor =
            tissue_named(plan, plan.tumor_tissue.empty() ? plan.fields[f].target : plan.tumor_tissue);
        if (!normal) { // not asked for
            continue;
        }
        if (!tumor || *tumor == *normal) {
            without(f,
                    tumor ? "its tumor tissue is the normal tissue"
                          : "neither tumor_tissue nor the target names an entry of 'structures'",
                    "name the tumor's entry as tumor_tissue in capture.json");
            continue;
        }
        if (!gets_dose(field.axis_rates)) {
            without(f, "no place of it got any dose", "follow more histories, or check the placement");
            continue;
        }
        double const ppm = field.irradiation.blood_ppm_min() / field.irradiation.minutes;
        auto const tissue = [&](std::size_t index) {
            return AxisTissue{setup.tissues[index].weights.weight, ppm * ratio_of(setup, index)};
        };
        field.axis = axis_figures(field.axis_rates, tissue(*tumor), tissue(*normal));
        record.details["fields"][f]["beam_axis"] = axis_json(setup, *field.axis, *tumor, *normal);
    }
}

void add_scenarios(CaptureSetup const& setup, CaptureMap const& map, Irradiation const& irradiation,
                   CaptureValues& values, RunRecord& record) {
    auto const map_sigma = setup.plan.boron_map ? setup.plan.boron_map->relative_sigma : 0;
    auto const sigma_of = [&](CaptureStructure const& s) {
        return s.boron_relative_sigma > 0 || s.boron_to_blood ? s.boron_relative_sigma : map_sigma;
    };
    ScenarioSpread spread{
        setup.blood_relative_sigma, {sigma_of(setup.plan.elsewhere)}, setup.plan.position_sigma_mm};
    for (auto const& s : setup.plan.structures) {
        spread.ratio_relative.push_back(sigma_of(s));
    }
    bool const any = spread.boron_relative > 0 || spread.shift_mm > 0 ||
                     std::any_of(spread.ratio_relative.begin(), spread.ratio_relative.end(),
                                 [](double sigma) { return sigma > 0; });
    if (!any) {
        return;
    }
    Warnings said;
    auto const structures = scenario_structures(setup, said);
    auto const outcomes =
        scenario_outcomes(map, irradiation, structures, drawn_scenarios(spread, scenario_count, record.seed));
    auto const text = [](FigureSpread const& f) {
        return Json{{"nominal", f.nominal}, {"p5", f.p5}, {"median", f.median}, {"p95", f.p95}};
    };
    Json json = Json::array();
    for (std::size_t s = 0; s < structures.size(); ++s) {
        auto row = row_of(outcomes, s);
        row.structure = structures[s].name;
        row.limits = std::any_of(setup.plan.limits.begin(), setup.plan.limits.end(),
                                 [&](auto const& limit) { return limit.structure == row.structure; });
        json.push_back({{"structure", row.structure},
                        {"limits", row.limits},
                        {"mean_Gy", text(row.mean)},
                        {"max_Gy", text(row.most)},
                        {"D2cc_Gy", text(row.D2cc)},
                        {"D95_Gy", text(row.D95)}});
        values.scenarios.push_back(std::move(row));
    }
    record.details["scenarios"] = {{"count", scenario_count},
                                   {"dose", "weighted"},
                                   {"blood_relative_sigma", spread.boron_relative},
                                   {"ratio_relative_sigma", spread.ratio_relative},
                                   {"position_sigma_mm", spread.shift_mm},
                                   {"structures", json}};
}

} // namespace beamwright
