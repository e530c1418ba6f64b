#include "tables/neutron_materials.hpp"
#include "lanes/constants.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace beamwright {

class NuclideTables; // curves and tables of single nuclides, each made once

struct NeutronMaterials::Memory {
    void add(NeutronLibrary const& data, NeutronMaterialRequest const& request, NuclideTables& nuclides);
    void add_boron(std::uint32_t b10, NuclideTables& nuclides);

    NeutronView library;
    std::vector<NeutronMaterial> materials;
    std::vector<NeutronMaterialPoint> points;
    std::vector<NeutronPart> parts;
    std::vector<NeutronTable> nuclide_tables;
    std::vector<NeutronNuclidePoint> nuclide_points;
    NeutronTable boron{};
    std::vector<NeutronBoronPoint> boron_points;
    std::vector<std::uint32_t> hash;
    std::vector<std::string> replaced;
    std::uint32_t temperature = 0;
    double kelvin = 0;
};

namespace {

constexpr std::size_t most_columns = 5;
/// Energies and columns of one table before it is thinned: total, elastic, absorbed, named and other kerma.
struct Curves {
    std::vector<float> energy_eV;
    std::array<std::vector<double>, most_columns> column;
};

/// A curve walked along rising energies: straight lines, zero outside.
class Walker {
public:
    Walker(float const* x, float const* y, std::size_t count) : x_{x}, y_{y}, count_{count} {}
    double operator()(double energy_eV) {
        if (count_ == 0 || energy_eV < double{x_[0]} || energy_eV > double{x_[count_ - 1]}) {
            return 0.0;
        }
        while (at_ + 2 < count_ && double{x_[at_ + 1]} <= energy_eV) {
            ++at_;
        }
        double const part = (energy_eV - x_[at_]) / (double{x_[at_ + 1]} - x_[at_]);
        return y_[at_] + part * (double{y_[at_ + 1]} - y_[at_]);
    }

private:
    float const* x_;
    float const* y_;
    std::size_t count_, at_ = 0;
};

double law_barn(NeutronView const& v, ThermalLaw const& law, double energy_eV) {
    ThermalNode const* const nodes = v.thermal_nodes + law.first_node;
    auto const above =
        std::upper_bound(nodes, nodes + law.node_count, energy_eV,
                         [](double e, ThermalNode const& n) { return e < double{n.energy_eV}; });
    auto const i = std::clamp<std::ptrdiff_t>(above - nodes - 1, 0, std::ptrdiff_t{law.node_count} - 2);
    double const part =
        (energy_eV - nodes[i].energy_eV) / (double{nodes[i + 1].energy_eV} - nodes[i].energy_eV);
    double barn = nodes[i].barn + part * (double{nodes[i + 1].barn} - nodes[i].barn);
    if (law.incoherent_barn > 0) { // ENDF-102 eq. 7.5
        double const twice = 2 * energy_eV * law.debye_waller_per_eV;
        barn += 0.5 * law.incoherent_barn * -std::expm1(-2 * twice) / twice;
    }
    return barn;
}

/// Energies that the tables of one nuclide need: its grid, its thresholds, its thermal law.
std::vector<float> energies_of(NeutronView const& v, NeutronNuclide const& n, std::uint32_t temperature,
                               ThermalLaw const* law) {
    NeutronGrid const& grid = v.grids[n.first_grid + temperature];
    std::vector<float> energies(v.grid_eV + grid.first_energy, v.grid_eV + grid.first_energy + grid.points);
    for (std::uint32_t i = 0; i < n.reaction_count; ++i) {
        NeutronReaction const& r = v.reactions[n.first_reaction + i];
        energies.insert(energies.end(), v.threshold_eV + r.first_point,
                        v.threshold_eV + r.first_point + r.point_count);
    }
    if (law != nullptr) {
        for (std::uint32_t i = 0; i < law->node_count; ++i) {
            energies.push_back(v.thermal_nodes[law->first_node + i].energy_eV);
        }
        energies.push_back(std::nextafter(law->highest_eV, 1e9F)); // a step: from the law to the free atom
    }
    std::sort(energies.begin(), energies.end());
    energies.erase(std::unique(energies.begin(), energies.end()), energies.end());
    return energies;
}

Curves nuclide_curves(NeutronView const& v, NeutronNuclide const& n, std::uint32_t temperature,
                      ThermalLaw const* law) {
    Curves c;
    c.energy_eV = energies_of(v, n, temperature, law);
    std::size_t const size = c.energy_eV.size();
    for (auto& column : c.column) {
        column.assign(size, 0.0);
    }
    NeutronGrid const& grid = v.grids[n.first_grid + temperature];
    float const* const grid_eV = v.grid_eV + grid.first_energy;
    auto const row = [&](std::uint32_t r) {
        return Walker(grid_eV, v.rows + grid.first_value + std::size_t{r} * grid.points, grid.points);
    };
    for (std::uint32_t i = 0; i < n.reaction_count; ++i) {
        NeutronReaction const& r = v.reactions[n.first_reaction + i];
        Walker curve = r.row >= 0 ? row(static_cast<std::uint32_t>(r.row))
                                  : Walker(v.threshold_eV + r.first_point, v.threshold_barn + r.first_point,
                                           r.point_count);
        for (std::size_t k = 0; k < size; ++k) {
            double const energy = c.energy_eV[k];
            bool const bound = r.mt == 2 && law != nullptr && energy <= double{law->highest_eV};
            double const free_barn = curve(energy);
            double const barn = bound ? law_barn(v, *law, energy) : free_barn;
            c.column[0][k] += barn;
            c.column[1][k] += r.mt == 2 ? barn : 0.0;
            c.column[2][k] += r.emission == NeutronEmission::none ? barn : 0.0;
        }
    }
    Walker other = row(n.row_count);
    Walker named = row(n.has_named_kerma != 0 ? n.row_count + 1 : n.row_count);
    for (std::size_t k = 0; k < size; ++k) {
        c.column[3][k] = n.has_named_kerma != 0 ? named(c.energy_eV[k]) : 0.0;
        c.column[4][k] = other(c.energy_eV[k]);
    }
    return c;
}

/// Whether straight lines from a to b give back all points between within the tolerance (sizes relative to scale).
bool straight(Curves const& c, std::size_t columns, std::size_t a, std::size_t b) {
    double const width = double{c.energy_eV[b]} - c.energy_eV[a];
    for (std::size_t col = 0; col < columns; ++col) {
        auto const& y = c.column[col];
        for (std::size_t k = a + 1; k < b; ++k) {
            double const line = y[a] + (c.energy_eV[k] - c.energy_eV[a]) / width * (y[b] - y[a]);
            if (std::abs(line - y[k]) > neutron_material_tolerance * std::abs(y[k])) {
                return false;
            }
        }
    }
    return true;
}

/// Points kept: each reaches as far as doubling and halving finds straight lines.
std::vector<std::size_t> thinned(Curves const& c, std::size_t columns) {
    std::vector<std::size_t> kept{0};
    std::size_t const last = c.energy_eV.size() - 1;
    for (std::size_t at = 0; at < last;) {
        std::size_t good = at + 1, step = 2;
        while (at + step <= last && straight(c, columns, at, at + step)) {
            good = at + step;
            step *= 2;
        }
        std::size_t high = std::min(at + step, last + 1);
        while (high - good > 1) {
            std::size_t const middle = (good + high) / 2;
            (straight(c, columns, at, middle) ? good : high) = middle;
        }
        kept.push_back(good);
        at = good;
    }
    return kept;
}

/// Adds the curves times a weight to a sum on the sum's energies.
void add_weighted(Curves& sum, Curves const& part, double weight) {
    for (std::size_t col = 0; col < most_columns; ++col) {
        std::size_t at = 0;
        auto const& x = part.energy_eV;
        auto const& v = part.column[col];
        for (std::size_t k = 0; k < sum.energy_eV.size(); ++k) {
            double const energy = sum.energy_eV[k];
            while (at + 2 < x.size() && double{x[at + 1]} <= energy) {
                ++at;
            }
            double const share = (energy - x[at]) / (double{x[at + 1]} - x[at]);
            sum.column[col][k] += weight * (v[at] + share * (v[at + 1] - v[at]));
        }
    }
}

/// Hash entries of a table: for each cell the last point at or below its lower end.
template <class Point>
NeutronTable table_of(std::vector<Point> const& points, std::size_t first, std::vector<std::uint32_t>& hash) {
    NeutronTable table{static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(points.size() - first),
                       static_cast<std::uint32_t>(hash.size())};
    std::uint32_t i = 0;
    for (int cell = 0; cell < NeutronEnergyGrid::cells; ++cell) {
        double const low = NeutronEnergyGrid::node(cell);
        while (i + 2 < table.points && double{points[first + i + 1].energy_eV} <= low) {
            ++i;
        }
        hash.push_back(i);
    }
    return table;
}

std::int32_t law_of(NeutronLibrary const& library, HydrogenLaw hydrogen, double kelvin) {
    if (hydrogen == HydrogenLaw::free) {
        return -1;
    }
    char const* const name = hydrogen == HydrogenLaw::water ? "H in H2O" : "H in CH2";
    return static_cast<std::int32_t>(library.law(name, kelvin));
}

constexpr double MeV_per_eV = 1e-6;

/// By what a neutron of 1 eV meets: collisions look through the list from its beginning.
std::vector<NuclideAmount> most_met_first(NeutronLibrary const& library, std::vector<NuclideAmount> parts,
                                          std::uint32_t temperature) {
    auto const met = [&](NuclideAmount const& amount) {
        return amount.atoms_per_g_e24 * library.cross_section_barn(amount.nuclide, 1, 1.0, temperature);
    };
    std::stable_sort(parts.begin(), parts.end(),
                     [&](NuclideAmount const& a, NuclideAmount const& b) { return met(a) > met(b); });
    return parts;
}

} // namespace

