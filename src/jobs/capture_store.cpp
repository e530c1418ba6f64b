#include "jobs/capture_store.hpp"
#include "volume/volume_file.hpp"
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

using Part = std::vector<float> CaptureRates::*;
struct Component {
    char const* name;
    Part rate;
    char const* units;
    std::size_t diagonal; ///< place of its variance
};
constexpr std::array<Component, capture_component_count> components{
    {{"boron", &CaptureRates::boron_Gy_per_min_per_ppm, "Gy/min per ppm of B-10 in the voxel", 0},
     {"nitrogen", &CaptureRates::nitrogen_Gy_per_min, "Gy/min", 4},
     {"fast", &CaptureRates::fast_Gy_per_min, "Gy/min", 7},
     {"photon", &CaptureRates::photon_Gy_per_min, "Gy/min", 9}}};

struct Pair {
    std::size_t a, b, place; ///< components; place of their covariance
};
constexpr std::array<Pair, 6> pairs{{{0, 1, 1}, {0, 2, 2}, {0, 3, 3}, {1, 2, 5}, {1, 3, 6}, {2, 3, 8}}};

/// Correlations are kept in steps of 1/10000.
constexpr double correlation_steps = 1e4;

std::string rate_name(Component const& component) { return fmt::format("rate_{}", component.name); }
std::string pair_name(Pair const& pair) {
    return fmt::format("correlation_{}_{}", components[pair.a].name, components[pair.b].name);
}

void write_field(ResultWriter const& writer, CaptureRates const& rates, std::size_t field,
                 std::size_t fields) {
    auto const path = [&](std::string const& name) {
        return writer.path(capture_field_file(field, fields, name));
    };
    bool const errors = rates.covariance.size() == rates.grid.voxels();
    for (auto const& component : components) {
        Volume<float> volume(rates.grid);
        volume.values = rates.*component.rate;
        auto const quantity = fmt::format("dose rate, {} component", component.name);
        write_volume(path(rate_name(component)), volume,
                     {{"quantity", quantity}, {"units", component.units}});
        for (std::size_t v = 0; errors && v < volume.values.size(); ++v) {
            volume.values[v] = std::sqrt(rates.covariance[v].upper[component.diagonal]);
        }
        if (errors) {
            write_volume(
                path(rate_name(component) + "_uncertainty"), volume,
                {{"quantity", "standard uncertainty of the " + quantity}, {"units", component.units}});
        }
    }
    for (auto const& pair : pairs) {
        Volume<std::int16_t> volume(rates.grid);
        for (std::size_t v = 0; errors && v < volume.values.size(); ++v) {
            auto const& upper = rates.covariance[v].upper;
            double const both = std::sqrt(static_cast<double>(upper[components[pair.a].diagonal]) *
                                          static_cast<double>(upper[components[pair.b].diagonal]));
            double const r = both > 0 ? static_cast<double>(upper[pair.place]) / both : 0;
            volume.values[v] = static_cast<std::int16_t>(
                std::lround(correlation_steps * std::fmin(1.0, std::fmax(-1.0, r))));
        }
        if (errors) {
            write_volume(path(pair_name(pair)), volume,
                         {{"quantity", "correlation of two components' statistics"}, {"units", "0.0001"}});
        }
    }
}

Volume<float> read_on(fs::path const& file, Grid const* grid) {
    std::error_code failed;
    if (!fs::is_regular_file(file, failed)) {
        refuse(fmt::format("'{}' is missing", file.string()),
               "a result is evaluated anew from its stored rates",
               "calculate it again with 'beamwright dose --modality bnct'");
    }
    auto volume = read_volume<float>(file);
    if (grid != nullptr && !(volume.grid == *grid)) {
        refuse(fmt::format("'{}' is on another grid than the other rates", file.string()),
               "the files of one result belong together",
               "calculate it again with 'beamwright dose --modality bnct'");
    }
    return volume;
}

CaptureRates read_field(fs::path const& result, std::size_t field, std::size_t fields) {
    auto const path = [&](std::string const& name) {
        return result / capture_field_file(field, fields, name);
    };
    CaptureRates rates;
    std::array<std::vector<float>, capture_component_count> sigma;
    std::error_code failed;
    bool const errors = fs::exists(path(pair_name(pairs[0])), failed);
    for (std::size_t c = 0; c < components.size(); ++c) {
        auto volume = read_on(path(rate_name(components[c])), c == 0 ? nullptr : &rates.grid);
        rates.grid = volume.grid;
        rates.*components[c].rate = std::move(volume.values);
        if (errors) {
            sigma[c] = read_on(path(rate_name(components[c]) + "_uncertainty"), &rates.grid).values;
        }
    }
    rates.covariance.assign(errors ? rates.grid.voxels() : 0, {});
    for (std::size_t c = 0; errors && c < components.size(); ++c) {
        for (std::size_t v = 0; v < sigma[c].size(); ++v) {
            rates.covariance[v].upper[components[c].diagonal] = sigma[c][v] * sigma[c][v];
        }
    }
    for (auto const& pair : pairs) {
        auto const r = errors ? read_on(path(pair_name(pair)), &rates.grid) : Volume<float>();
        for (std::size_t v = 0; v < rates.covariance.size(); ++v) {
            rates.covariance[v].upper[pair.place] =
                r.values[v] / static_cast<float>(correlation_steps) * sigma[pair.a][v] * sigma[pair.b][v];
        }
    }
    return rates;
}

