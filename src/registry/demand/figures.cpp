#include "registry/demand/figures.hpp"
#include "core/data_files.hpp"
#include "core/json.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>

namespace beamwright::registry {

namespace {

constexpr double none = std::numeric_limits<double>::infinity();
/// The least figure that makes sense; a zero share or time gives no rooms or endless ones.
constexpr double tiny = 1e-6;

constexpr std::array<DemandParameter, 13> parameters{{
    {"cases", "--cases", "new cases", "cases/year", tiny, 1e10, none},
    {"utilization", "--utilization", "utilization", "share of new cases", tiny, 1, 1},
    {"radical_share", "--radical-share", "treated with radical intent", "share of irradiated patients", tiny,
     1, 1},
    {"eligible_share", "--eligible", "eligible share", "share", tiny, 1, 1},
    {"retreatment", "--retreatment", "retreatment", "courses added per first course", 0, 10, none},
    {"fractions_per_course", "--fractions", "fractions", "fractions/course", tiny, 100, none},
    {"fractions_per_hour", "--fractions-per-hour", "fractions per hour", "fractions/h", tiny, 60, none},
    {"minutes_per_fraction", "--minutes", "room time per fraction", "min", tiny, 1440, none},
    {"irradiation_minutes", "--irradiation-minutes", "irradiation", "min", tiny, 1440, none},
    {"setup_minutes", "--setup-minutes", "setup in the room", "min", 0, 1440, none},
    {"hours_per_day", "--hours-per-day", "hours per day", "h/day", tiny, 24, 24},
    {"days_per_year", "--days-per-year", "days per year", "days/year", tiny, 366, 366},
    {"patients_per_room", "--patients-per-room", "patients per room (cross-check)", "patients/year", tiny,
     1e5, none},
}};

template <class Kind, std::size_t n>
Kind from_word(std::array<Kind, n> const& all, std::string const& word, std::string const& what) {
    std::string names;
    for (auto const kind : all) {
        if (word_of(kind) == word) {
            return kind;
        }
        names += (names.empty() ? "" : ", ") + word_of(kind);
    }
    refuse(fmt::format("unknown {} '{}'", what, word), "the known ones are: " + names, "use one of them");
}

Trust trust_of(JsonReader const& mark) {
    for (auto const trust : {Trust::published, Trust::commercial}) {
        if (mark.text() == mark_of(trust)) {
            return trust;
        }
    }
    mark.refuse_here("unknown mark", "a figure is P (published) or P-COMMERCIAL (a provider's claim)",
                     "use one of them");
}

std::optional<double> number_of(JsonReader const& entry, char const* key) {
    auto const field = entry.find(key);
    return field && !field->is_null() ? std::optional(field->number()) : std::nullopt;
}

DemandFigure figure_of(JsonReader const& entry) {
    entry.allow_only({"parameter", "modality", "value", "low", "high", "unit", "meaning", "source", "mark",
                      "share_of", "default"});
    DemandFigure figure;
    figure.parameter = entry["parameter"].text();
    auto const& parameter = demand_parameter(figure.parameter);
    figure.modality = modality_of(entry["modality"].text());
    figure.value = number_of(entry, "value");
    figure.low = number_of(entry, "low");
    figure.high = number_of(entry, "high");
    figure.unit = entry["unit"].text();
    figure.meaning = entry["meaning"].text();
    figure.source = entry["source"].text();
    figure.mark = trust_of(entry["mark"]);
    if (auto const share_of = entry.find("share_of"); share_of && share_of->text() != "unknown") {
        figure.share_of = share_base_of(share_of->text());
    }
    figure.is_default = entry.find("default") && entry["default"].boolean();
    if (figure.is_default) {
        if (figure.mark != Trust::published || figure.source.empty() || !figure.value) {
            entry.refuse_here("this default is not a published figure with value and source",
                              "vendors' and providers' claims are never a default",
                              "take the default off, or give the published figure");
        }
        check_estimate(
            {*figure.value, figure.low.value_or(*figure.value), figure.high.value_or(*figure.value)},
            entry.source() + ": " + entry.path(), parameter.least, parameter.most);
    }
    return figure;
}

} // namespace

std::string word_of(Modality modality) {
    return modality == Modality::xray ? "xray" : modality == Modality::proton ? "proton" : "bnct";
}

std::string title_of(Modality modality) {
    return modality == Modality::xray     ? "X-ray"
           : modality == Modality::proton ? "Proton"
                                          : "Neutron capture (BNCT)";
}

Modality modality_of(std::string const& word) {
    return from_word(std::array{Modality::xray, Modality::proton, Modality::bnct}, word, "modality");
}

std::string word_of(ShareBase base) {
    return base == ShareBase::new_cases    ? "new_cases"
           : base == ShareBase::irradiated ? "irradiated"
                                           : "radical";
}

ShareBase share_base_of(std::string const& word) {
    return from_word(std::array{ShareBase::new_cases, ShareBase::irradiated, ShareBase::radical}, word,
                     "base of a share");
}

std::string mark_of(Trust trust) {
    switch (trust) {
    case Trust::published:
        return "P";
    case Trust::commercial:
        return "P-COMMERCIAL";
    case Trust::user:
        return "USER";
    case Trust::counted:
        return "COUNTED";
    case Trust::left_out:
        return "NONE";
    }
    return {};
}

DemandParameter const& demand_parameter(std::string const& key) {
    std::vector<std::string> known;
    for (auto const& parameter : parameters) {
        if (key == parameter.key) {
            return parameter;
        }
        known.emplace_back(parameter.key);
    }
    refuse(fmt::format("unknown parameter '{}'", key), "the demand model does not have it",
           fmt::format("did you mean '{}'?", nearest_word(key, known)));
}

DemandFigures DemandFigures::load() { return load(find_data_file("registry", "demand_figures")); }

DemandFigures DemandFigures::load(std::filesystem::path const& file) {
    auto const document = JsonReader::from_file(file);
    document.allow_only({"format", "description", "figures"});
    if (document["format"].text() != "beamwright demand figures 1") {
        document["format"].refuse_here("unknown format", "this program reads 'beamwright demand figures 1'",
                                       "use the file that came with this version");
    }
    DemandFigures all;
    all.file = file;
    for (auto const& entry : document["figures"].items()) {
        all.figures.push_back(figure_of(entry));
        auto const& added = all.figures.back();
        auto const same = std::count_if(all.figures.begin(), all.figures.end(), [&](auto const& other) {
            return other.is_default && added.is_default && other.parameter == added.parameter &&
                   other.modality == added.modality;
        });
        if (same > 1) {
            entry.refuse_here("a second default of this parameter", "there can be only one",
                              "take one of them off");
        }
    }
    return all;
}

DemandFigure const* DemandFigures::default_of(std::string const& parameter, Modality modality) const {
    for (auto const& figure : figures) {
        if (figure.is_default && figure.parameter == parameter && figure.modality == modality) {
            return &figure;
        }
    }
    return nullptr;
}

std::vector<DemandFigure const*> DemandFigures::of(std::string const& parameter, Modality modality) const {
    std::vector<DemandFigure const*> found;
    for (auto const& figure : figures) {
        if (figure.parameter == parameter && figure.modality == modality) {
            found.push_back(&figure);
        }
    }
    return found;
}

} // namespace beamwright::registry