/// All nuclide tables that were made, by nuclide and law.
class NuclideTables {
public:
    NuclideTables(NeutronView const& view, std::uint32_t temperature)
        : view_{view}, temperature_{temperature} {}

    Curves const& curves(std::uint32_t nuclide, std::int32_t law) {
        auto const key = std::make_pair(nuclide, law);
        auto found = known_.find(key);
        if (found == known_.end()) {
            ThermalLaw const* const bound = law < 0 ? nullptr : view_.laws + law;
            found = known_.emplace(key, nuclide_curves(view_, view_.nuclides[nuclide], temperature_, bound))
                        .first;
        }
        return found->second;
    }

    std::uint32_t table(std::uint32_t nuclide, std::int32_t law, std::vector<NeutronTable>& tables,
                        std::vector<NeutronNuclidePoint>& points, std::vector<std::uint32_t>& hash) {
        auto const key = std::make_pair(nuclide, law);
        if (auto const found = place_.find(key); found != place_.end()) {
            return found->second;
        }
        Curves const& c = curves(nuclide, law);
        std::size_t const first = points.size();
        for (std::size_t k : thinned(c, 3)) {
            points.push_back({c.energy_eV[k], static_cast<float>(c.column[0][k]),
                              static_cast<float>(c.column[1][k]), static_cast<float>(c.column[2][k])});
        }
        tables.push_back(table_of(points, first, hash));
        return place_[key] = static_cast<std::uint32_t>(tables.size() - 1);
    }

private:
    NeutronView view_;
    std::uint32_t temperature_;
    std::map<std::pair<std::uint32_t, std::int32_t>, Curves> known_;
    std::map<std::pair<std::uint32_t, std::int32_t>, std::uint32_t> place_;
};

