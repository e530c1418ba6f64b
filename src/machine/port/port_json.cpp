#include "core/data_files.hpp"
#include "machine/port/port_model.hpp"
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr char const* format_name = "beamwright port 1";
constexpr double most_eV = 2e7, least_eV = 1e-5;

/// The value of a word. \throws Refusal at the field, listing the known words
template <class Value>
Value one_of(JsonReader const& json, std::initializer_list<std::pair<char const*, Value>> const& known) {
    std::string words;
    for (auto const& [word, value] : known) {
        if (json.text() == word) {
            return value;
        }
        words += (words.empty() ? "" : ", ") + std::string(word);
    }
    json.refuse_here(fmt::format("is '{}'", json.text()), "known: " + words, "write one of them");
}

void read_aperture(JsonReader const& json, PortModel& port) {
    json.allow_only({"shape", "radius_mm", "half_x_mm", "half_y_mm", "housing_radius_mm"});
    port.aperture = one_of<PortAperture>(
        json["shape"], {{"disk", PortAperture::disk}, {"rectangle", PortAperture::rectangle}});
    if (port.aperture == PortAperture::disk) {
        port.radius_mm = json["radius_mm"].number_in(0.1, 2000);
    } else {
        port.half_x_mm = json["half_x_mm"].number_in(0.1, 2000);
        port.half_y_mm = json["half_y_mm"].number_in(0.1, 2000);
    }
    if (auto const housing = json.find("housing_radius_mm")) {
        port.housing_radius_mm = housing->number_in(0.1, 5000);
    }
}

PortSpectrum read_spectrum(JsonReader const& json) {
    PortSpectrum spectrum;
    spectrum.edges_eV = json["edges_eV"].numbers();
    spectrum.shares = json["shares"].numbers();
    spectrum.within = one_of<PortBinShape>(json["even_in"], {{"energy", PortBinShape::even_in_energy},
                                                             {"logarithm", PortBinShape::even_in_logarithm}});
    spectrum.quantity = one_of<SpectrumQuantity>(
        json["quantity"], {{"fluence", SpectrumQuantity::fluence}, {"current", SpectrumQuantity::current}});
    auto const& edges = spectrum.edges_eV;
    if (edges.size() != spectrum.shares.size() + 1 || spectrum.shares.empty()) {
        json["edges_eV"].refuse_here(fmt::format("has {} numbers", edges.size()),
                                     fmt::format("{} shares need one edge more", spectrum.shares.size()),
                                     "list the lower edge of the first group, then every upper edge");
    }
    for (std::size_t i = 0; i < edges.size(); ++i) {
        if (!(edges[i] >= least_eV && edges[i] <= most_eV) || (i > 0 && !(edges[i] > edges[i - 1]))) {
            json["edges_eV"].at(i).refuse_here(
                fmt::format("is {:g} eV", edges[i]),
                fmt::format("edges rise from {:g} to {:g} eV", least_eV, most_eV),
                "sort the groups and check the unit");
        }
    }
    double sum = 0;
    for (std::size_t i = 0; i < spectrum.shares.size(); ++i) {
        sum += spectrum.shares[i];
        if (!(spectrum.shares[i] >= 0)) {
            json["shares"].at(i).refuse_here(fmt::format("is {:g}", spectrum.shares[i]),
                                             "a share is 0 or more", "correct the spectrum");
        }
    }
    if (!(sum > 0)) {
        json["shares"].refuse_here("sum to 0", "the port would send out nothing", "correct the spectrum");
    }
    return spectrum;
}

void read_table(JsonReader const& json, PortAngleLaw& law) {
    law.cosines = json["cosines"].numbers();
    law.cumulative = json["cumulative"].numbers();
    bool good = law.cosines.size() == law.cumulative.size() && law.cosines.size() >= 2 &&
                law.cosines.front() >= 0 && law.cosines.back() <= 1 && law.cumulative.front() == 0 &&
                law.cumulative.back() == 1;
    for (std::size_t i = 1; good && i < law.cosines.size(); ++i) {
        good = law.cosines[i] > law.cosines[i - 1] && law.cumulative[i] >= law.cumulative[i - 1];
    }
    if (!good) {
        json["cosines"].refuse_here(
            "and 'cumulative' are no distribution",
            "cosines rise between 0 and 1 while their cumulative shares go from 0 to 1", "correct the table");
    }
}

