#include "jobs/let_values.hpp"
#include "patient/masks.hpp"
#include "volume/volume_file.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

/// Volumes that a structure is asked about; all on one grid.
struct LetMaps {
    Volume<float> const& dose_Gy;
    Volume<float> const& let_d; ///< 0 where it does not count
    Volume<float> const& sigma_rel;
    Volume<float> const& let_t;
};

StructureLet structure_let(Structure const& structure, LetMaps const& maps, StackOptions const& stack) {
    StructureLet out;
    out.number = structure.number;
    out.name = structure.name;
    out.type = structure.type;
    Warnings quiet; // the histograms of dose have said them
    auto const mask =
        make_mask(structure, maps.dose_Gy.grid, with_lone_plane(stack, maps.dose_Gy.grid, structure), quiet);
    double all = 0, counted = 0, dose = 0, dose_let = 0, variance = 0, track = 0;
    std::vector<DoseVolume> steps;
    std::size_t next = 0; // voxels of the mask lie in this order
    auto const& grid = maps.dose_Gy.grid;
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i) {
                auto const in_mask = next++;
                double const volume = static_cast<double>(mask.weight[in_mask]) * grid.voxel_cm3();
                if (!(volume > 0)) {
                    continue;
                }
                all += volume;
                auto const voxel = grid.index(mask.first[0] + i, mask.first[1] + j, mask.first[2] + k);
                double const let = maps.let_d.values[voxel];
                if (!(let > 0)) {
                    continue;
                }
                counted += volume;
                dose += volume * maps.dose_Gy.values[voxel];
                dose_let += volume * maps.dose_Gy.values[voxel] * let;
                track += volume * maps.let_t.values[voxel];
                double const sigma = volume * let * maps.sigma_rel.values[voxel];
                variance += sigma * sigma;
                steps.push_back({let, volume});
            }
        }
    }
    if (counted > 0) {
        out.counted_percent = 100 * counted / all;
        out.dose_mean_keV_per_um = dose_let / dose;
        out.track_mean_keV_per_um = track / counted;
        out.mean_sigma_keV_per_um = std::sqrt(variance) / counted;
        out.let = Dvh(std::move(steps));
    }
    return out;
}

bool is_target(StructureLet const& structure) {
    return structure.type == "PTV" || structure.type == "CTV" || structure.type == "GTV";
}

/// Targets first, then by their highest LET: what a reader of the plot looks for.
std::vector<StructureLet const*> drawn(LetValues const& values) {
    std::vector<StructureLet const*> list;
    for (auto const& structure : values.structures) {
        if (!structure.let.empty()) {
            list.push_back(&structure);
        }
    }
    std::stable_sort(list.begin(), list.end(), [](auto const* a, auto const* b) {
        return std::pair(is_target(*a), a->let.near_max_Gy()) >
               std::pair(is_target(*b), b->let.near_max_Gy());
    });
    if (list.size() > report::plot_colors) {
        list.resize(report::plot_colors);
    }
    return list;
}

report::XyPlot histogram(LetValues const& values) {
    report::XyPlot plot{
        .title = "LET-volume histograms",
        .note = values.structures.size() > report::plot_colors
                    ? "Targets first, then the structures with the highest LETd; the table has all."
                    : "",
        .x_title = "LETd of " + values.particles + ", keV/um",
        .y_title = "volume that counts, %",
        .series = {},
        .y_log = false,
        .x_log = false,
        .x_ticks = {},
        .y_least = 0.0,
        .y_most = 100.0,
        .zero_label = {}};
    int color = 0;
    for (auto const* structure : drawn(values)) {
        report::XySeries series{.name = structure->name,
                                .points = {},
                                .draw = report::XySeries::Draw::line,
                                .band = false,
                                .color = color++,
                                .whiskers = false};
        for (auto const& [let, percent] : structure->let.cumulative(structure->let.max_Gy() / 300)) {
            series.points.push_back({let, percent, percent, percent, {}});
        }
        plot.series.push_back(std::move(series));
    }
    return plot;
}

