// Neutron acceptance 4: the modified Snyder head, voxels of 4 mm and 1 mm, against an outside transport code and the
// published tables of 2002; the same with boron in the transport.
#include "jobs/physics_check/comparisons.hpp"
#include "jobs/physics_check/neutron_worlds.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace {

constexpr double scalp_mm = 88;
/// Of the reference: 1e10 neutrons per cm2 and second over the disk, and what a Gy per hour is in Gy per neutron.
constexpr double per_s = 7.85398e11, Gy_per_h = 3.53678e-16;
/// N-14 is 99.6 % of nitrogen; the reference has N-14 alone.
constexpr double nitrogen14 = 0.9964;

struct HeadQuantity {
    char const *name, *column, *relative;
    NeutronVolume NeutronResult::*volume;
    double factor;
};
std::array<HeadQuantity, 7> const quantities = {
    {{"thermal flux", "flux_thermal_per_cm2_s", "rel_flux_thermal", &NeutronResult::flux_thermal, per_s},
     {"epithermal flux", "flux_epithermal_per_cm2_s", "rel_flux_epithermal", &NeutronResult::flux_epithermal,
      per_s},
     {"fast flux", "flux_fast_per_cm2_s", "rel_flux_fast", &NeutronResult::flux_fast, per_s},
     {"B-10 per ppm", "B10_per_ppm_Gy_per_h", "rel_B10_per_ppm", &NeutronResult::boron_per_ppm, 1 / Gy_per_h},
     {"N-14(n,p)", "N14_np_Gy_per_h", "rel_N14_np", &NeutronResult::nitrogen_reference,
      1 / Gy_per_h / nitrogen14},
     {"other neutron kerma", "neutron_other_Gy_per_h", "rel_neutron_other", &NeutronResult::fast_reference,
      1 / Gy_per_h},
     {"photon kerma", "photon_kerma_Gy_per_h", "rel_photon_kerma", &NeutronResult::photon_reference,
      1 / Gy_per_h}}};
constexpr std::size_t boron_row = 3, other_row = 5;

/// Cells of the reference, 16 x 16 x 4 mm along the axis, `group` of them together; then the brain.
struct HeadCells {
    std::vector<Region> cells;
    std::vector<double> depth_cm;
    Region brain;
};
HeadCells cells_of(VoxelWorld const& world, double to_cm, double group) {
    HeadCells made;
    double const step_mm = 4 * group;
    for (double depth = 0; depth + step_mm / 10 <= to_cm + 1e-6; depth += step_mm / 10) {
        made.cells.push_back(region_where(world.grid, [&](Vec3<double> p) {
            double const z = scalp_mm - p.z - 10 * depth;
            return std::fabs(p.x) < 8 && std::fabs(p.y) < 8 && z > 0 && z < step_mm;
        }));
        made.depth_cm.push_back(depth + step_mm / 20);
    }
    for (std::size_t v = 0; v < world.material.size(); ++v) {
        if (world.material[v] == 2) {
            made.brain.push_back(v);
        }
    }
    return made;
}

/// Mean of the reference over the same groups of cells.
ReferenceRow row_of(ReferenceTable const& axis, HeadQuantity const& q, std::vector<double> const& depth_cm,
                    double group) {
    ReferenceRow row;
    for (double const middle : depth_cm) {
        double sum = 0, variance = 0;
        for (std::size_t r = 0; r < axis.rows(); ++r) {
            if (std::fabs(axis.number(r, "depth_cm") - middle) < 0.2 * group) {
                double const value = axis.number(r, q.column);
                sum += value;
                variance += std::pow(value * axis.number(r, q.relative), 2);
            }
        }
        row.place.push_back(middle);
        row.value.push_back(sum / group);
        row.sigma.push_back(std::sqrt(variance) / group);
    }
    return row;
}

/// A ratio of sums: 1 % and three combined standard deviations.
void judge_sum(CaseRunner& run, std::string const& what, double ratio, double sigma) {
    Figure figure{.what = what,
                  .value = 100 * (ratio - 1),
                  .sigma = 100 * sigma,
                  .unit = "%",
                  .detail = fmt::format("{:.1f} combined standard deviations", (ratio - 1) / sigma),
                  .reference = "OpenMC"};
    auto const bar = run.bar("sum_percent");
    figure.bar = bar.at_most + 3 * figure.sigma;
    figure.because = bar.because;
    run.add(figure);
}

