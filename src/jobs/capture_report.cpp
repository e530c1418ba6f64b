// The page of a capture irradiation: the dose report with components, depth curves, times and scenarios.
#include "jobs/capture_result.hpp"
#include "machine/port/port_figures.hpp"
#include "report/report.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr std::array<char const*, capture_component_count> component_words{"boron", "nitrogen N-14(n,p)",
                                                                           "fast neutrons", "photons"};

ReportStructure report_structure(Structure const& drawn, StructureDvh const& weighted,
                                 StructureDvh const& isoeffective) {
    ReportStructure out;
    out.structure = drawn;
    out.volume_cm3 = weighted.contour_volume_cm3;
    auto const& dvh = weighted.dvh;
    if (dvh.empty()) {
        out.shown = false;
        return out;
    }
    for (auto const& [dose_Gy, percent] : dvh.cumulative(std::max(dvh.max_Gy(), 1e-6) / 400)) {
        out.dose_Gy.push_back(dose_Gy);
        out.volume_percent.push_back(percent);
    }
    out.metrics = {
        {"mean", dvh.mean_Gy(), "Gy(w)", weighted.mean_uncertainty_Gy},
        {"max", dvh.max_Gy(), "Gy(w)", {}},
        {"D95", dvh.dose_at_percent(95), "Gy(w)", {}},
        {"D2", dvh.near_max_Gy(), "Gy(w)", {}},
        {"isoeffective mean", isoeffective.dvh.mean_Gy(), "Gy(iso)", isoeffective.mean_uncertainty_Gy},
        {"isoeffective max", isoeffective.dvh.max_Gy(), "Gy(iso)", {}}};
    return out;
}

