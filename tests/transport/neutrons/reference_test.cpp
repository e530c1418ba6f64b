// Against an outside transport code on the same evaluations: reference/neutron/openmc of the outside data (its README says
// how they were made). BEAMWRIGHT_LONG=1 follows 20 times as many histories: acceptance tests 3 and 4.
#include "csv_rows.hpp"
#include "runs.hpp"
#include "support.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <gtest/gtest.h>
#include <map>

using namespace beamwright;
using namespace beamwright::test;

namespace {

std::int64_t many(std::int64_t histories) {
    return std::getenv("BEAMWRIGHT_LONG") != nullptr ? 20 * histories : histories;
}

/// Kerma of O-17(n,alpha) over that of 1 ppm B-10: both go as 1/v. The reference's oxygen is O-16 alone, ours is natural.
double oxygen17_over_boron(NeutronTables const& tables, Material const& material) {
    auto const& library = tables.library();
    double kerma = 0;
    for (auto const& part : library.mixture(material).parts) {
        if (part.nuclide == library.nuclide("O17")) {
            kerma += part.atoms_per_g_e24 * 1e-6 *
                     library.other_kerma_eV_barn(part.nuclide, 0.0253, library.temperature(293.6));
        }
    }
    return kerma / neutron_boron_at(tables.view().neutrons, 0.0253).kerma_MeV_cm2_per_g;
}

constexpr std::size_t slabs = 10;

/// Whole slabs of 1 cm of a water cube of 20 cm, one row of numbers per quantity.
std::vector<double> slab_numbers(NeutronResult const& result) {
    std::vector<double> numbers;
    auto const& grid = result.fast.value.grid;
    for (auto const volume :
         {&NeutronResult::flux_thermal, &NeutronResult::flux_epithermal, &NeutronResult::boron_per_ppm,
          &NeutronResult::fast, &NeutronResult::photon_induced}) {
        for (std::size_t s = 0; s < slabs; ++s) {
            double sum = 0;
            for (std::size_t i = 0; i < 25; ++i) {
                auto const k = static_cast<std::size_t>(grid.size[2]) - 1 - s;
                sum += double{(result.*volume).value.values[k * 25 + i]} / 25;
            }
            numbers.push_back(sum);
        }
    }
    return numbers;
}

struct SlabReference {
    std::vector<double> value, sigma;
};
SlabReference reference_slabs(std::vector<CsvRow> const& table, std::string const& energy,
                              std::vector<std::string> const& columns) {
    SlabReference reference;
    for (auto const& row : table) {
        if (row.at("source_energy") != energy || row.at("cell").rfind("whole slab", 0) != 0 ||
            reference.value.size() == slabs) {
            continue;
        }
        double value = 0, variance = 0;
        for (auto const& column : columns) {
            double const one = number(row, column);
            value += one;
            variance += std::pow(one * number(row, "rel_" + column), 2);
        }
        reference.value.push_back(value);
        reference.sigma.push_back(std::sqrt(variance));
    }
    return reference;
}

class Water : public testing::TestWithParam<std::pair<std::string, double>> {};

} // namespace

