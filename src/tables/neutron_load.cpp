#include "tables/neutron_load.hpp"
#include "core/atomic_file.hpp"
#include "core/data_files.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/refusal.hpp"
#include "tables/binary_sections.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace {

static_assert(sizeof(NeutronReaction) == 40 && sizeof(NeutronNode) == 8 &&
                  sizeof(NeutronPhotonSource) == 16 && sizeof(NeutronPhotonNode) == 16 &&
                  sizeof(NeutronPhotonEntry) == 12 && sizeof(NeutronGrid) == 20 && sizeof(ThermalNode) == 16,
              "the records of tools/neutron/pack.py are read as they lie in the file");

[[noreturn]] void refuse_damaged(std::string const& why) {
    refuse("the shipped neutron library 'neutron_library.bin' is damaged", why,
           "install beamwright again, or make it anew with tools/build_neutron.py");
}

/// A run of `count` items that starts at `first` must lie inside `size` items.
void expect_inside(std::size_t first, std::size_t count, std::size_t size, char const* what) {
    if (first > size || count > size - first) {
        refuse_damaged(fmt::format("{} reach from {} over {} items, {} are there", what, first, count, size));
    }
}

std::uint32_t index(JsonReader const& item, std::string_view key, std::size_t most) {
    return static_cast<std::uint32_t>(item[key].integer_in(0, static_cast<std::int64_t>(most)));
}

void read_sections(BinarySections const& sections, NeutronData& d) {
    d.reactions = sections.read<NeutronReaction>("reactions");
    d.threshold_eV = sections.read<float>("threshold_eV");
    d.threshold_barn = sections.read<float>("threshold_barn");
    d.angle_nodes = sections.read<NeutronNode>("angle_nodes");
    d.spectrum_nodes = sections.read<NeutronNode>("spectrum_nodes");
    d.cosines = sections.read<std::int16_t>("cosines");
    d.spectra = sections.read<float>("spectra");
    d.photon_sources = sections.read<NeutronPhotonSource>("photon_sources");
    d.photon_nodes = sections.read<NeutronPhotonNode>("photon_nodes");
    d.photon_entries = sections.read<NeutronPhotonEntry>("photon_entries");
    d.grids = sections.read<NeutronGrid>("grids");
    d.grid_eV = sections.read<float>("grid_eV");
    d.rows = sections.read<float>("rows");
    d.thermal_nodes = sections.read<ThermalNode>("thermal_nodes");
    d.thermal_bounds = sections.read<float>("thermal_bounds");
    d.photo_eV = sections.read<float>("photo_eV");
    d.photo_values = sections.read<float>("photo_rows");
    d.form_x = sections.read<float>("form_x");
    d.form_y = sections.read<float>("form_y");
}

void read_nuclides(JsonReader const& list, NeutronData& d) {
    for (JsonReader const& item : list.items()) {
        NeutronNuclide n{};
        n.Z = static_cast<std::int32_t>(item["Z"].integer_in(1, 118));
        n.A = static_cast<std::int32_t>(item["A"].integer_in(1, 300));
        n.mass_ratio = static_cast<float>(item["mass_ratio"].number_in(0.9, 300.0));
        n.first_reaction = index(item, "first_reaction", d.reactions.size());
        n.reaction_count = index(item, "reactions", d.reactions.size() - n.first_reaction);
        n.row_count = index(item, "cold_reactions", n.reaction_count);
        n.first_source = index(item, "first_source", d.photon_sources.size());
        n.source_count = index(item, "sources", d.photon_sources.size() - n.first_source);
        n.first_grid = index(item, "first_grid", d.grids.size());
        n.has_named_kerma = item["named_kerma"].boolean() ? 1 : 0;
        expect_inside(n.first_grid, d.kelvin.size(), d.grids.size(), "grids of a nuclide");
        if (n.reaction_count == 0 || d.reactions[n.first_reaction].mt != 2) {
            item.refuse_here("its first reaction is not elastic scattering", "it is found by its place",
                             "make the library anew with tools/build_neutron.py");
        }
        for (std::size_t t = 0; t < d.kelvin.size(); ++t) {
            if (d.grids[n.first_grid + t].rows != n.row_count + 1 + n.has_named_kerma) {
                item.refuse_here("its grids do not have a row per reaction", "rows are found by their place",
                                 "make the library anew with tools/build_neutron.py");
            }
        }
        d.nuclides.push_back(n);
        d.nuclide_names.push_back(item["name"].text());
        d.evaluations.push_back(item.text_or("evaluation", "pointwise table, see the notes"));
        auto& notes = d.nuclide_notes.emplace_back();
        for (JsonReader const& note : item["notes"].items()) {
            notes.push_back(note.text());
        }
    }
}

void read_elements(JsonReader const& list, NeutronData& d) {
    for (JsonReader const& item : list.items()) {
        NeutronElement element;
        element.Z = static_cast<int>(item["Z"].integer_in(1, 118));
        element.atomic_weight = item["atomic_weight"].number_in(1.0, 300.0);
        for (auto const& [name, share] : item["nuclides"].raw().items()) {
            auto const found = std::find(d.nuclide_names.begin(), d.nuclide_names.end(), name);
            if (found == d.nuclide_names.end()) {
                item.refuse_here("it names a nuclide that the library does not have", name,
                                 "make the library anew with tools/build_neutron.py");
            }
            element.nuclides.emplace_back(static_cast<std::uint32_t>(found - d.nuclide_names.begin()),
                                          item["nuclides"][name].number_in(0.0, 1.0));
        }
        for (auto const& [name, share] : item["absent"].raw().items()) {
            element.absent.emplace_back(name, item["absent"][name].number_in(0.0, 1.0));
        }
        d.elements.push_back(std::move(element));
    }
}