/// Names of what differs between the run and now.
std::string differences(Json const& then, Json const& now) {
    std::string text;
    for (auto const& [key, value] : now.items()) {
        if (!then.is_object() || then.value(key, Json()) != value) {
            text += (text.empty() ? "" : ", ") + key;
        }
    }
    return text;
}

} // namespace

std::string capture_field_file(std::size_t field, std::size_t fields, std::string const& name) {
    return fields > 1 ? fmt::format("field_{}_{}.nrrd", field + 1, name) : name + ".nrrd";
}

void write_rates(ResultWriter const& writer, CaptureTransport const& transport) {
    auto const& basis = transport.basis;
    std::size_t const fields = basis.rates.size();
    for (std::size_t f = 0; f < fields; ++f) {
        write_field(writer, basis.rates[f], f, fields);
        auto const flux = [&](char const* name, Volume<float> const& volume, char const* range) {
            write_volume(writer.path(capture_field_file(f, fields, name)), volume,
                         {{"quantity", fmt::format("neutron fluence {} per source particle", range)},
                          {"units", "1/cm2"}});
        };
        flux("flux_thermal", transport.fluxes[f].thermal, "below 0.5 eV");
        flux("flux_epithermal", transport.fluxes[f].epithermal, "from 0.5 eV to 10 keV");
        flux("flux_fast", transport.fluxes[f].fast, "above 10 keV");
    }
    write_volume(writer.path("boron_ratio.nrrd"), basis.ratio,
                 {{"quantity", "B-10 in the voxel over B-10 in blood, as in the transport"}, {"units", "1"}});
}

Json stored_json(CaptureBasis const& basis, Json identity) {
    return {{"fields", basis.rates.size()},
            {"blood_ppm", basis.blood_ppm},
            {"tissue_absorption_cm2_per_g", basis.absorption.tissue_cm2_per_g},
            {"boron_absorption_cm2_per_g_per_ppm", basis.absorption.per_ppm_cm2_per_g},
            {"identity", std::move(identity)}};
}

/// What else an evaluation takes over from the record of the run.
void check_record(JsonReader const& record, std::size_t fields) {
    for (auto const* key : {"histories", "uncertainty", "wall_s", "cpu_s"}) {
        if (auto const number = record.find(key)) {
            number->number_in(0, 1e18);
        }
    }
    for (auto const* key : {"stop_text", "stop_reason"}) {
        record.text_or(key, "");
    }
    auto const list = record["fields"];
    if (list.size() != fields) {
        list.refuse_here(fmt::format("has {} entries", list.size()),
                         fmt::format("the result has {} fields", fields),
                         "calculate it again with 'beamwright dose --modality bnct'");
    }
    for (auto const& field : list.items()) {
        if (!field.raw().is_object()) {
            field.refuse_here("is not an object", "it describes a field",
                              "calculate it again with 'beamwright dose --modality bnct'");
        }
    }
}

CaptureBasis read_basis(fs::path const& result, JsonReader const& record, Json const& identity) {
    if (!record.has("transport")) {
        refuse(fmt::format("'{}' holds no rates of a transport", result.string()),
               record.has("evaluated_from") ? "it is itself an evaluation of another result"
                                            : "it was calculated by an older version",
               record.has("evaluated_from") ? "name the result that was calculated"
                                            : "calculate it again with 'beamwright dose --modality bnct'");
    }
    auto const transport = record["transport"];
    if (auto const text = differences(transport["identity"].raw(), identity); !text.empty()) {
        refuse(
            fmt::format("'{}' was calculated for something else", result.string()),
            "changed since then: " + text,
            "calculate it again with 'beamwright dose --modality bnct'; only boron, parameters, limits and "
            "times can change without a transport");
    }
    CaptureBasis basis;
    auto const fields = static_cast<std::size_t>(
        transport["fields"].integer_in(1, static_cast<std::int64_t>(most_capture_fields)));
    check_record(record, fields);
    for (std::size_t f = 0; f < fields; ++f) {
        basis.rates.push_back(read_field(result, f, fields));
        if (!(basis.rates[f].grid == basis.rates[0].grid)) {
            refuse(fmt::format("fields of '{}' are on different grids", result.string()),
                   "the files of one result belong together",
                   "calculate it again with 'beamwright dose --modality bnct'");
        }
    }
    basis.blood_ppm = transport["blood_ppm"].numbers();
    if (basis.blood_ppm.size() != fields) {
        transport["blood_ppm"].refuse_here(fmt::format("has {} numbers", basis.blood_ppm.size()),
                                           fmt::format("the result has {} fields", fields),
                                           "calculate it again with 'beamwright dose --modality bnct'");
    }
    for (std::size_t f = 0; f < fields; ++f) {
        transport["blood_ppm"].at(f).number_in(0, 1e5);
    }
    basis.absorption = {transport["tissue_absorption_cm2_per_g"].number_in(1e-6, 1e3),
                        transport["boron_absorption_cm2_per_g_per_ppm"].number_in(1e-9, 1)};
    basis.ratio = read_on(result / "boron_ratio.nrrd", &basis.rates[0].grid);
    return basis;
}

} // namespace beamwright