// Acceptance 3. Chi-square with the covariance of 40 runs: Hotelling's T2 over 10 slabs stays below 104 and a single
// slab's deviation below 6.5 sigma but once in 1e6 right programs. The photons' kerma has an outside mu_en: 1.5 % more.
TEST_P(Water, depth_curves_agree_with_outside_transport) {
    BW_NEEDS_SHARED(shared);
    auto const table = read_csv(shared / "reference/neutron/openmc/water_neutron_depth.csv");
    auto const world = [] {
        auto made = water_box({5, 5, 20}, 10);
        made.grid.spacing_mm = {40, 40, 10};
        made.grid.origin_mm = {-80, -80, -95};
        return made;
    }();
    NeutronRequest request;
    request.world = &world;
    request.port = line_port(GetParam().second);
    request.port_to_patient = port_at_z(150);
    request.options.kelvin = 293.6;
    request.options.correlation = false;
    request.options.batch_histories = many(1200);
    static auto const tables = tables_for(request);
    request.tables = tables;
    auto const sample = sample_of(request, many(1200), 40, 1, slab_numbers);
    std::vector<std::vector<std::string>> const columns = {{"flux_thermal_per_cm2"},
                                                           {"flux_epithermal_per_cm2"},
                                                           {"B10_per_ppm_Gy"},
                                                           {"kerma_H1_Gy", "kerma_O16_Gy"},
                                                           {"photon_kerma_Gy"}};
    for (std::size_t quantity = 0; quantity < columns.size(); ++quantity) {
        auto reference = reference_slabs(table, GetParam().first, columns[quantity]);
        if (quantity == 3) {
            auto const boron = reference_slabs(table, GetParam().first, columns[2]);
            for (std::size_t s = 0; s < slabs; ++s) {
                reference.value[s] += oxygen17_over_boron(*tables, water_material()) * boron.value[s];
            }
        }
        ASSERT_EQ(reference.value.size(), slabs);
        if (!(reference.value[slabs - 1] > 0)) {
            continue; // no epithermal flux of a thermal beam
        }
        std::vector<std::size_t> indices;
        double worst = 0;
        double const extra = quantity == 4 ? 0.015 : 0;
        for (std::size_t s = 0; s < slabs; ++s) {
            indices.push_back(quantity * slabs + s);
            double const sigma = std::hypot(sample.sigma(indices.back()), reference.sigma[s]);
            double const off = std::fabs(sample.mean(indices.back()) - reference.value[s]);
            worst = std::max(worst, std::max(off - extra * reference.value[s], 0.0) / sigma);
        }
        double const chi = chi_square(sample, indices, reference.value, reference.sigma);
        std::printf("  %-24s chi2 %.1f / %zu, worst |z| %.2f, ratios", columns[quantity][0].c_str(), chi,
                    slabs, worst);
        for (std::size_t s = 0; s < slabs; ++s) {
            std::printf(" %.4f", sample.mean(indices[s]) / reference.value[s]);
        }
        std::printf("\n");
        EXPECT_LT(worst, 6.5) << columns[quantity][0];
        if (quantity != 4) {
            EXPECT_LT(chi, 104) << columns[quantity][0];
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Beams, Water,
                         testing::Values(std::make_pair("0.0253 eV", 0.0253), std::make_pair("1 eV", 1.0),
                                         std::make_pair("1 keV", 1e3), std::make_pair("1 MeV", 1e6)));

// Acceptance 3, photons alone: shells of 1 cm around a point in the middle. Kerma from 3 cm on (nearer, 5 mm voxels do not
// resolve the shells) within 1.5 % (mu_en of another source) and 4.5 sigma.
TEST(NeutronReference, photons_of_a_point_source_in_water) {
    BW_NEEDS_SHARED(shared);
    auto const table = read_csv(shared / "reference/neutron/openmc/water_photon_point_source.csv");
    auto const world = water_box({40, 40, 40}, 5);
    for (double const MeV : {0.478, 2.223}) {
        NeutronRequest request;
        request.world = &world;
        request.port = line_port(1e6 * MeV, PortParticle::photon, 0);
        request.port.angles[0].law = PortAngularLaw::isotropic;
        request.port.prepare();
        request.options.kelvin = 293.6;
        request.options.correlation = false;
        request.options.flux = false;
        request.tables = tables_for(request);
        std::vector<Region> shells;
        std::vector<double> wanted, wanted_sigma;
        for (auto const& row : table) {
            double const inner = number(row, "r_in_cm"), outer = number(row, "r_out_cm");
            bool const plain = row.at("electron_treatment").rfind("bremsstrahlung", 0) == 0;
            if (number(row, "E_MeV") != MeV || !plain || inner < 3 || outer > 9) {
                continue;
            }
            shells.push_back(region_where(world.grid, [&](Vec3<double> p) {
                double const r = 0.1 * norm(p);
                return r > inner && r < outer;
            }));
            wanted.push_back(number(row, "kerma_Gy"));
            wanted_sigma.push_back(number(row, "kerma_Gy") * number(row, "rel_kerma"));
        }
        ASSERT_EQ(shells.size(), 6U);
        auto const sample = sample_of(request, many(4000), 10, 1, [&](NeutronResult const& result) {
            std::vector<double> rows;
            for (auto const& shell : shells) {
                rows.push_back(mean_over(shell, result.photon_beam.value));
            }
            return rows;
        });
        for (std::size_t s = 0; s < shells.size(); ++s) {
            double const sigma = std::hypot(sample.sigma(s), wanted_sigma[s]);
            EXPECT_NEAR(sample.mean(s), wanted[s], 0.015 * wanted[s] + 4.5 * sigma)
                << MeV << " MeV, shell " << s;
        }
    }
}

// Acceptance 4: 4 mm voxel head. Means over the brain and sums over 0 to 10 cm of depth, 1 % and 3 combined sigma. N-14 of
// natural nitrogen is 99.6 % of what the reference has: counted.
TEST(NeutronReference, snyder_head_agrees_with_outside_transport) {
    BW_NEEDS_SHARED(shared);
    auto const folder = shared / "reference/neutron/openmc";
    auto const brain = read_csv(folder / "snyder_brain_mean.csv"),
               axis = read_csv(folder / "snyder_vox4mm_axis_16x16x4mm.csv");
    auto const world = snyder_head();
    NeutronRequest request;
    request.world = &world;
    request.port = goorley_port();
    for (int i = 0; i < 300; ++i) { // the reference's share of runs
        request.port.drawn.push_back((i < 100 ? 0.1 : i < 200 ? 0.75 : 0.15) / 100);
    }
    request.port.prepare();
    request.port_to_patient = port_at_z(150);
    request.options.kelvin = 293.6;
    request.options.correlation = false;
    request.options.reference = brain_material();
    request.tables = tables_for(request);
    struct Quantity {
        std::string name;
        NeutronVolume NeutronResult::*volume;
        double factor;
    };
    double const Gy_per_h = 3.53678e-16, per_s = 7.85398e11;
    std::vector<Quantity> const quantities = {
        {"flux_thermal_per_cm2_s", &NeutronResult::flux_thermal, per_s},
        {"flux_epithermal_per_cm2_s", &NeutronResult::flux_epithermal, per_s},
        {"flux_fast_per_cm2_s", &NeutronResult::flux_fast, per_s},
        {"B10_per_ppm_Gy_per_h", &NeutronResult::boron_per_ppm, 1 / Gy_per_h},
        {"N14_np_Gy_per_h", &NeutronResult::nitrogen_reference, 1 / Gy_per_h / 0.9964},
        {"neutron_other_Gy_per_h", &NeutronResult::fast_reference, 1 / Gy_per_h},
        {"photon_kerma_Gy_per_h", &NeutronResult::photon_reference, 1 / Gy_per_h}};
    Region in_brain;
    for (std::size_t voxel = 0; voxel < world.material.size(); ++voxel) {
        if (world.material[voxel] == 2) {
            in_brain.push_back(voxel);
        }
    }
    auto const on_axis = region_where(world.grid, [](Vec3<double> p) {
        return std::fabs(p.x) < 8 && std::fabs(p.y) < 8 && 88 - p.z > 0 && 88 - p.z < 100;
    });
    auto const sample = sample_of(request, many(20'000), 8, 1, [&](NeutronResult const& result) {
        std::vector<double> numbers;
        for (auto const& q : quantities) {
            numbers.push_back(q.factor * mean_over(in_brain, (result.*q.volume).value));
            numbers.push_back(q.factor * mean_over(on_axis, (result.*q.volume).value));
        }
        return numbers;
    });
    auto const rel = [](std::string const& name) {
        auto const end = name.find("_Gy_per_h");
        return "rel_" + name.substr(0, end == std::string::npos ? name.find("_per_cm2_s") : end);
    };
    double boron_mean = 0, boron_sum = 0;
    for (std::size_t i = 0; i < quantities.size(); ++i) {
        auto const& name = quantities[i].name;
        double mean = 0, mean_sigma = 0, sum = 0, variance = 0, rows = 0;
        for (auto const& row : brain) {
            if (row.at("model") == "snyder_vox4mm" && row.at("beam") == "generic epithermal") {
                mean = number(row, name);
                mean_sigma = mean * number(row, rel(name));
            }
        }
        for (auto const& row : axis) {
            if (number(row, "depth_cm") > 0 && number(row, "depth_cm") < 10) {
                sum += number(row, name);
                variance += std::pow(number(row, name) * number(row, rel(name)), 2);
                ++rows;
            }
        }
        if (name == "neutron_other_Gy_per_h") {
            double const oxygen = oxygen17_over_boron(*request.tables, brain_material());
            mean += oxygen * boron_mean;
            sum += oxygen * boron_sum;
        }
        boron_mean = name == "B10_per_ppm_Gy_per_h" ? mean : boron_mean;
        boron_sum = name == "B10_per_ppm_Gy_per_h" ? sum : boron_sum;
        double const brain_sigma = std::hypot(sample.sigma(2 * i), mean_sigma);
        double const axis_sigma = std::hypot(sample.sigma(2 * i + 1), std::sqrt(variance) / rows);
        std::printf("  %-26s brain %.4f +- %.4f, axis %.4f +- %.4f\n", name.c_str(),
                    sample.mean(2 * i) / mean, brain_sigma / mean, sample.mean(2 * i + 1) / (sum / rows),
                    axis_sigma / (sum / rows));
        EXPECT_NEAR(sample.mean(2 * i), mean, 0.01 * mean + 3 * brain_sigma) << name;
        EXPECT_NEAR(sample.mean(2 * i + 1), sum / rows, 0.01 * sum / rows + 3 * axis_sigma) << name;
    }
}