/// Physical means of the components per structure.
report::TextTable component_table(CaptureValues const& values) {
    report::TextTable table{.title = "Components: mean physical dose, Gy",
                            .note = "Boron at the level and ratios of the irradiation.",
                            .columns = {"structure"},
                            .numbers = {false},
                            .rows = {}};
    for (auto const* word : component_words) {
        table.columns.emplace_back(word);
        table.numbers.push_back(true);
    }
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

/// Cumulative histograms of the components in one structure.
report::XyPlot component_histogram(CaptureValues const& values, std::size_t structure) {
    report::XyPlot plot{.title = values.weighted[structure].name,
                        .note = {},
                        .x_title = "physical dose, Gy",
                        .y_title = "volume, %",
                        .series = {},
                        .y_log = false,
                        .x_log = false,
                        .x_ticks = {},
                        .y_least = 0.0,
                        .y_most = 100.0,
                        .zero_label = {}};
    for (std::size_t c = 0; c < capture_component_count; ++c) {
        auto const& dvh = values.by_component[c][structure].dvh;
        report::XySeries series{.name = component_words[c],
                                .points = {},
                                .draw = report::XySeries::Draw::line,
                                .band = false,
                                .color = static_cast<int>(c),
                                .whiskers = false};
        if (!dvh.empty() && dvh.max_Gy() > 0) {
            for (auto const& [dose_Gy, percent] : dvh.cumulative(dvh.max_Gy() / 200)) {
                series.points.push_back({dose_Gy, percent, percent, percent, {}});
            }
        }
        plot.series.push_back(std::move(series));
    }
    return plot;
}

/// Components along the axis, one on top of the other: the uppermost line is their sum.
report::XyPlot stacked_depth(CaptureSetup const& setup, CaptureValues const& values) {
    report::XyPlot plot{
        .title = "Physical dose rate along the axis, components stacked",
        .note = fmt::format("Boron for {:.3g} ppm everywhere (level in blood). Each line adds its "
                            "component to those below; the uppermost is the total.",
                            values.irradiation.blood_ppm_min() / values.irradiation.minutes),
        .x_title = "depth, mm",
        .y_title = "Gy/min",
        .series = {},
        .y_log = false,
        .x_log = false,
        .x_ticks = {},
        .y_least = 0.0,
        .y_most = {},
        .zero_label = {}};
    double const ppm = values.irradiation.blood_ppm_min() / values.irradiation.minutes;
    auto const& axis = values.axis_rates;
    std::vector<double> sum(axis.depth_mm.size());
    (void)setup;
    for (std::size_t c = 0; c < capture_component_count; ++c) {
        report::XySeries series{.name = c == 0 ? component_words[c] : std::string("+ ") + component_words[c],
                                .points = {},
                                .draw = report::XySeries::Draw::line,
                                .band = false,
                                .color = static_cast<int>(c),
                                .whiskers = false};
        for (std::size_t i = 0; i < sum.size(); ++i) {
            auto const& rate = axis.rate_Gy_per_min[i];
            std::array<double, capture_component_count> const parts{ppm * rate.boron, rate.nitrogen,
                                                                    rate.fast, rate.photon};
            sum[i] += parts[c];
            series.points.push_back({axis.depth_mm[i], sum[i], sum[i], sum[i], {}});
        }
        plot.series.push_back(std::move(series));
    }
    return plot;
}

report::XyPlot weighted_depth(CaptureValues const& values) {
    report::XyPlot plot{.title = "Weighted dose rate along the axis",
                        .note = "As if the whole axis were tumor, or normal tissue.",
                        .x_title = "depth, mm",
                        .y_title = "Gy(w)/min",
                        .series = {},
                        .y_log = false,
                        .x_log = false,
                        .x_ticks = {},
                        .y_least = 0.0,
                        .y_most = {},
                        .zero_label = {}};
    auto const line = [&](char const* name, std::vector<double> const& y, int color) {
        report::XySeries series{.name = name,
                                .points = {},
                                .draw = report::XySeries::Draw::line,
                                .band = false,
                                .color = color,
                                .whiskers = false};
        for (std::size_t i = 0; i < y.size(); ++i) {
            series.points.push_back({values.axis->depth_mm[i], y[i], y[i], y[i], {}});
        }
        plot.series.push_back(std::move(series));
    };
    line("tumor", values.axis->tumor_Gy_per_min, 1);
    line("normal tissue", values.axis->normal_Gy_per_min, 0);
    return plot;
}

report::FigureSection time_section(CaptureValues const& values) {
    report::FigureSection section{.id = "time",
                                  .title = "Irradiation time",
                                  .note = "Each limit alone would allow its minutes; the smallest decides.",
                                  .chains = {},
                                  .plots = {},
                                  .bars = {},
                                  .tables = {}};
    report::TextTable table{.title = {},
                            .note = {},
                            .columns = {"limit", "minutes alone", "at the chosen time, Gy", ""},
                            .numbers = {false, true, true, false},
                            .rows = {}};
    for (std::size_t i = 0; i < values.time.limits.size(); ++i) {
        auto const& limit = values.time.limits[i];
        table.rows.push_back({limit.limit,
                              limit.reached ? fmt::format("{:.1f}", limit.minutes)
                                            : fmt::format("more than {:.0f}", limit.minutes),
                              fmt::format("{:.2f}", limit.at_chosen_Gy),
                              values.time.limiting == i ? "decides" : ""});
    }
    section.tables.push_back(std::move(table));
    return section;
}

report::FigureSection scenario_section(CaptureValues const& values) {
    report::FigureSection section{
        .id = "scenarios",
        .title = "What errors of boron and position do",
        .note =
            "100 drawn scenarios, weighted dose: 5 % to 95 % of them; the dot is the nominal case. The dose "
            "distribution stands still and the patient moves in it.",
        .chains = {},
        .plots = {},
        .bars = {},
        .tables = {}};
    report::BarTable bars{.title = {},
                          .note = {},
                          .name_column = "structure",
                          .value_column = "nominal (5 % to 95 %)",
                          .axis = "Gy(w)",
                          .columns = {"figure"},
                          .rows = {},
                          .reference = {},
                          .reference_label = {},
                          .logarithmic = false,
                          .from_zero = true};
    constexpr std::array<char const*, 3> figures{"mean", "D95", "D2cc"};
    for (std::size_t s = 0; s < values.scenarios.size(); ++s) {
        for (std::size_t f = 0; f < figures.size(); ++f) {
            auto const& spread = values.scenarios[s][f];
            bars.rows.push_back(
                {.name = values.scenario_structures[s],
                 .cells = {figures[f]},
                 .value = fmt::format("{:.2f} ({:.2f} to {:.2f})", spread.nominal, spread.p5, spread.p95),
                 .at = spread.nominal,
                 .low = spread.p5,
                 .high = spread.p95,
                 .color = static_cast<int>(s % report::plot_colors),
                 .pale = false});
        }
    }
    if (!bars.rows.empty()) {
        section.bars.push_back(std::move(bars));
    }
    return section;
}

report::FigureSection component_section(CaptureSetup const& setup, CaptureValues const& values) {
    report::FigureSection section{.id = "components",
                                  .title = "Components",
                                  .note = {},
                                  .chains = {},
                                  .plots = {stacked_depth(setup, values)},
                                  .bars = {},
                                  .tables = {component_table(values)}};
    if (values.axis) {
        section.plots.push_back(weighted_depth(values));
    }
    for (std::size_t s = 0; s < values.weighted.size(); ++s) {
        auto const named = [&](auto const& asked) { return asked.structure == values.weighted[s].name; };
        if (std::any_of(setup.plan.structures.begin(), setup.plan.structures.end(), named)) {
            section.plots.push_back(component_histogram(values, s));
        }
    }
    return section;
}

/// Parameters as used, tissue by tissue: never a hidden default.
report::FigureSection biology_section(CaptureSetup const& setup) {
    report::FigureSection section{.id = "biology",
                                  .title = "Tissues: boron and weights",
                                  .note =
                                      fmt::format("Weights: set {}. Photon-isoeffective parameters: set {}.",
                                                  setup.plan.weights, setup.plan.isoeffective),
                                  .chains = {},
                                  .plots = {},
                                  .bars = {},
                                  .tables = {}};
    report::TextTable table{.title = {},
                            .note = {},
                            .columns = {"structure", "boron to blood", "weights of", "boron", "nitrogen",
                                        "fast", "photon", "isoeffective of", "source of the weights"},
                            .numbers = {false, true, false, true, true, true, true, false, false},
                            .rows = {}};
    for (std::size_t i = 0; i < setup.tissues.size(); ++i) {
        auto const& tissue = setup.tissues[i];
        auto const& asked = i == 0 ? setup.plan.elsewhere : setup.plan.structures[i - 1];
        auto const& w = tissue.weights.weight;
        auto const number = [](double value) { return fmt::format("{:g}", value); };
        table.rows.push_back({tissue.name, number(asked.boron_to_blood), tissue.weights.tissue,
                              number(w.boron), number(w.nitrogen), number(w.fast), number(w.photon),
                              tissue.isoeffective.tissue, tissue.weights.source});
    }
    section.tables.push_back(std::move(table));
    return section;
}

std::vector<ReportFact> facts_of(CaptureSetup const& setup, CaptureValues const& values) {
    auto const& record = values.record;
    std::vector<ReportFact> facts;
    facts.push_back({"Irradiation time", fmt::format("{:.1f} min", values.time.minutes)});
    facts.push_back({"Decided by", record["irradiation"]["limiting"].get<std::string>()});
    facts.push_back({"Mean level in blood",
                     fmt::format("{:.3g} ppm", record["irradiation"]["mean_blood_ppm"].get<double>())});
    facts.push_back(
        {"Port", fmt::format("{}, {:g} {}", setup.port.name, setup.port.strength.amount * setup.strength,
                             setup.port.strength.unit)});
    if (values.axis && values.axis->advantage_depth_mm) {
        facts.push_back({"Advantage depth", fmt::format("{:.0f} mm", *values.axis->advantage_depth_mm)});
    }
    if (values.axis) {
        facts.push_back(
            {"Peak therapeutic ratio", fmt::format("{:.2f} at {:.0f} mm", values.axis->peak_therapeutic_ratio,
                                                   values.axis->depth_of_peak_ratio_mm)});
    }
    facts.push_back({"Histories", fmt::format("{:.3g}", record["histories"].get<double>())});
    facts.push_back({"Time", fmt::format("{:.1f} s ({:.1f} CPU s)", record["wall_s"].get<double>(),
                                         record["cpu_s"].get<double>())});
    return facts;
}

Volume<float> relative_of(Volume<float> const& dose, Volume<float> const& sigma) {
    Volume<float> relative(dose.grid);
    for (std::size_t i = 0; i < relative.values.size(); ++i) {
        relative.values[i] = dose.values[i] > 0 ? sigma.values[i] / dose.values[i] : 0.0F;
    }
    return relative;
}

} // namespace

