#include "tables/photon_materials.hpp"
#include "core/refusal.hpp"
#include "lanes/constants.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace beamwright {

struct PhotonMaterials::Memory {
    std::uint32_t element(NeutronLibrary const& library, int Z); ///< made once. \throws Refusal without data
    void add(NeutronLibrary const& library, Material const& material);

    std::vector<PhotonMaterialNode> nodes, element_nodes;
    std::vector<PhotonMaterial> materials;
    std::vector<PhotonPart> parts;
    std::vector<PhotonElement> elements;
    std::vector<double> form_x2, form_sum, scattering_x, scattering_S;
    std::map<int, std::uint32_t> known; ///< by atomic number
};

namespace {

/// A row of an element, straight in log-log; the end value below the table.
double log_log(NeutronView const& v, PhotoElement const& e, std::size_t row, double energy_eV) {
    float const* const x = v.photo_eV + e.first_energy;
    float const* const y = v.photo_values + e.first_row + row * e.points;
    double const at = std::clamp(energy_eV, double{x[0]}, double{x[e.points - 1]});
    auto const above = std::upper_bound(x, x + e.points, at, [](double a, float b) { return a < double{b}; });
    auto const i = std::clamp<std::ptrdiff_t>(above - x - 1, 0, std::ptrdiff_t{e.points} - 2);
    double const low = y[i], high = y[i + 1];
    double const part = std::log(at / x[i]) / std::log(double{x[i + 1]} / x[i]);
    return low > 0 && high > 0 ? low * std::pow(high / low, part) : low + part * (high - low);
}

std::vector<PhotonMaterialNode> nodes_of(NeutronView const& v, PhotoElement const& e) {
    std::vector<PhotonMaterialNode> nodes;
    for (int k = 0; k < PhotonEnergyGrid::nodes; ++k) {
        double const energy = PhotonEnergyGrid::node(k);
        auto const row = [&](std::size_t r) { return static_cast<float>(log_log(v, e, r, energy)); };
        double const inside = std::clamp(energy, 1e3, 20e6);
        nodes.push_back(
            {row(0), row(1), row(2), row(3), static_cast<float>(log_log(v, e, 4, energy) / inside)});
    }
    return nodes;
}

} // namespace

PhotonMaterials::~PhotonMaterials() = default;
PhotonMaterials::PhotonMaterials(PhotonMaterials&&) noexcept = default;
PhotonMaterials& PhotonMaterials::operator=(PhotonMaterials&&) noexcept = default;

std::uint32_t PhotonMaterials::Memory::element(NeutronLibrary const& library, int Z) {
    NeutronView const v = library.view();
    if (auto const found = known.find(Z); found != known.end()) {
        return found->second;
    }
    PhotoElement const& e = library.photo_element(Z);
    PhotonElement const made{static_cast<std::uint32_t>(element_nodes.size()),
                             static_cast<std::uint32_t>(form_x2.size()),
                             e.form_points,
                             static_cast<std::uint32_t>(scattering_x.size()),
                             e.scattering_points,
                             static_cast<float>(Z)};
    auto const made_nodes = nodes_of(v, e);
    element_nodes.insert(element_nodes.end(), made_nodes.begin(), made_nodes.end());
    double sum = 0;
    // Integral of F^2 over x^2 by Simpson's rule, F straight between points
    for (std::uint32_t i = 0; i < e.form_points; ++i) {
        double const x = v.form_x[e.first_form + i], F = v.form_y[e.first_form + i];
        if (i > 0) {
            double const x0 = v.form_x[e.first_form + i - 1], F0 = v.form_y[e.first_form + i - 1];
            double const xm = 0.5 * (x + x0), Fm = 0.5 * (F + F0);
            sum += (x - x0) / 6 * (2 * x0 * F0 * F0 + 8 * xm * Fm * Fm + 2 * x * F * F);
        }
        form_x2.push_back(x * x);
        form_sum.push_back(sum);
    }
    for (std::uint32_t i = 0; i < e.scattering_points; ++i) {
        scattering_x.push_back(v.form_x[e.first_scattering + i]);
        scattering_S.push_back(v.form_y[e.first_scattering + i]);
    }
    elements.push_back(made);
    return known[Z] = static_cast<std::uint32_t>(elements.size() - 1);
}

void PhotonMaterials::Memory::add(NeutronLibrary const& library, Material const& material) {
    auto const first_part = static_cast<std::uint32_t>(parts.size());
    std::vector<PhotonMaterialNode> sum(PhotonEnergyGrid::nodes);
    for (auto const& [Z, share] : material.mass_fractions) {
        if (share <= 0) {
            continue;
        }
        auto const& natural = library.data().elements;
        auto const found =
            std::find_if(natural.begin(), natural.end(), [z = Z](auto const& e) { return e.Z == z; });
        std::uint32_t const index = element(library, Z); // refuses elements without data
        if (found == natural.end()) {
            refuse(
                fmt::format("no neutron data for {} in the material '{}'", element_symbol(Z), material.name),
                "neutrons and photons need the same elements", "replace it in the material, by name");
        }
        auto const atoms =
            static_cast<float>(share / found->atomic_weight * constants::avogadro_per_mol * 1e-24);
        parts.push_back({index, atoms});
        PhotonMaterialNode const* const barn = element_nodes.data() + elements[index].first_node;
        for (std::size_t k = 0; k < sum.size(); ++k) {
            sum[k].coherent += atoms * barn[k].coherent;
            sum[k].incoherent += atoms * barn[k].incoherent;
            sum[k].photoelectric += atoms * barn[k].photoelectric;
            sum[k].pair += atoms * barn[k].pair;
            sum[k].absorbed += atoms * barn[k].absorbed;
        }
    }
    nodes.insert(nodes.end(), sum.begin(), sum.end());
    materials.push_back({first_part, static_cast<std::uint32_t>(parts.size()) - first_part});
}

PhotonMaterials::PhotonMaterials(NeutronLibrary const& library, std::vector<Material> const& materials)
    : memory_{std::make_unique<Memory>()} {
    for (Material const& material : materials) {
        memory_->add(library, material);
    }
}

PhotonMaterialsView PhotonMaterials::view() const {
    Memory const& m = *memory_;
    PhotonMaterialsView v;
    v.nodes = m.nodes.data();
    v.materials = m.materials.data();
    v.parts = m.parts.data();
    v.elements = m.elements.data();
    v.element_nodes = m.element_nodes.data();
    v.form_x2 = m.form_x2.data();
    v.form_sum = m.form_sum.data();
    v.scattering_x = m.scattering_x.data();
    v.scattering_S = m.scattering_S.data();
    v.material_count = static_cast<std::uint32_t>(m.materials.size());
    return v;
}

} // namespace beamwright