report::TextTable table_of(LetValues const& values) {
    report::TextTable table{
        .title = {},
        .note =
            "LETd 2 %: exceeded in 2 % of the volume that counts. Uncertainty: one standard deviation of the "
            "statistics, voxels taken as independent.",
        .columns = {"structure", "volume that counts", "mean LETd", "mean by dose", "LETd 98 %", "LETd 50 %",
                    "LETd 2 %", "greatest", "mean LETt"},
        .numbers = {false, true, true, true, true, true, true, true, true},
        .rows = {}};
    auto const number = [](double value) { return fmt::format("{:.2f}", value); };
    for (auto const& structure : values.structures) {
        if (structure.let.empty()) {
            continue;
        }
        auto const& let = structure.let;
        table.rows.push_back({structure.name, fmt::format("{:.0f} %", structure.counted_percent),
                              fmt::format("{:.2f} ± {:.2f}", let.mean_Gy(), structure.mean_sigma_keV_per_um),
                              number(structure.dose_mean_keV_per_um), number(let.near_min_Gy()),
                              number(let.median_Gy()), number(let.near_max_Gy()), number(let.max_Gy()),
                              number(structure.track_mean_keV_per_um)});
    }
    return table;
}

} // namespace

LetValues let_values(std::string const& particles, Volume<float> const& dose_Gy, Volume<float> let_d,
                     Volume<float> const& let_d_sigma_rel, Volume<float> const& let_t,
                     std::vector<Structure> const& structures, StackOptions const& stack) {
    LetValues values;
    if (let_d.values.empty()) {
        return values;
    }
    values.particles = particles;
    values.dose_averaged = std::move(let_d);
    double const least =
        least_dose_share_for_let * *std::max_element(dose_Gy.values.begin(), dose_Gy.values.end());
    for (std::size_t voxel = 0; voxel < dose_Gy.values.size(); ++voxel) {
        if (dose_Gy.values[voxel] < least) {
            values.dose_averaged.values[voxel] = 0;
        }
    }
    LetMaps const maps{dose_Gy, values.dose_averaged, let_d_sigma_rel, let_t};
    for (auto const& structure : structures) {
        if (!structure.contours.empty()) {
            values.structures.push_back(structure_let(structure, maps, stack));
        }
    }
    return values;
}

LetValues let_values_from(fs::path const& result, Json const& record, Volume<float> const& dose_Gy,
                          std::vector<Structure> const& structures, StackOptions const& stack) {
    auto const particles = record.value("settings", Json::object()).value("let", std::string());
    if (particles.empty() || !fs::exists(result / "let_d.nrrd")) {
        return {};
    }
    return let_values(particles, dose_Gy, read_volume<float>(result / "let_d.nrrd"),
                      read_volume<float>(result / "let_d_uncertainty.nrrd"),
                      read_volume<float>(result / "let_t.nrrd"), structures, stack);
}

Json let_json(LetValues const& values) {
    Json json{{"particles", values.particles},
              {"unit", "keV/um"},
              {"least_share_of_greatest_dose", least_dose_share_for_let},
              {"structures", Json::array()}};
    for (auto const& structure : values.structures) {
        Json one{{"number", structure.number},
                 {"name", structure.name},
                 {"type", structure.type},
                 {"counted_percent", structure.counted_percent}};
        if (!structure.let.empty()) {
            auto const& let = structure.let;
            one["mean_let_d"] = let.mean_Gy();
            one["mean_let_d_uncertainty"] = structure.mean_sigma_keV_per_um;
            one["mean_let_d_by_dose"] = structure.dose_mean_keV_per_um;
            one["let_d_98_percent"] = let.near_min_Gy();
            one["let_d_50_percent"] = let.median_Gy();
            one["let_d_2_percent"] = let.near_max_Gy();
            one["greatest_let_d"] = let.max_Gy();
            one["mean_let_t"] = structure.track_mean_keV_per_um;
        }
        json["structures"].push_back(std::move(one));
    }
    return json;
}

report::FigureSection let_section(LetValues const& values) {
    report::FigureSection section{
        .id = "let",
        .title = "LET of " + values.particles,
        .note = fmt::format("Unrestricted LET in water of unit density, keV/um (method C). "
                            "Voxels with less than {:g} % of the greatest dose do not "
                            "count. The map can be chosen beside the dose.",
                            100 * least_dose_share_for_let),
        .chains = {},
        .plots = {},
        .bars = {},
        .tables = {}};
    if (!values.particles.empty()) {
        section.plots.push_back(histogram(values));
        section.tables.push_back(table_of(values));
    }
    return section;
}

} // namespace beamwright