void NeutronMaterials::Memory::add(NeutronLibrary const& data, NeutronMaterialRequest const& request,
                                   NuclideTables& nuclides) {
    NeutronMixture const mixture = data.mixture(request.material);
    for (std::string const& sentence : mixture.replaced) {
        replaced.push_back(fmt::format("{}: {}", request.material.name, sentence));
    }
    auto const first_part = static_cast<std::uint32_t>(parts.size());
    Curves sum;
    for (NuclideAmount const& amount : most_met_first(data, mixture.parts, temperature)) {
        NeutronNuclide const& n = library.nuclides[amount.nuclide];
        std::int32_t const law = n.Z == 1 && n.A == 1 ? law_of(data, request.hydrogen, kelvin) : -1;
        std::uint32_t const table = nuclides.table(amount.nuclide, law, nuclide_tables, nuclide_points, hash);
        parts.push_back({table, amount.nuclide, static_cast<float>(amount.atoms_per_g_e24), law});
        auto const& energies = nuclides.curves(amount.nuclide, law).energy_eV;
        sum.energy_eV.insert(sum.energy_eV.end(), energies.begin(), energies.end());
    }
    std::sort(sum.energy_eV.begin(), sum.energy_eV.end());
    sum.energy_eV.erase(std::unique(sum.energy_eV.begin(), sum.energy_eV.end()), sum.energy_eV.end());
    for (auto& column : sum.column) {
        column.assign(sum.energy_eV.size(), 0.0);
    }
    for (std::size_t p = first_part; p < parts.size(); ++p) {
        add_weighted(sum, nuclides.curves(parts[p].nuclide, parts[p].law), parts[p].atoms_per_g_e24);
    }
    std::swap(sum.column[1], sum.column[4]); // elastic is not kept: total, other kerma, absorbed, nitrogen
    std::size_t const first = points.size();
    for (std::size_t k : thinned(sum, 4)) {
        points.push_back({sum.energy_eV[k], static_cast<float>(sum.column[0][k]),
                          static_cast<float>(sum.column[2][k]),
                          static_cast<float>(sum.column[3][k] * MeV_per_eV),
                          static_cast<float>(sum.column[1][k] * MeV_per_eV)});
    }
    materials.push_back(
        {table_of(points, first, hash), first_part, static_cast<std::uint32_t>(parts.size()) - first_part});
}