NeutronRequest head_request(VoxelWorld const& world) {
    auto request = neutron_request(world, generic_beam(), port_above(150));
    request.options.reference = neutron_material("brain");
    request.tables = tables_for(request);
    return request;
}

} // namespace

void compare_neutron_head(CaseRunner& run) {
    auto const axis = run.reference(0);
    auto const brain = run.reference(1).where("model", run.word("model")).where("beam", "generic epithermal");
    double const group = run.number("cells_together");
    auto const world = snyder_voxels(run.number("voxel_mm"));
    auto const request = head_request(world);
    auto const places = cells_of(world, run.number("to_cm"), group);
    run.expect_runs(static_cast<std::size_t>(run.number("runs")));
    auto const sample = sample_runs(run, request, 1, [&](NeutronResult const& result) {
        std::vector<double> numbers;
        for (auto const& q : quantities) {
            for (auto const& cell : places.cells) {
                numbers.push_back(q.factor * mean_over(cell, (result.*q.volume).value));
            }
        }
        for (auto const& q : quantities) {
            numbers.push_back(q.factor * mean_over(places.brain, (result.*q.volume).value));
        }
        return numbers;
    });
    auto const cells = places.cells.size();
    // Their oxygen is O-16 alone: O-17(n,alpha) is added to their other kerma
    double const oxygen = oxygen17_over_boron(*request.tables, neutron_material("brain"));
    auto const boron = row_of(axis, quantities[boron_row], places.depth_cm, group);
    for (std::size_t q = 0; q < quantities.size(); ++q) {
        auto const& quantity = quantities.at(q);
        auto reference = row_of(axis, quantity, places.depth_cm, group);
        double mean = brain.number(0, quantity.column);
        double const mean_sigma = mean * brain.number(0, quantity.relative);
        if (q == other_row) {
            mean += oxygen * brain.number(0, quantities[boron_row].column);
            for (std::size_t c = 0; c < cells; ++c) {
                reference.value[c] += oxygen * boron.value[c];
            }
        }
        auto const found = difference_of(sample, q * cells, reference, 0);
        judge_row(run, quantity.name, "OpenMC", found, 0, q < 3 ? "1/cm2/s" : "Gy/h");
        judge_sum(run, std::string(quantity.name) + ": depth sum", found.mean, found.sigma);
        auto const place = quantities.size() * cells + q;
        judge_sum(run, std::string(quantity.name) + ": mean over the brain", sample.mean(place) / mean,
                  std::hypot(sample.sigma(place), mean_sigma) / mean);
    }
}

// The published tables of 2002 (another code, older data): ours beside what the outside code has on the same evaluations.
void compare_neutron_head_2002(CaseRunner& run) {
    auto const published = run.reference(0), ratios = run.reference(1);
    auto const world = snyder_voxels(run.number("voxel_mm"));
    auto request = head_request(world);
    request.options.kerma_split = true;
    auto const places = cells_of(world, run.number("to_cm"), 1);
    struct Column {
        char const *name, *column, *ratio;
        NeutronVolume NeutronResult::*volume;
    };
    std::array<Column, 4> const columns = {
        {{"neutron kerma below 0.5 eV", "thermal_Gy_per_min", "thermal_neutron", &NeutronResult::kerma_below},
         {"neutron kerma above 0.5 eV", "fast_Gy_per_min", "fast_neutron", &NeutronResult::kerma_above},
         {"photon kerma", "gamma_Gy_per_min", "photon", &NeutronResult::photon_reference},
         {"B-10 per ppm", "boron_Gy_per_min_per_ppm", "boron", &NeutronResult::boron_per_ppm}}};
    run.expect_runs(static_cast<std::size_t>(run.number("runs")));
    auto const sample = sample_runs(run, request, 1, [&](NeutronResult const& result) {
        std::vector<double> numbers;
        for (auto const& c : columns) {
            for (auto const& cell : places.cells) {
                numbers.push_back(60 / Gy_per_h / 3600 * mean_over(cell, (result.*c.volume).value));
            }
        }
        return numbers;
    });
    auto const model = run.word("model");
    for (std::size_t c = 0; c < columns.size(); ++c) {
        auto const& column = columns.at(c);
        ReferenceRow row;
        Curve theirs;
        for (double const depth : places.depth_cm) {
            auto const at = published.where("depth_cm", depth);
            auto const value = at.number(0, column.column);
            row.place.push_back(depth);
            row.value.push_back(value);
            row.sigma.push_back(
                value *
                at.number(0,
                          std::string("rel_") +
                              std::string(column.column).substr(0, std::string(column.column).find("_Gy"))));
            auto const other = ratios.where("depth_cm", depth);
            theirs.x.push_back(depth);
            theirs.y.push_back(other.number(0, fmt::format("ratio_{}_{}", column.ratio, model)));
            theirs.sigma.push_back(other.number(0, fmt::format("sigma_{}_{}", column.ratio, model)));
        }
        auto const found = difference_of(sample, c * places.cells.size(), row, 0);
        double weighted = 0, weights = 0;
        for (std::size_t i = 0; i < row.value.size(); ++i) {
            weighted += theirs.y[i] * row.value[i];
            weights += row.value[i];
        }
        run.add({.what = fmt::format("{}: sum to {:g} cm over the table of 2002", column.name,
                                     run.number("to_cm")),
                 .value = 100 * (found.mean - 1),
                 .sigma = 100 * found.sigma,
                 .unit = "%",
                 .detail =
                     fmt::format("OpenMC on the same evaluations: {:+.1f} %", 100 * (weighted / weights - 1)),
                 .reference = "Goorley et al. 2002"});
        run.plot({std::string(column.name) + " over the table of 2002",
                  "Gray: OpenMC on the same evaluations.",
                  "depth [cm]",
                  "ratio",
                  {{"ours", found.ratio}, {"OpenMC", theirs, true}}});
    }
}

