#include "transport/engine/neutron_tables.hpp"
#include "core/contracts.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright {

namespace {

constexpr int nitrogen_Z = 7;

double share_of(Material const& material, int Z) {
    for (auto const& [element, fraction] : material.mass_fractions) {
        if (element == Z) {
            return fraction;
        }
    }
    return 0;
}

/// The world's materials, the reference tissue (or the first material once more), and nitrogen alone.
std::vector<NeutronMaterialRequest> all_of(std::vector<NeutronMaterialRequest> materials,
                                           std::optional<Material> const& reference) {
    BW_EXPECT(!materials.empty());
    materials.push_back({reference ? *reference : materials.front().material, HydrogenLaw::water});
    materials.push_back({{"nitrogen", 1.0, {{nitrogen_Z, 1.0}}}, HydrogenLaw::free});
    return materials;
}

std::vector<Material> plain(std::vector<NeutronMaterialRequest> const& requests) {
    std::vector<Material> materials;
    materials.reserve(requests.size());
    for (auto const& request : requests) {
        materials.push_back(request.material);
    }
    return materials;
}

/// Energies of a table of NeutronMaterials.
template <class Point>
void add_energies(std::vector<float>& energies, NeutronTable const& table, Point const* points) {
    for (std::uint32_t i = 0; i < table.points; ++i) {
        energies.push_back(points[table.first_point + i].energy_eV);
    }
}

double power_of_two_above(double value) {
    int exponent = 0;
    std::frexp(value, &exponent);
    return std::ldexp(1.0, exponent);
}

} // namespace

NeutronTables::NeutronTables(std::vector<NeutronMaterialRequest> const& materials,
                             std::optional<Material> const& reference, double kelvin)
    : count_(materials.size()), has_reference_(reference.has_value()),
      neutrons_(library_, all_of(materials, reference), kelvin),
      photons_(library_, plain(all_of(materials, reference))), boron_nuclide_(library_.nuclide("B10")) {
    reference_nitrogen_ = reference ? share_of(*reference, nitrogen_Z) : 0;
    for (std::uint32_t m = 0; m < count_; ++m) {
        nitrogen_share_.push_back(share_of(materials[m].material, nitrogen_Z));
        build_flight(m);
    }
    build_notes();
}

/// Own points, boron's, nitrogen's and the reference tissue's side by side: every column keeps its straight lines.
void NeutronTables::build_flight(std::uint32_t material) {
    NeutronMaterialsView const v = neutrons_.view();
    auto const reference = static_cast<std::uint32_t>(count_), nitrogen = reference + 1;
    std::vector<float> energies;
    for (std::uint32_t const m : {material, reference, nitrogen}) {
        if (m != reference || has_reference_) {
            add_energies(energies, v.materials[m].table, v.points);
        }
    }
    add_energies(energies, v.boron, v.boron_points);
    NeutronPart const& first_part = v.parts[v.materials[material].first_part];
    add_energies(energies, v.nuclide_tables[first_part.table], v.nuclide_points);
    std::sort(energies.begin(), energies.end());
    energies.erase(std::unique(energies.begin(), energies.end()), energies.end());
    auto const first = static_cast<std::uint32_t>(points_.size());
    for (std::size_t i = 0; i < energies.size(); ++i) {
        double const energy = energies[i];
        double const next = i + 1 < energies.size() ? double{energies[i + 1]} : energy;
        auto const own = neutron_material_at(v, material, energy);
        auto const boron = neutron_boron_at(v, energy);
        auto const met = neutron_nuclide_at(v, first_part.table, energy);
        double const kerma =
            has_reference_ ? neutron_material_at(v, reference, energy).other_kerma_MeV_cm2_per_g : 0.0;
        points_.push_back(
            {energies[i], next > energy ? static_cast<float>(1.0 / (next - energy)) : 0.0F,
             static_cast<float>(own.total_cm2_per_g), static_cast<float>(own.other_kerma_MeV_cm2_per_g),
             static_cast<float>(neutron_material_at(v, nitrogen, energy).nitrogen_kerma_MeV_cm2_per_g),
             static_cast<float>(boron.total_cm2_per_g), static_cast<float>(boron.kerma_MeV_cm2_per_g),
             static_cast<float>(first_part.atoms_per_g_e24 * met.total_barn),
             static_cast<float>(first_part.atoms_per_g_e24 * met.absorbed_barn), static_cast<float>(kerma)});
    }
    NeutronTable table{first, static_cast<std::uint32_t>(energies.size()),
                       static_cast<std::uint32_t>(hash_.size())};
    std::uint32_t i = 0;
    for (int cell = 0; cell < NeutronEnergyGrid::cells; ++cell) {
        while (i + 2 < table.points && double{energies[i + 1]} <= NeutronEnergyGrid::node(cell)) {
            ++i;
        }
        hash_.push_back(i);
    }
    tables_.push_back(table);
}

