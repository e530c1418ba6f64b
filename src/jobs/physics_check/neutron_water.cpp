// Neutron acceptance 3: one effect at a time, in water, against an outside transport code on the same evaluations.
#include "jobs/physics_check/comparisons.hpp"
#include "jobs/physics_check/neutron_worlds.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace {

constexpr std::size_t slabs = 10;
constexpr char const* outside = "OpenMC";

using Part = NeutronVolume NeutronResult::*;
constexpr std::array<Part, 5> parts = {&NeutronResult::flux_thermal, &NeutronResult::flux_epithermal,
                                       &NeutronResult::boron_per_ppm, &NeutronResult::fast,
                                       &NeutronResult::photon_induced};

/// Whole slabs of 1 cm of a cube of 20 cm, part by part.
std::vector<double> slab_numbers(NeutronResult const& result) {
    std::vector<double> numbers;
    auto const& grid = result.fast.value.grid;
    auto const across = static_cast<std::size_t>(grid.size[0]) * static_cast<std::size_t>(grid.size[1]);
    for (auto const part : parts) {
        for (std::size_t s = 0; s < slabs; ++s) {
            auto const k = static_cast<std::size_t>(grid.size[2]) - 1 - s;
            double sum = 0;
            for (std::size_t i = 0; i < across; ++i) {
                sum += static_cast<double>((result.*part).value.values[k * across + i]);
            }
            numbers.push_back(sum / static_cast<double>(across));
        }
    }
    return numbers;
}

ReferenceRow slab_row(ReferenceTable const& table, std::string const& beam,
                      std::vector<std::string> const& columns) {
    ReferenceRow row;
    auto const rows = table.where("source_energy", beam);
    for (std::size_t r = 0; r < rows.rows() && row.value.size() < slabs; ++r) {
        if (rows.word(r, "cell").rfind("whole slab", 0) != 0) {
            continue;
        }
        double value = 0, variance = 0;
        for (auto const& column : columns) {
            double const one = rows.number(r, column), relative = rows.number(r, "rel_" + column);
            value += one;
            variance += std::isnan(relative) ? 0 : one * one * relative * relative;
        }
        row.place.push_back(rows.number(r, "depth_cm"));
        row.value.push_back(value);
        row.sigma.push_back(std::sqrt(variance));
    }
    return row;
}

struct SlabQuantity {
    char const* name;
    std::vector<std::string> columns;
    double allowance; ///< of the comparison itself, in all beams
    char const* unit;
};

} // namespace

void compare_neutron_water(CaseRunner& run) {
    auto const table = run.reference(0);
    auto const energies = run.numbers("energies_eV");
    auto const world = neutron_box({5, 5, 20}, {40, 40, 10}, neutron_material("water"));
    // The photons' kerma rests on an outside mu_en, 1.5 % at the most from ours (docs/methods/photon_data.md)
    std::vector<SlabQuantity> const quantities = {
        {"thermal flux", {"flux_thermal_per_cm2"}, 0, "1/cm2"},
        {"flux above 0.5 eV", {"flux_epithermal_per_cm2"}, 0, "1/cm2"},
        {"B-10 per ppm", {"B10_per_ppm_Gy"}, 0, "Gy"},
        {"kerma of H and O", {"kerma_H1_Gy", "kerma_O16_Gy"}, 0, "Gy"},
        {"photon kerma", {"photon_kerma_Gy"}, 0.015, "Gy"}};
    run.expect_runs(energies.size() * static_cast<std::size_t>(run.number("runs")));
    for (double const energy : energies) {
        auto const beam = energy < 1e3   ? fmt::format("{:g} eV", energy)
                          : energy < 1e6 ? fmt::format("{:g} keV", energy / 1e3)
                                         : fmt::format("{:g} MeV", energy / 1e6);
        auto request = neutron_request(world, neutron_line(energy, 50), port_above(150));
        request.tables = tables_for(request);
        auto const sample = sample_runs(run, request, 1, slab_numbers);
        auto const boron = slab_row(table, beam, quantities[2].columns);
        for (std::size_t q = 0; q < quantities.size(); ++q) {
            auto reference = slab_row(table, beam, quantities[q].columns);
            if (reference.value.size() != slabs || !(reference.value.back() > 0)) {
                continue; // no flux above 0.5 eV of a thermal beam
            }
            for (std::size_t s = 0; q == 3 && s < slabs; ++s) { // their oxygen is O-16 alone
                reference.value[s] +=
                    oxygen17_over_boron(*request.tables, world.materials[0]) * boron.value[s];
            }
            // A beam that starts inside the thermal law, between two of their incident energies
            bool const between = std::fabs(energy - run.number("rule_beam_eV")) < 1e-9;
            double const rule = !between                     ? 0
                                : q == 1                     ? run.number("rule_above_percent") / 100
                                : q == 0 || q == 2 || q == 4 ? run.number("rule_thermal_percent") / 100
                                                             : 0;
            double const allowance = quantities[q].allowance + rule;
            judge_row(run, beam + ": " + quantities[q].name, outside,
                      difference_of(sample, q * slabs, reference, allowance), allowance, quantities[q].unit);
        }
    }
    run.note("Where a beam starts between two incident energies of the reference's thermal law, that code "
             "takes the "
             "nearer table and shifts it; " +
             std::string("docs/methods/neutron_transport.md section 9 says what that does"));
}