// Boron in scalp and brain takes part: how much lower the thermal kerma is, beside what another repeat of this head found.
void compare_neutron_head_boron(CaseRunner& run) {
    auto const levels = run.numbers("ppm"), depths = run.numbers("depths_cm"),
               wanted = run.numbers("loss_percent");
    auto const world = snyder_voxels(run.number("voxel_mm"));
    auto request = head_request(world);
    request.options.kerma_split = true;
    request.options.method.survival = true; // 13 cm deep few arrive otherwise
    std::vector<Region> cells;
    cells.reserve(depths.size());
    for (double const depth : depths) {
        double const half = depth > 5 ? 1.0 : 0.2;
        double const across = depth > 5 ? 30 : 24; // inside the beam's disk little changes across
        cells.push_back(region_where(world.grid, [&](Vec3<double> p) {
            return std::fabs(p.x) < across && std::fabs(p.y) < across &&
                   std::fabs((scalp_mm - p.z) / 10 - depth) < half;
        }));
    }
    run.expect_runs((levels.size() + 1) * static_cast<std::size_t>(run.number("runs")));
    auto const numbers = [&](NeutronResult const& result) {
        std::vector<double> all;
        all.reserve(cells.size());
        for (auto const& cell : cells) {
            all.push_back(mean_over(cell, result.kerma_below.value));
        }
        return all;
    };
    auto const without = sample_runs(run, request, 1, numbers);
    for (std::size_t level = 0; level < levels.size(); ++level) {
        request.boron_ppm.assign(world.grid.voxels(), 0.0F);
        for (std::size_t v = 0; v < world.grid.voxels(); ++v) {
            request.boron_ppm[v] = world.material[v] != 1 ? static_cast<float>(levels[level]) : 0.0F;
        }
        auto const with = sample_runs(run, request, 1001, numbers);
        for (std::size_t d = 0; d < depths.size(); ++d) {
            double const ratio = with.mean(d) / without.mean(d);
            double const sigma =
                ratio * std::hypot(with.sigma(d) / with.mean(d), without.sigma(d) / without.mean(d));
            Figure figure{
                .what = fmt::format("{:g} ppm: loss of thermal kerma at {:g} cm", levels[level], depths[d]),
                .value = 100 * (1 - ratio),
                .sigma = 100 * sigma,
                .unit = "%",
                .reference = "own run without boron"};
            double const theirs = wanted.at(level * depths.size() + d);
            if (theirs > 0) {
                figure.what += ", less the published";
                figure.value -= theirs;
                figure.detail = fmt::format("{:.1f} % against {:.1f} %", 100 * (1 - ratio), theirs);
                figure.reference = "OpenMC with ENDF/B-VII.1, AvilaLabs repeat of the head";
                run.judge(figure, "loss_percent");
            } else {
                run.add(figure);
            }
        }
    }
}

} // namespace beamwright::physics_check