void NeutronTables::build_notes() {
    NeutronView const v = library_.view();
    BW_ENSURE(v.nuclide_count <= 48); // NeutronBook::most_nuclides
    auto const temperature = neutrons_.view().temperature;
    for (std::uint32_t n = 0; n < v.nuclide_count; ++n) {
        NeutronNuclide const& nuclide = v.nuclides[n];
        NeutronNuclideNotes note{1e30, -1, 0, nuclide.first_grid + temperature};
        for (std::uint32_t s = 0; s < nuclide.source_count; ++s) {
            NeutronPhotonSource const& source = v.photon_sources[nuclide.first_source + s];
            if (source.own_cross_section == 0) {
                continue;
            }
            // The last node of amount 0 before the first that is not
            for (std::uint32_t k = 0; k < source.node_count; ++k) {
                NeutronPhotonNode const* const node = v.photon_nodes + source.first_node + k;
                if (node->amount > 0) {
                    note.own_photons_from_eV =
                        std::min(note.own_photons_from_eV, double{(k > 0 ? node - 1 : node)->energy_eV});
                    break;
                }
            }
        }
        int absorbing = 0;
        for (std::uint32_t i = 0; i < nuclide.reaction_count; ++i) {
            if (v.reactions[nuclide.first_reaction + i].emission == NeutronEmission::none) {
                ++absorbing;
                note.only_absorption = static_cast<std::int32_t>(i);
            }
        }
        note.only_absorption = absorbing == 1 ? note.only_absorption : -1;
        note.simple = absorbing == 1 && nuclide.reaction_count == 2 ? 1 : 0;
        notes_.push_back(note);
    }
    for (std::uint32_t l = 0; l < v.law_count; ++l) {
        ThermalLaw const& law = v.laws[l];
        BW_ENSURE(law.node_count <= 256);
        std::uint32_t node = 0;
        for (int cell = 0; cell < NeutronEnergyGrid::cells; ++cell) {
            while (node + 2 < law.node_count &&
                   double{v.thermal_nodes[law.first_node + node + 1].energy_eV} <=
                       NeutronEnergyGrid::node(cell)) {
                ++node;
            }
            law_start_.push_back(static_cast<std::uint8_t>(node));
        }
    }
}

NeutronMediaView NeutronTables::view() const {
    NeutronMediaView view;
    view.flight_tables = tables_.data();
    view.flight_points = points_.data();
    view.hash = hash_.data();
    view.neutrons = neutrons_.view();
    view.notes = notes_.data();
    view.law_start = law_start_.data();
    view.boron_nuclide = boron_nuclide_;
    view.photons = photons_.view();
    view.photon_reference = static_cast<std::uint32_t>(count_);
    return view;
}

std::array<double, neutron_quantity_count> NeutronTables::most_response() const {
    std::array<double, neutron_quantity_count> most{};
    auto const raise = [&](NeutronQuantity quantity, double value) {
        auto& at = most[static_cast<unsigned>(quantity)];
        at = std::max(at, value);
    };
    for (auto const& p : points_) {
        double const kerma = p.reference_kerma + reference_nitrogen_ * double{p.nitrogen_kerma};
        raise(NeutronQuantity::boron, p.boron_kerma);
        raise(NeutronQuantity::nitrogen, p.nitrogen_kerma);
        raise(NeutronQuantity::fast, p.other_kerma);
        raise(NeutronQuantity::fast_reference, p.reference_kerma);
        raise(p.energy_eV < neutron_thermal_eV ? NeutronQuantity::kerma_below : NeutronQuantity::kerma_above,
              kerma);
    }
    // Photons: 20 MeV times mu_en/rho, below 1 cm2/g there; 10 keV and less at up to 5000 cm2/g
    for (auto const quantity :
         {NeutronQuantity::photon_induced, NeutronQuantity::photon_beam, NeutronQuantity::photon_reference}) {
        raise(quantity, 50.0);
    }
    for (auto const quantity :
         {NeutronQuantity::flux_thermal, NeutronQuantity::flux_epithermal, NeutronQuantity::flux_fast}) {
        raise(quantity, 0.75);
    }
    for (auto& value : most) {
        value = power_of_two_above(std::max(value, 1e-30));
    }
    return most;
}

std::vector<float> NeutronTables::majorant(VoxelWorld const& world,
                                           std::vector<float> const& boron_ppm) const {
    std::vector<double> densest(count_, 0.0), richest(count_, 0.0);
    for (std::size_t voxel = 0; voxel < world.material.size(); ++voxel) {
        auto const m = world.material[voxel];
        densest[m] = std::max(densest[m], double{world.density_g_per_cm3[voxel]});
        if (!boron_ppm.empty()) {
            richest[m] = std::max(richest[m], double{boron_ppm[voxel]});
        }
    }
    std::vector<float> majorant(NeutronEnergyGrid::cells, 1e-12F); // a world without matter has one, too
    NeutronMediaView const v = view();
    auto const raise = [&](int cell, double per_cm) {
        if (cell >= 0 && cell < NeutronEnergyGrid::cells) {
            auto& at = majorant[static_cast<std::size_t>(cell)];
            // The float may round down: a millionth on top
            at = std::max(at, static_cast<float>(per_cm * (1 + 1e-6)));
        }
    };
    for (std::uint32_t m = 0; m < count_; ++m) {
        if (densest[m] == 0) {
            continue;
        }
        auto const per_cm = [&](double energy_eV) {
            auto const at = neutron_flight_at(v, m, energy_eV);
            return densest[m] * (at.total_cm2_per_g + richest[m] * at.boron_total);
        };
        for (int node = 0; node <= NeutronEnergyGrid::cells; ++node) {
            double const value = per_cm(NeutronEnergyGrid::node(node));
            raise(node, value);
            raise(node - 1, value);
        }
        for (std::uint32_t i = 0; i < tables_[m].points; ++i) {
            double const energy = points_[tables_[m].first_point + i].energy_eV;
            double const value = per_cm(energy);
            // A step of a cross section belongs to both sides
            int const cell = NeutronEnergyGrid::cell(NeutronEnergyGrid::clamped(energy)).index;
            raise(cell, value);
            raise(NeutronEnergyGrid::cell(NeutronEnergyGrid::clamped(energy * (1 + 1e-7))).index, value);
            raise(NeutronEnergyGrid::cell(NeutronEnergyGrid::clamped(energy * (1 - 1e-7))).index, value);
        }
    }
    return majorant;
}

} // namespace beamwright