void compare_neutron_photon_points(CaseRunner& run) {
    auto const table = run.reference(0);
    auto const energies = run.numbers("energies_MeV");
    double const from_cm = run.number("from_cm"), to_cm = run.number("to_cm");
    auto const world = neutron_box({40, 40, 40}, {5, 5, 5}, neutron_material("water"));
    run.expect_runs(energies.size() * static_cast<std::size_t>(run.number("runs")));
    for (double const energy : energies) {
        auto const rows = table.where("E_MeV", energy);
        std::vector<Region> shells;
        ReferenceRow reference;
        for (std::size_t r = 0; r < rows.rows(); ++r) {
            double const inner = rows.number(r, "r_in_cm"), outer = rows.number(r, "r_out_cm");
            if (rows.word(r, "electron_treatment").rfind("bremsstrahlung", 0) != 0 || inner < from_cm ||
                outer > to_cm) {
                continue;
            }
            shells.push_back(region_where(world.grid, [&](Vec3<double> p) {
                double const radius = 0.1 * norm(p);
                return radius > inner && radius < outer;
            }));
            reference.place.push_back((inner + outer) / 2);
            reference.value.push_back(rows.number(r, "kerma_Gy"));
            reference.sigma.push_back(rows.number(r, "kerma_Gy") * rows.number(r, "rel_kerma"));
        }
        auto request = neutron_request(world, isotropic_point(1e6 * energy, PortParticle::photon), {});
        request.options.flux = false;
        auto const sample = sample_runs(run, request, 1, [&](NeutronResult const& result) {
            std::vector<double> numbers;
            numbers.reserve(shells.size());
            for (auto const& shell : shells) {
                numbers.push_back(mean_over(shell, result.photon_beam.value));
            }
            return numbers;
        });
        // mu_en of another source, and shells made of 5 mm voxels
        constexpr double allowance = 0.015;
        judge_row(run, fmt::format("{:g} MeV point: kerma in shells", energy), outside,
                  difference_of(sample, 0, reference, allowance), allowance, "Gy");
    }
}

void compare_neutron_infinite_boron(CaseRunner& run) {
    auto const table = run.reference(0);
    auto const theirs = [&](char const* quantity) {
        auto const rows = table.where("quantity", quantity);
        return std::pair{rows.number(0, "value"), rows.number(0, "sigma")};
    };
    auto const world = neutron_box({3, 3, 3}, {1000, 1000, 1000}, neutron_material("water"));
    auto request = neutron_request(world, isotropic_point(1.0), {});
    request.boron_ppm.assign(world.grid.voxels(), 10.0F);
    run.expect_runs(static_cast<std::size_t>(run.number("runs")));
    auto const sample = sample_runs(run, request, 1, [&](NeutronResult const& result) {
        double path = 0, hydrogen = 0, boron = 0;
        for (std::size_t v = 0; v < world.grid.voxels(); ++v) {
            path += static_cast<double>(result.flux_thermal.value.values[v]) +
                    static_cast<double>(result.flux_epithermal.value.values[v]);
        }
        for (auto const& nuclide : result.nuclides) {
            hydrogen += nuclide.name == "H1" ? nuclide.absorbed : 0;
            boron += nuclide.name == "B10" ? nuclide.absorbed : 0;
        }
        return std::vector<double>{boron / (boron + hydrogen), path * world.grid.voxel_cm3()};
    });
    for (auto const& [index, key, what, unit] :
         {std::tuple{0, "B10_share", "share of absorptions in B-10", ""},
          std::tuple{1, "total_track_length_cm", "path of a neutron", "cm"}}) {
        auto const [value, sigma] = theirs(key);
        auto const i = static_cast<std::size_t>(index);
        double const both = std::hypot(sigma, sample.sigma(i));
        run.judge({.what = what,
                   .value = (sample.mean(i) - value) / both,
                   .unit = "sigma",
                   .detail = fmt::format("{:.5g} +- {:.2g} against {:.5g} +- {:.2g} {}", sample.mean(i),
                                         sample.sigma(i), value, sigma, unit),
                   .reference = outside},
                  "worst_z");
    }
}

} // namespace beamwright::physics_check