std::string capture_report(CaptureSetup const& setup, CaptureValues const& values) {
    auto const& description = setup.patient.folder.description();
    auto const relative = relative_of(values.doses.weighted_Gy, values.sigmas.weighted_Gy);
    ReportInput input;
    input.case_label = description.label;
    input.verb = values.record.value("verb", std::string("dose"));
    input.subtitle = "Neutron capture: weighted dose of one irradiation, Monte Carlo";
    input.dose_name = "Weighted dose";
    input.dose_unit = "Gy(w)";
    input.ct_HU = &setup.patient.ct_HU;
    input.dose_Gy = &values.doses.weighted_Gy;
    input.relative_uncertainty = &relative;
    input.body_structure = description.body_structure;
    input.maps = {{"Photon-isoeffective dose", "Gy(iso)", &values.doses.isoeffective_Gy},
                  {"Boron", "Gy", &values.components.boron_Gy},
                  {"Nitrogen", "Gy", &values.components.nitrogen_Gy},
                  {"Fast neutrons", "Gy", &values.components.fast_Gy},
                  {"Photons", "Gy", &values.components.photon_Gy}};
    input.facts = facts_of(setup, values);
    for (auto const& structure : setup.patient.structures.structures) {
        for (std::size_t s = 0; s < values.weighted.size(); ++s) {
            if (values.weighted[s].number == structure.number) {
                input.structures.push_back(
                    report_structure(structure, values.weighted[s], values.isoeffective[s]));
            }
        }
    }
    input.sections = {time_section(values), component_section(setup, values), scenario_section(values),
                      biology_section(setup)};
    input.run_record = values.record;
    for (auto const& w : values.record.value("warnings", Json::array())) {
        input.warnings.push_back({w.value("problem", ""), w.value("why", ""), w.value("do", "")});
    }
    input.notes = {
        "Weighted dose is the sum of the four components, each times its weight (RBE or CBE) of the tissue; "
        "it is no dose of photons and holds only with the named set.",
        "Photon-isoeffective dose is the photon dose with the same effect by the named parameters, with "
        "repair "
        "over the irradiation.",
        "Uncertainty is one standard deviation of the transport's statistics, with the components' "
        "correlations; that of boron and biology is not in it.",
        "Electrons deposit where photons set them free (kerma): the first 2 to 5 mm under the skin get too "
        "much photon dose."};
    input.limits = {
        "What the port's data are: " + setup.port.trust + ". What is missing of it: " +
            [&] {
                std::string text;
                for (auto const& missing : setup.port.missing) {
                    text += missing + " ";
                }
                return text.empty() ? std::string("nothing.") : text;
            }(),
        "Boron stands still in its structure at the stated ratio; uptake within a tumor varies in truth.",
        "Parameter sets are as transcribed from the named sources; see their trust marks."};
    return render_report(input);
}

} // namespace beamwright