void read_laws(JsonReader const& list, NeutronData& d) {
    for (JsonReader const& item : list.items()) {
        ThermalLaw law{};
        law.kelvin = static_cast<float>(item["kelvin"].number_in(1.0, 3000.0));
        law.free_barn = static_cast<float>(item["free_barn"].number_in(0.0, 1000.0));
        law.mass_ratio = static_cast<float>(item["mass_ratio"].number_in(0.9, 300.0));
        law.highest_eV = static_cast<float>(item["highest_eV"].number_in(0.1, 100.0));
        law.incoherent_barn = static_cast<float>(item["incoherent_elastic_barn"].number_in(0.0, 1000.0));
        law.debye_waller_per_eV = static_cast<float>(item["debye_waller_per_eV"].number_in(0.0, 1e4));
        law.first_node = index(item, "first_node", d.thermal_nodes.size());
        law.node_count = index(item, "nodes", d.thermal_nodes.size() - law.first_node);
        d.laws.push_back(law);
        d.law_names.push_back(item["name"].text());
    }
}

void read_photo_elements(JsonReader const& list, NeutronData& d) {
    for (JsonReader const& item : list.items()) {
        PhotoElement e{};
        e.Z = static_cast<std::int32_t>(item["Z"].integer_in(1, 118));
        e.first_energy = index(item, "first_energy", d.photo_eV.size());
        e.points = index(item, "points", d.photo_eV.size() - e.first_energy);
        e.first_row = index(item, "first_row", d.photo_values.size());
        e.first_form = index(item, "first_form", d.form_x.size());
        e.form_points = index(item, "form_points", d.form_x.size() - e.first_form);
        e.first_scattering = index(item, "first_scattering", d.form_x.size());
        e.scattering_points = index(item, "scattering_points", d.form_x.size() - e.first_scattering);
        expect_inside(e.first_row, std::size_t{e.points} * photo_rows, d.photo_values.size(), "photon rows");
        d.photo_elements.push_back(e);
    }
}

/// Every index in the records points into its section: a wrong file is refused here, not met in a kernel.
void check_records(NeutronData const& d) {
    for (NeutronReaction const& r : d.reactions) {
        expect_inside(r.first_point, r.point_count, d.threshold_eV.size(), "points of a reaction");
        bool const angles = r.emission == NeutronEmission::two_body;
        bool const spectrum =
            r.emission == NeutronEmission::laboratory || r.emission == NeutronEmission::centre_of_mass;
        if (angles || spectrum) {
            expect_inside(r.first_node, r.node_count, angles ? d.angle_nodes.size() : d.spectrum_nodes.size(),
                          "nodes of a reaction");
        }
    }
    for (NeutronNode const& n : d.angle_nodes) {
        expect_inside(n.first, neutron_angle_parts + 1, d.cosines.size(), "cosines");
    }
    for (NeutronNode const& n : d.spectrum_nodes) {
        expect_inside(n.first, 2 * neutron_spectrum_parts + 1, d.spectra.size(), "spectra");
    }
    for (NeutronPhotonSource const& s : d.photon_sources) {
        expect_inside(s.first_node, s.node_count, d.photon_nodes.size(), "nodes of photons");
    }
    for (NeutronPhotonNode const& n : d.photon_nodes) {
        expect_inside(n.first_entry, n.entry_count, d.photon_entries.size(), "photon lines");
    }
    for (NeutronGrid const& g : d.grids) {
        expect_inside(g.first_energy, g.points, d.grid_eV.size(), "grid points");
        expect_inside(g.first_value, std::size_t{g.points} * g.rows, d.rows.size(), "rows of a grid");
    }
    for (ThermalNode const& n : d.thermal_nodes) {
        expect_inside(n.first_bound, thermal_slots + 1, d.thermal_bounds.size(), "thermal energies");
        expect_inside(n.first_cosine, std::size_t{thermal_slots} * (thermal_cosines + 1), d.cosines.size(),
                      "thermal cosines");
    }
    if (d.form_x.size() != d.form_y.size() || d.threshold_eV.size() != d.threshold_barn.size()) {
        refuse_damaged("abscissae and values differ in number");
    }
}

} // namespace

NeutronData load_neutron_data() {
    auto const folder = data_dir() / "tables";
    auto const certificate = JsonReader::from_file(folder / "neutron_library.json");
    std::string bytes = read_file(folder / "neutron_library.bin");
    NeutronData data;
    data.sha256 = sha256_of(bytes);
    if (data.sha256 != certificate["sha256"].text()) {
        refuse_damaged("its SHA-256 is not the one in neutron_library.json");
    }
    if (certificate["format"].text() != "beamwright-neutron-library-1") {
        certificate["format"].refuse_here("this format is not known", "this program reads version 1",
                                          "make the library anew with tools/build_neutron.py");
    }
    data.kelvin = certificate["kelvin"].numbers();
    read_sections(BinarySections(certificate, std::move(bytes)), data);
    read_nuclides(certificate["nuclides"], data);
    read_elements(certificate["elements"], data);
    read_laws(certificate["thermal_laws"], data);
    read_photo_elements(certificate["photo_elements"], data);
    check_records(data);
    return data;
}

} // namespace beamwright
