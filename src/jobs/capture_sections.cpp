#include "jobs/capture_sections.hpp"
#include "jobs/capture_trust.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace {

using report::BarTable;
using report::FigureSection;
using report::TextTable;
using report::XyPlot;

constexpr std::array<char const*, capture_component_count> component_words{"boron", "nitrogen N-14(n,p)",
                                                                           "fast neutrons", "photons"};

FigureSection section_of(std::string id, std::string title, std::string note) {
    return {std::move(id), std::move(title), std::move(note), {}, {}, {}, {}};
}

TextTable table_of(std::string title, std::string note, std::vector<std::string> columns,
                   std::vector<bool> numbers) {
    return {std::move(title), std::move(note), std::move(columns), std::move(numbers), {}};
}

std::string number(double value) { return fmt::format("{:g}", value); }
std::string percent(double share) { return fmt::format("± {:.3g} %", 100 * share); }

TextTable component_table(std::string title, std::string note) {
    auto table = table_of(std::move(title), std::move(note), {"structure"}, {false});
    for (auto const* word : component_words) {
        table.columns.emplace_back(word);
        table.numbers.push_back(true);
    }
    return table;
}

/// Physical means of the components per structure.
TextTable total_components(CaptureValues const& values) {
    auto table = component_table("Components: mean physical dose, Gy",
                                 "Boron at the level and ratios of the irradiation.");
    for (std::size_t s = 0; s < values.weighted.size(); ++s) {
        if (values.weighted[s].dvh.empty()) {
            continue;
        }
        std::vector<std::string> row{values.weighted[s].name};
        for (auto const& component : values.by_component) {
            row.push_back(fmt::format("{:.3f}", component[s].dvh.mean_Gy()));
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

/// Where a stated uncertainty is not to be believed.
TextTable uncertain_shares(CaptureValues const& values) {
    auto table = component_table(
        "Where too few particles came: volume, %",
        fmt::format("Share of each structure in which the component is stated to worse than {:.0f} %: there "
                    "intervals made of its stated uncertainty may be too narrow. Last column: where such a component makes more "
                    "than {:.0f} % of the weighted dose.",
                    100 * trusted_relative_sigma, 100 * notable_dose_share));
    table.columns.emplace_back("weighted");
    table.numbers.push_back(true);
    for (auto const& shares : values.uncertain) {
        std::vector<std::string> row{shares.structure};
        for (double const percent : shares.component_percent) {
            row.push_back(fmt::format("{:.1f}", percent));
        }
        row.push_back(fmt::format("{:.1f}", shares.weighted_percent));
        table.rows.push_back(std::move(row));
    }
    return table;
}

/// Cumulative histograms of the components in one structure.
XyPlot component_histogram(CaptureValues const& values, std::size_t structure) {
    auto plot = report::line_plot(values.weighted[structure].name, {}, "physical dose, Gy", "volume, %");
    plot.y_most = 100.0;
    for (std::size_t c = 0; c < capture_component_count; ++c) {
        auto const& dvh = values.by_component[c][structure].dvh;
        std::vector<double> dose, volume;
        if (!dvh.empty() && dvh.max_Gy() > 0) {
            for (auto const& [dose_Gy, share] : dvh.cumulative(dvh.max_Gy() / 200)) {
                dose.push_back(dose_Gy);
                volume.push_back(share);
            }
        }
        plot.series.push_back(report::plain_line(component_words[c], static_cast<int>(c), dose, volume));
    }
    return plot;
}

/// Components along the axis, one on top of the other: the uppermost line is their sum.
XyPlot stacked_depth(CaptureFieldValues const& field) {
    double const ppm = field.irradiation.blood_ppm_min() / field.irradiation.minutes;
    auto plot = report::line_plot(
        "Physical dose rate along the axis, components stacked",
        fmt::format("Boron for {:.3g} ppm everywhere (level in blood). Each line adds its component to those "
                    "below; the uppermost is the total.",
                    ppm),
        "depth, mm", "Gy/min");
    auto const& axis = field.axis_rates;
    std::vector<double> sum(axis.depth_mm.size());
    for (std::size_t c = 0; c < capture_component_count; ++c) {
        for (std::size_t i = 0; i < sum.size(); ++i) {
            auto const& rate = axis.rate_Gy_per_min[i];
            std::array<double, capture_component_count> const parts{ppm * rate.boron, rate.nitrogen,
                                                                    rate.fast, rate.photon};
            sum[i] += parts[c];
        }
        plot.series.push_back(report::plain_line((c == 0 ? "" : "+ ") + std::string(component_words[c]),
                                                 static_cast<int>(c), axis.depth_mm, sum));
    }
    return plot;
}

XyPlot weighted_depth(AxisFigures const& axis, Json const& said) {
    auto const name = [&](char const* key) { return said.value(key, std::string()); };
    auto plot =
        report::line_plot("Weighted dose rate along the axis",
                          fmt::format("As if the whole axis were tissue and boron of '{}', or of '{}'.",
                                      name("tumor"), name("normal")),
                          "depth, mm", "Gy(w)/min");
    plot.series.push_back(report::plain_line("tumor", 1, axis.depth_mm, axis.tumor_Gy_per_min));
    plot.series.push_back(report::plain_line("normal tissue", 0, axis.depth_mm, axis.normal_Gy_per_min));
    return plot;
}

FigureSection time_section(CaptureValues const& values) {
    auto section =
        section_of("time", "Irradiation time",
                   values.time_was_given ? "The time was given; each limit alone would allow its minutes."
                                         : "Each limit alone would allow its minutes; the smallest decides.");
    auto table = table_of({}, {}, {"limit", "minutes alone", "at the chosen time, Gy", ""},
                          {false, true, true, false});
    for (std::size_t i = 0; i < values.time.limits.size(); ++i) {
        auto const& limit = values.time.limits[i];
        bool const passed = values.time_was_given && limit.minutes < values.time.minutes && limit.reached;
        table.rows.push_back({limit.limit,
                              limit.reached ? fmt::format("{:.1f}", limit.minutes)
                                            : fmt::format("more than {:.0f}", limit.minutes),
                              fmt::format("{:.2f}", limit.at_chosen_Gy),
                              values.time.limiting == i ? "decides"
                              : passed                  ? "exceeded"
                                                        : ""});
    }
    section.tables.push_back(std::move(table));
    return section;
}

FigureSection scenario_section(CaptureSetup const& setup, CaptureValues const& values) {
    auto section = section_of(
        "scenarios", "What errors of boron and position do",
        fmt::format(
            "100 drawn scenarios, weighted dose: 5 % to 95 % of them; the dot is the nominal case. One "
            "standard deviation: blood {}, position {:.3g} mm per axis, ratios as below. The dose "
            "distribution stands still and the patient moves in it.",
            percent(setup.blood_relative_sigma), setup.plan.position_sigma_mm));
    BarTable bars;
    bars.name_column = "structure";
    bars.value_column = "nominal (5 % to 95 %)";
    bars.axis = "Gy(w)";
    bars.columns = {"figure", ""};
    bars.from_zero = true;
    for (std::size_t s = 0; s < values.scenarios.size(); ++s) {
        auto const& row = values.scenarios[s];
        for (auto const& [name, spread] : {std::pair("mean", &row.mean), std::pair("max", &row.most),
                                           std::pair("D2cc", &row.D2cc), std::pair("D95", &row.D95)}) {
            bars.rows.push_back(
                {.name = row.structure,
                 .cells = {name, row.limits ? "limits the time" : ""},
                 .value = fmt::format("{:.2f} ({:.2f} to {:.2f})", spread->nominal, spread->p5, spread->p95),
                 .at = spread->nominal,
                 .low = spread->p5,
                 .high = spread->p95,
                 .color = static_cast<int>(s % report::plot_colors),
                 .pale = false});
        }
    }
    if (!bars.rows.empty()) {
        section.bars.push_back(std::move(bars));
    }
    return section;
}

FigureSection component_section(CaptureSetup const& setup, CaptureValues const& values) {
    auto section = section_of("components", "Components", {});
    section.tables.push_back(total_components(values));
    section.tables.push_back(uncertain_shares(values));
    for (std::size_t s = 0; s < values.weighted.size(); ++s) {
        auto const named = [&](auto const& asked) { return asked.structure == values.weighted[s].name; };
        if (std::any_of(setup.plan.structures.begin(), setup.plan.structures.end(), named)) {
            section.plots.push_back(component_histogram(values, s));
        }
    }
    return section;
}

/// Figures of merit beside the IAEA's targets, as run.json has them.
TextTable merit_table(Json const& figures) {
    auto table =
        table_of("The port free in air, beside the IAEA's targets",
                 fmt::format("Middle of the aperture, at the setting of this irradiation; kerma in {}. "
                             "Targets as quoted in a later article, to be verified: the IAEA's "
                             "documents were not read.",
                             figures.value("tissue", std::string())),
                 {"figure", "this port", "target", "unit", "", "target from"},
                 {false, true, true, false, false, false});
    for (auto const& row : figures.value("figures", Json::array())) {
        bool const known = row["value"].is_number();
        bool const met = row.value("met", false), least = row.value("at_least", false);
        table.rows.push_back({row.value("quantity", std::string()),
                              known ? fmt::format("{:.3g}", row["value"].get<double>()) : "not known",
                              fmt::format("{} {:.3g}", least ? "≥" : "≤", row.value("target", 0.0)),
                              row.value("unit", std::string()),
                              !known ? ""
                              : met  ? "met"
                                     : "not met",
                              row.value("source", std::string())});
    }
    return table;
}

TextTable field_means(CaptureSetup const& setup, CaptureFieldValues const& field) {
    auto table = component_table("Mean physical dose of this field, Gy", {});
    table.columns.emplace_back("weighted, Gy(w)");
    table.numbers.push_back(true);
    for (std::size_t s = 0; s < field.structure_means_Gy.size(); ++s) {
        std::vector<std::string> row{setup.plan.structures[s].structure};
        for (double const value : field.structure_means_Gy[s]) {
            row.push_back(fmt::format("{:.3f}", value));
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

/// One card per field.
FigureSection field_section(CaptureSetup const& setup, CaptureValues const& values, std::size_t f) {
    auto const& field = setup.fields[f];
    auto const& made = values.fields[f];
    auto const label = setup.field_label(f);
    auto const& iec = field.placement.iec;
    auto section = section_of(
        fmt::format("field-{}", f + 1), label.empty() ? "The field" : "F" + label.substr(1),
        fmt::format(
            "Port {}, {:g} {}, {:.1f} min at a mean of {:.3g} ppm in blood; gantry {:g}°, couch {:g}°, "
            "{:g} mm from the skin. Trust: {}",
            field.port.name, field.port.strength.amount * field.strength, field.port.strength.unit,
            made.irradiation.minutes, made.irradiation.blood_ppm_min() / made.irradiation.minutes,
            iec.gantry_deg, iec.couch_deg, field.placement.skin_to_port_mm, field.port.trust));
    section.plots.push_back(stacked_depth(made));
    auto const& record = values.record["fields"][f];
    if (made.axis) {
        section.plots.push_back(weighted_depth(*made.axis, record.value("beam_axis", Json::object())));
    }
    if (setup.fields.size() > 1) {
        section.tables.push_back(field_means(setup, made));
    }
    auto const figures = values.record.value("in_air_figures", Json::array());
    if (f < figures.size()) {
        section.tables.push_back(merit_table(figures[f]));
    }
    return section;
}

/// Parameters as used, tissue by tissue: never a hidden default.
FigureSection biology_section(CaptureSetup const& setup) {
    auto section = section_of("biology", "Tissues: boron and weights",
                              fmt::format("Weights: set {}. Photon-isoeffective parameters: set {}.",
                                          setup.plan.weights, setup.plan.isoeffective));
    auto table = table_of({}, {},
                          {"structure", "boron to blood", "1σ", "weights of", "boron", "nitrogen", "fast",
                           "photon", "isoeffective of", "source of the weights"},
                          {false, true, true, false, true, true, true, true, false, false});
    for (std::size_t i = 0; i < setup.tissues.size(); ++i) {
        auto const& tissue = setup.tissues[i];
        auto const& asked = i == 0 ? setup.plan.elsewhere : setup.plan.structures[i - 1];
        bool const mapped = !asked.boron_to_blood;
        double const sigma = mapped && asked.boron_relative_sigma == 0 ? setup.plan.boron_map->relative_sigma
                                                                       : asked.boron_relative_sigma;
        auto const& w = tissue.weights.weight;
        table.rows.push_back({tissue.name, mapped ? "map" : number(*asked.boron_to_blood),
                              sigma > 0 ? percent(sigma) : "not stated", tissue.weights.tissue,
                              number(w.boron), number(w.nitrogen), number(w.fast), number(w.photon),
                              tissue.isoeffective.tissue, tissue.weights.source});
    }
    section.tables.push_back(std::move(table));
    return section;
}

/// Boron of the transport against that of the evaluation.
FigureSection boron_section(CaptureSetup const& setup, CaptureValues const& values) {
    auto section =
        section_of("boron", "Boron",
                   fmt::format("Level in blood while a port is open: mean {:.3g} ppm, {} (1σ){}; {}.",
                               values.mean_blood_ppm,
                               setup.blood_relative_sigma > 0 ? percent(setup.blood_relative_sigma)
                                                              : std::string("uncertainty not stated"),
                               setup.blood_is_constant ? ", constant" : ", from samples over time",
                               values.shielding.text));
    auto table = table_of({}, "Means where the thermal neutrons are. The change is a first-order estimate.",
                          {"place", "in the transport, ppm", "evaluated, ppm", "thermal flux"},
                          {false, true, true, true});
    for (auto const& place : values.shielding.places) {
        table.rows.push_back({place.name, fmt::format("{:.3g}", place.calculated_ppm),
                              fmt::format("{:.3g}", place.evaluated_ppm),
                              fmt::format("{:+.1f} %", 100 * place.flux_change)});
    }
    section.tables.push_back(std::move(table));
    if (setup.pet) {
        section.tables.push_back(pet_table(*setup.pet));
    }
    return section;
}

} // namespace

std::vector<FigureSection> capture_sections(CaptureSetup const& setup, CaptureValues const& values) {
    std::vector<FigureSection> sections{time_section(values), component_section(setup, values)};
    for (std::size_t f = 0; f < setup.fields.size(); ++f) {
        sections.push_back(field_section(setup, values, f));
    }
    sections.push_back(boron_section(setup, values));
    sections.push_back(scenario_section(setup, values));
    sections.push_back(biology_section(setup));
    return sections;
}

} // namespace beamwright
