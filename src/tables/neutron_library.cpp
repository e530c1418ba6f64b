#include "tables/neutron_library.hpp"
#include "core/refusal.hpp"
#include "lanes/constants.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright {

struct NeutronLibrary::Memory {
    NeutronData data;
};

namespace {

/// The reactions that a sum stands for (tools/neutron/nuclide.py keeps the parts).
bool belongs_to(int mt, int sum) {
    auto const within = [mt](int low, int high) { return mt >= low && mt <= high; };
    switch (sum) {
    case 1:
        return true;
    case 4:
        return within(50, 91);
    case 103:
        return mt == 103 || within(600, 649);
    case 104:
        return mt == 104 || within(650, 699);
    case 105:
        return mt == 105 || within(700, 749);
    case 106:
        return mt == 106 || within(750, 799);
    case 107:
        return mt == 107 || within(800, 849);
    default:
        return mt == sum;
    }
}

double on_lines(float const* x, float const* y, std::size_t count, double at) {
    if (count == 0 || at < double{x[0]} || at > double{x[count - 1]}) {
        return 0.0;
    }
    auto const above = static_cast<std::size_t>(std::upper_bound(x, x + count, at) - x);
    if (above == count) {
        return y[count - 1];
    }
    double const part = (at - x[above - 1]) / (double{x[above]} - x[above - 1]);
    return y[above - 1] + part * (double{y[above]} - y[above - 1]);
}

} // namespace

NeutronLibrary::NeutronLibrary() : memory_{std::make_unique<Memory>()} {
    memory_->data = load_neutron_data();
}
NeutronLibrary::~NeutronLibrary() = default;
NeutronLibrary::NeutronLibrary(NeutronLibrary&&) noexcept = default;
NeutronLibrary& NeutronLibrary::operator=(NeutronLibrary&&) noexcept = default;

NeutronData const& NeutronLibrary::data() const { return memory_->data; }

NeutronView NeutronLibrary::view() const {
    NeutronData const& d = memory_->data;
    NeutronView v;
    v.nuclides = d.nuclides.data();
    v.reactions = d.reactions.data();
    v.threshold_eV = d.threshold_eV.data();
    v.threshold_barn = d.threshold_barn.data();
    v.angle_nodes = d.angle_nodes.data();
    v.spectrum_nodes = d.spectrum_nodes.data();
    v.cosines = d.cosines.data();
    v.spectra = d.spectra.data();
    v.photon_sources = d.photon_sources.data();
    v.photon_nodes = d.photon_nodes.data();
    v.photon_entries = d.photon_entries.data();
    v.grids = d.grids.data();
    v.grid_eV = d.grid_eV.data();
    v.rows = d.rows.data();
    v.laws = d.laws.data();
    v.thermal_nodes = d.thermal_nodes.data();
    v.thermal_bounds = d.thermal_bounds.data();
    v.elements = d.photo_elements.data();
    v.photo_eV = d.photo_eV.data();
    v.photo_values = d.photo_values.data();
    v.form_x = d.form_x.data();
    v.form_y = d.form_y.data();
    v.nuclide_count = static_cast<std::uint32_t>(d.nuclides.size());
    v.law_count = static_cast<std::uint32_t>(d.laws.size());
    v.element_count = static_cast<std::uint32_t>(d.photo_elements.size());
    return v;
}

std::uint32_t NeutronLibrary::nuclide(std::string_view name) const {
    auto const& names = memory_->data.nuclide_names;
    auto const found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
        refuse(fmt::format("no neutron data for the nuclide '{}'", name),
               fmt::format("the library holds {}", fmt::join(names, ", ")), "choose one of these");
    }
    return static_cast<std::uint32_t>(found - names.begin());
}

std::uint32_t NeutronLibrary::temperature(double kelvin) const {
    auto const& known = memory_->data.kelvin;
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (std::abs(known[i] - kelvin) < 1e-6) {
            return static_cast<std::uint32_t>(i);
        }
    }
    refuse(fmt::format("no neutron data at {} K", kelvin),
           fmt::format("the library was broadened to {} K", fmt::join(known, ", ")), "choose one of these");
}

std::uint32_t NeutronLibrary::law(std::string_view name, double kelvin) const {
    NeutronData const& d = memory_->data;
    for (std::size_t i = 0; i < d.laws.size(); ++i) {
        if (d.law_names[i] == name && std::abs(d.laws[i].kelvin - kelvin) < 1e-3) {
            return static_cast<std::uint32_t>(i);
        }
    }
    refuse(fmt::format("no thermal scattering law '{}' at {} K", name, kelvin),
           fmt::format("the library holds {}", fmt::join(d.law_names, ", ")), "choose one of these");
}

