// The page of a capture irradiation: the dose report with components, depth curves, times and scenarios.
#include "jobs/capture_sections.hpp"
#include "jobs/report_structure.hpp"
#include "report/report.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace {

ReportStructure report_structure(Structure const& drawn, StructureDvh const& weighted,
                                 StructureDvh const& isoeffective) {
    auto out = report_curve(drawn, weighted);
    auto const& dvh = weighted.dvh;
    if (dvh.empty()) {
        return out;
    }
    out.metrics = {{"mean", dvh.mean_Gy(), "Gy(w)", weighted.mean_uncertainty_Gy},
                   {"max", dvh.max_Gy(), "Gy(w)", {}},
                   {"D95", dvh.dose_at_percent(95), "Gy(w)", {}},
                   {"D2", dvh.near_max_Gy(), "Gy(w)", {}},
                   {"iso mean", isoeffective.dvh.mean_Gy(), "Gy(iso)", isoeffective.mean_uncertainty_Gy},
                   {"iso max", isoeffective.dvh.max_Gy(), "Gy(iso)", {}}};
    return out;
}

void add_field_facts(CaptureSetup const& setup, CaptureValues const& values, std::vector<ReportFact>& facts) {
    for (std::size_t f = 0; f < setup.fields.size(); ++f) {
        auto const& field = setup.fields[f];
        auto const label = setup.field_label(f);
        auto const named = [&](char const* what) {
            return label.empty() ? std::string(what) : fmt::format("{}, {}", what, label);
        };
        facts.push_back({named("Port"),
                         fmt::format("{}, {:g} {}", field.port.name,
                                     field.port.strength.amount * field.strength, field.port.strength.unit)});
        auto const& axis = values.fields[f].axis;
        if (axis && axis->advantage_depth_mm) {
            facts.push_back({named("Advantage depth"), fmt::format("{:.0f} mm", *axis->advantage_depth_mm)});
        }
        if (axis) {
            facts.push_back({named("Peak therapeutic ratio"),
                             fmt::format("{:.2f} at {:.0f} mm", axis->peak_therapeutic_ratio,
                                         axis->depth_of_peak_ratio_mm)});
        }
    }
}

std::vector<ReportFact> facts_of(CaptureSetup const& setup, CaptureValues const& values) {
    auto const& record = values.record;
    std::vector<ReportFact> facts;
    facts.push_back({"Irradiation time", fmt::format("{:.1f} min", values.time.minutes)});
    facts.push_back({"Decided by", record["irradiation"]["limiting"].get<std::string>()});
    facts.push_back({"Mean level in blood", fmt::format("{:.3g} ppm", values.mean_blood_ppm)});
    add_field_facts(setup, values, facts);
    if (record.contains("histories")) {
        facts.push_back({"Histories", fmt::format("{:.3g}", record["histories"].get<double>())});
        facts.push_back({"Time", fmt::format("{:.1f} s ({:.1f} CPU s)", record["wall_s"].get<double>(),
                                             record["cpu_s"].get<double>())});
    }
    if (record.contains("evaluated_from")) {
        facts.push_back({"Evaluated from", record["evaluated_from"].value("result", std::string())});
    }
    return facts;
}

Volume<float> relative_of(Volume<float> const& dose, Volume<float> const& sigma) {
    Volume<float> relative(dose.grid);
    for (std::size_t i = 0; i < relative.values.size(); ++i) {
        relative.values[i] = dose.values[i] > 0 ? sigma.values[i] / dose.values[i] : 0.0F;
    }
    return relative;
}

std::vector<std::string> notes_of(CaptureSetup const& setup) {
    std::vector<std::string> notes{
        "All doses are those of one irradiation, whose minutes stand above.",
        "Weighted dose is the sum of the four components, each times its weight (RBE or CBE) of the tissue; "
        "it is no dose of photons and holds only with the named set.",
        "Photon-isoeffective dose is the photon dose with the same effect by the named parameters, with "
        "repair over the irradiation.",
        "Uncertainty is one standard deviation of the transport's statistics, with the components' "
        "correlations; that of boron and biology is not in it."};
    notes.emplace_back("Iso mean and iso max are figures of the photon-isoeffective dose. Air outside the "
                       "body structure is given no dose: it would be noise.");
    notes.emplace_back("Electrons deposit where photons set them free (kerma): the first 2 to 5 mm under the "
                       "skin get too much photon dose.");
    if (setup.fields.size() > 1) {
        notes.emplace_back("Fields are given one after the other; doses add up, and the isoeffective dose "
                           "knows what is repaired between them. Statistics and scenarios take them as "
                           "sharing the time at the mean level in blood.");
    }
    if (setup.plan.normal_tissue.empty()) {
        notes.emplace_back("Advantage depth and therapeutic ratio are not given: capture.json names no "
                           "normal_tissue to compare the tumor with.");
    }
    return notes;
}

std::vector<std::string> limits_of_validity(CaptureSetup const& setup) {
    std::vector<std::string> limits;
    for (std::size_t f = 0; f < setup.fields.size(); ++f) {
        auto const& port = setup.fields[f].port;
        std::string missing;
        for (auto const& one : port.missing) {
            missing += one + " ";
        }
        auto text = fmt::format("What the data of port {} are: {}. What is missing of it: {}", port.name,
                                port.trust, missing.empty() ? "nothing." : missing);
        if (std::find(limits.begin(), limits.end(), text) == limits.end()) {
            limits.push_back(std::move(text));
        }
    }
    limits.emplace_back(setup.plan.boron_map ? "Boron follows the blood in every voxel at the ratio of the "
                                               "map; uptake changes with time in truth."
                                             : "Boron stands still in its structure at the stated ratio; "
                                               "uptake within a tumor varies in truth.");
    limits.emplace_back("Parameter sets are as transcribed from the named sources; see their trust marks.");
    return limits;
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
    input.one_irradiation = true;
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
    input.sections = capture_sections(setup, values);
    input.run_record = values.record;
    for (auto const& w : values.record.value("warnings", Json::array())) {
        input.warnings.push_back({w.value("problem", ""), w.value("why", ""), w.value("do", "")});
    }
    input.notes = notes_of(setup);
    input.limits = limits_of_validity(setup);
    return render_report(input);
}

} // namespace beamwright