void NeutronMaterials::Memory::add_boron(std::uint32_t b10, NuclideTables& nuclides) {
    Curves const& c = nuclides.curves(b10, -1);
    double const mass_u =
        double{library.nuclides[b10].mass_ratio} * constants::neutron_MeV / constants::atomic_mass_unit_MeV;
    double const atoms_per_ppm = 1e-6 * constants::avogadro_per_mol * 1e-24 / mass_u;
    for (std::size_t k : thinned(c, 4)) {
        boron_points.push_back({c.energy_eV[k], static_cast<float>(c.column[0][k] * atoms_per_ppm),
                                static_cast<float>(c.column[2][k] * atoms_per_ppm),
                                static_cast<float>(c.column[3][k] * atoms_per_ppm * MeV_per_eV)});
    }
    boron = table_of(boron_points, 0, hash);
}

NeutronMaterials::NeutronMaterials(NeutronLibrary const& library,
                                   std::vector<NeutronMaterialRequest> const& requests, double kelvin)
    : memory_{std::make_unique<Memory>()} {
    Memory& m = *memory_;
    m.library = library.view();
    m.temperature = library.temperature(kelvin);
    m.kelvin = kelvin;
    NuclideTables nuclides(m.library, m.temperature);
    for (NeutronMaterialRequest const& request : requests) {
        m.add(library, request, nuclides);
    }
    m.add_boron(library.nuclide("B10"), nuclides);
}

NeutronMaterials::~NeutronMaterials() = default;
NeutronMaterials::NeutronMaterials(NeutronMaterials&&) noexcept = default;
NeutronMaterials& NeutronMaterials::operator=(NeutronMaterials&&) noexcept = default;

NeutronMaterialsView NeutronMaterials::view() const {
    Memory const& m = *memory_;
    NeutronMaterialsView v;
    v.library = m.library;
    v.materials = m.materials.data();
    v.points = m.points.data();
    v.parts = m.parts.data();
    v.nuclide_tables = m.nuclide_tables.data();
    v.nuclide_points = m.nuclide_points.data();
    v.boron = m.boron;
    v.boron_points = m.boron_points.data();
    v.hash = m.hash.data();
    v.material_count = static_cast<std::uint32_t>(m.materials.size());
    v.temperature = m.temperature;
    v.kelvin = m.kelvin;
    return v;
}

std::vector<std::string> const& NeutronMaterials::replaced() const { return memory_->replaced; }
std::size_t NeutronMaterials::points_of(std::uint32_t material) const {
    return memory_->materials[material].table.points;
}

} // namespace beamwright