double NeutronLibrary::row_at(NeutronGrid const& grid, std::uint32_t row, double energy_eV) const {
    NeutronData const& d = memory_->data;
    return on_lines(d.grid_eV.data() + grid.first_energy,
                    d.rows.data() + grid.first_value + std::size_t{row} * grid.points, grid.points,
                    energy_eV);
}

double NeutronLibrary::reaction_barn(NeutronNuclide const& n, NeutronReaction const& r, double energy_eV,
                                     std::uint32_t temperature) const {
    NeutronData const& d = memory_->data;
    if (r.row >= 0) {
        return row_at(d.grids[n.first_grid + temperature], static_cast<std::uint32_t>(r.row), energy_eV);
    }
    return on_lines(d.threshold_eV.data() + r.first_point, d.threshold_barn.data() + r.first_point,
                    r.point_count, energy_eV);
}

double NeutronLibrary::cross_section_barn(std::uint32_t nuclide, int mt, double energy_eV,
                                          std::uint32_t temperature) const {
    NeutronData const& d = memory_->data;
    NeutronNuclide const& n = d.nuclides[nuclide];
    double sum = 0;
    for (std::uint32_t i = 0; i < n.reaction_count; ++i) {
        NeutronReaction const& r = d.reactions[n.first_reaction + i];
        if (belongs_to(r.mt, mt)) {
            sum += reaction_barn(n, r, energy_eV, temperature);
        }
    }
    return sum;
}

double NeutronLibrary::other_kerma_eV_barn(std::uint32_t nuclide, double energy_eV,
                                           std::uint32_t temperature) const {
    NeutronNuclide const& n = memory_->data.nuclides[nuclide];
    return row_at(memory_->data.grids[n.first_grid + temperature], n.row_count, energy_eV);
}

double NeutronLibrary::named_kerma_eV_barn(std::uint32_t nuclide, double energy_eV,
                                           std::uint32_t temperature) const {
    NeutronNuclide const& n = memory_->data.nuclides[nuclide];
    return n.has_named_kerma
               ? row_at(memory_->data.grids[n.first_grid + temperature], n.row_count + 1, energy_eV)
               : 0.0;
}

NeutronMixture NeutronLibrary::mixture(Material const& material) const {
    NeutronData const& d = memory_->data;
    NeutronMixture result;
    auto const absorbed = [&](std::uint32_t nuclide) { // all that does not scatter, at 0.0253 eV
        return cross_section_barn(nuclide, 1, 0.0253, 0) - cross_section_barn(nuclide, 2, 0.0253, 0);
    };
    struct Gap {
        NeutronElement const* element;
        double atoms, mass;
    };
    std::vector<Gap> gaps;
    double absorption = 0;
    for (auto const& [Z, share] : material.mass_fractions) {
        if (share <= 0) {
            continue;
        }
        auto const found =
            std::find_if(d.elements.begin(), d.elements.end(), [z = Z](auto const& e) { return e.Z == z; });
        if (found == d.elements.end()) {
            refuse(
                fmt::format("no neutron data for {} in the material '{}'", element_symbol(Z), material.name),
                fmt::format("it makes {:.3g} % of the mass, and the library lacks it", 100 * share),
                "give its mass to a neighbouring element in the material, by name");
        }
        double const atoms = share / found->atomic_weight * constants::avogadro_per_mol * 1e-24;
        for (auto const& [nuclide, part] : found->nuclides) {
            if (part > 0) {
                result.parts.push_back({nuclide, atoms * part});
                absorption += atoms * part * absorbed(nuclide);
            }
        }
        if (!found->absent.empty()) {
            gaps.push_back({&*found, atoms, share});
        }
    }
    for (Gap const& gap : gaps) {
        auto const main = std::max_element(gap.element->nuclides.begin(), gap.element->nuclides.end(),
                                           [](auto const& a, auto const& b) { return a.second < b.second; });
        for (auto const& [name, part] : gap.element->absent) {
            result.replaced.push_back(fmt::format(
                "{} has no data ({:.2g} % of the mass); {} stands in, {:.2g} % of the thermal absorption",
                name, 100 * gap.mass * part, d.nuclide_names[main->first],
                100 * gap.atoms * part * absorbed(main->first) / absorption));
        }
    }
    return result;
}

PhotoElement const& NeutronLibrary::photo_element(int Z) const {
    for (PhotoElement const& e : memory_->data.photo_elements) {
        if (e.Z == Z) {
            return e;
        }
    }
    refuse(fmt::format("no photon data for {}", element_symbol(Z)), "the library lacks this element",
           "give its mass to a neighbouring element in the material, by name");
}

} // namespace beamwright