PortAngleLaw read_law(JsonReader const& json) {
    json.allow_only({"below_eV", "law", "power", "cosines", "cumulative"});
    PortAngleLaw law;
    if (auto const below = json.find("below_eV")) {
        law.below_eV = below->number_in(least_eV, most_eV);
    }
    law.law = one_of<PortAngularLaw>(json["law"], {{"parallel", PortAngularLaw::parallel},
                                                   {"cosine_power", PortAngularLaw::cosine_power},
                                                   {"table", PortAngularLaw::table}});
    if (law.law == PortAngularLaw::cosine_power) {
        law.power = json["power"].number_in(0, 1e6);
    } else if (law.law == PortAngularLaw::table) {
        read_table(json, law);
    }
    return law;
}

void read_angles(JsonReader const& json, PortModel& port) {
    for (auto const& item : json.items()) {
        auto const law = read_law(item);
        if (!port.angles.empty() && !(law.below_eV > port.angles.back().below_eV)) {
            item.refuse_here(
                "does not reach higher than the law before",
                "each law holds from where the one before ends to its below_eV, the last one to the top",
                "sort the laws by below_eV and leave it out in the last");
        }
        port.angles.push_back(law);
    }
    if (port.angles.empty() || port.angles.back().below_eV < most_eV) {
        json.refuse_here("do not reach the highest energy", "every particle needs a direction",
                         "end with a law without below_eV");
    }
}

PortStrength read_strength(JsonReader const& json) {
    json.allow_only({"setting", "unit", "amount", "neutrons_per_s", "derivation", "trust"});
    return {json["setting"].text(),
            json["unit"].text(),
            json["amount"].number_in(1e-12, 1e30),
            json["neutrons_per_s"].number_in(1, 1e20),
            json["derivation"].text(),
            json["trust"].text()};
}

PortFigure read_figure(JsonReader const& json) {
    json.allow_only({"quantity", "value", "unit", "sigma", "trust", "source"});
    PortFigure figure{json["quantity"].text(), json["unit"].text(),    json["trust"].text(),
                      json["source"].text(),   json["value"].number(), std::nullopt};
    if (auto const sigma = json.find("sigma")) {
        figure.sigma = sigma->number_in(0, 1e30);
    }
    return figure;
}

} // namespace

PortModel port_from_json(JsonReader const& json) {
    json.allow_only({"format", "name", "description", "kind", "trust", "sources", "missing", "aperture",
                     "neutrons", "photons", "angles", "strength", "in_air_figures"});
    if (json["format"].text() != format_name) {
        json["format"].refuse_here(fmt::format("is '{}'", json["format"].text()),
                                   fmt::format("this program reads '{}'", format_name), "name a port file");
    }
    PortModel port;
    port.name = json["name"].text();
    port.description = json["description"].text();
    port.kind = one_of<std::string>(
        json["kind"], {{"reactor", "reactor"}, {"accelerator", "accelerator"}, {"reference", "reference"}});
    port.trust = json["trust"].text();
    for (auto const& source : json["sources"].items()) {
        port.sources.push_back(source.text());
    }
    for (auto const& sentence : json["missing"].items()) {
        port.missing.push_back(sentence.text());
    }
    read_aperture(json["aperture"], port);
    json["neutrons"].allow_only({"edges_eV", "shares", "even_in", "quantity"});
    port.neutrons = read_spectrum(json["neutrons"]);
    if (auto const photons = json.find("photons")) {
        photons->allow_only({"edges_eV", "shares", "even_in", "quantity", "per_neutron"});
        port.photons = PortPhotons{read_spectrum(*photons), (*photons)["per_neutron"].number_in(0, 1e3)};
    }
    read_angles(json["angles"], port);
    port.strength = read_strength(json["strength"]);
    for (auto const& figure : json["in_air_figures"].items()) {
        port.figures.push_back(read_figure(figure));
    }
    check_port(port, json.source());
    return port;
}

PortModel find_port(std::string const& name_or_path) {
    return port_from_json(JsonReader::from_file(find_data_file("ports", name_or_path)));
}

} // namespace beamwright
