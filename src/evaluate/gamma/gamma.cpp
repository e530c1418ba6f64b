#include "evaluate/gamma/gamma.hpp"
#include "core/parallel.hpp"
#include "evaluate/gamma/cell_search.hpp"
#include "geometry/interpolate.hpp"
#include <algorithm>
#include <atomic>
#include <cmath>
#include <fmt/format.h>
#include <vector>

namespace beamwright {

namespace {

Triple triple(Vec3<double> v) { return {v.x, v.y, v.z}; }

/// Least and greatest dose of every cell: what a cell can reach at best is known before it is searched.
struct CellBounds {
    std::array<int, 3> cells{}; ///< per axis; an axis of one voxel has one cell of no extent
    std::vector<float> least, most;
};

CellBounds cell_bounds(Volume<float> const& dose) {
    CellBounds bounds;
    auto const& size = dose.grid.size;
    for (std::size_t a = 0; a < 3; ++a) {
        bounds.cells[a] = std::max(size[a] - 1, 1);
    }
    bounds.least.resize(dose.values.size());
    bounds.most.resize(dose.values.size());
    std::size_t const x = size[0] > 1 ? 1 : 0, y = size[1] > 1 ? static_cast<std::size_t>(size[0]) : 0;
    std::size_t const z =
        size[2] > 1 ? static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) : 0;
    parallel_ranges(static_cast<std::size_t>(bounds.cells[2]), 4, [&](std::size_t first, std::size_t last) {
        for (auto k = first; k < last; ++k) {
            for (int j = 0; j < bounds.cells[1]; ++j) {
                for (int i = 0; i < bounds.cells[0]; ++i) {
                    auto const n = dose.grid.index(i, j, static_cast<int>(k));
                    float const* const v = dose.values.data() + n;
                    auto const [low, high] =
                        std::minmax({v[0], v[x], v[y], v[x + y], v[z], v[z + x], v[z + y], v[z + x + y]});
                    bounds.least[n] = low;
                    bounds.most[n] = high;
                }
            }
        }
    });
    return bounds;
}

/// A neighbor of the cell that holds the reference point, and a bound that never exceeds its distance.
struct Neighbor {
    std::array<int, 3> step;
    double nearest_squared, usual_squared;
};

std::vector<Neighbor> neighbors_within(double reach, Triple const& extent, std::array<int, 3> const& cells) {
    std::array<int, 3> most{};
    for (std::size_t a = 0; a < 3; ++a) {
        most[a] = extent[a] > 0.0 ? std::min(static_cast<int>(reach / extent[a]) + 1, cells[a]) : 0;
    }
    std::vector<Neighbor> neighbors;
    for (int k = -most[2]; k <= most[2]; ++k) {
        for (int j = -most[1]; j <= most[1]; ++j) {
            for (int i = -most[0]; i <= most[0]; ++i) {
                Neighbor one{{i, j, k}, 0.0, 0.0};
                for (std::size_t a = 0; a < 3; ++a) {
                    double const away = std::abs(one.step[a]);
                    double const nearest = std::max(0.0, away - 1.0) * extent[a];
                    double const usual = std::max(0.0, away - 0.5) * extent[a];
                    one.nearest_squared += nearest * nearest;
                    one.usual_squared += usual * usual;
                }
                if (one.nearest_squared < reach * reach) {
                    neighbors.push_back(one);
                }
            }
        }
    }
    std::stable_sort(neighbors.begin(), neighbors.end(), [](Neighbor const& a, Neighbor const& b) {
        return a.nearest_squared != b.nearest_squared ? a.nearest_squared < b.nearest_squared
                                                      : a.usual_squared < b.usual_squared;
    });
    return neighbors;
}

class GammaSearch {
public:
    GammaSearch(Volume<float> const& evaluated, GammaOptions const& options)
        : evaluated_(evaluated), bounds_(cell_bounds(evaluated)),
          most_squared_(options.most_gamma * options.most_gamma) {
        auto const spacing = triple(evaluated.grid.spacing_mm);
        for (std::size_t a = 0; a < 3; ++a) {
            extent_[a] = evaluated.grid.size[a] > 1 ? spacing[a] / options.distance_mm : 0.0;
        }
        neighbors_ = neighbors_within(options.most_gamma, extent_, bounds_.cells);
    }

    /// Least gamma at fractional index coordinates of the evaluated grid for a dose and a dose criterion.
    double gamma_at(Vec3<double> ijk, double dose_Gy, double criterion_Gy) const {
        Triple const wanted = triple(ijk);
        std::array<int, 3> base{};
        Triple place{};
        for (std::size_t a = 0; a < 3; ++a) {
            auto const linear = linear_place(wanted[a], evaluated_.grid.size[a]);
            base[a] = linear.node;
            place[a] = linear.node + linear.share;
        }
        double const here =
            (interpolated(evaluated_, {place[0], place[1], place[2]}) - dose_Gy) / criterion_Gy;
        double best = std::min(most_squared_, here * here);
        for (auto const& neighbor : neighbors_) {
            if (neighbor.nearest_squared >= best) {
                break;
            }
            std::array<int, 3> const cell{base[0] + neighbor.step[0], base[1] + neighbor.step[1],
                                          base[2] + neighbor.step[2]};
            if (exists(cell)) {
                best = std::min(best, least_of(cell, place, dose_Gy, criterion_Gy, best));
            }
        }
        return std::sqrt(best);
    }

private:
    bool exists(std::array<int, 3> const& cell) const {
        return cell[0] >= 0 && cell[1] >= 0 && cell[2] >= 0 && cell[0] < bounds_.cells[0] &&
               cell[1] < bounds_.cells[1] && cell[2] < bounds_.cells[2];
    }

    /// Searches a cell unless distance and dose range show that it cannot beat `best`.
    double least_of(std::array<int, 3> const& cell, Triple const& place, double dose_Gy, double criterion_Gy,
                    double best) const {
        GammaCell box{};
        double bound = 0.0;
        for (std::size_t a = 0; a < 3; ++a) {
            box.extent[a] = extent_[a];
            box.low[a] = (cell[a] - place[a]) * extent_[a];
            box.high[a] = (cell[a] + 1.0 - place[a]) * extent_[a];
            double const away = std::max({0.0, box.low[a], -box.high[a]});
            bound += away * away;
        }
        if (bound >= best) {
            return best;
        }
        auto const n = evaluated_.grid.index(cell[0], cell[1], cell[2]);
        double const off = std::max({0.0, static_cast<double>(bounds_.least[n]) - dose_Gy,
                                     dose_Gy - static_cast<double>(bounds_.most[n])}) /
                           criterion_Gy;
        if (bound + off * off >= best * (1.0 - 1e-6)) {
            return best;
        }
        auto const& size = evaluated_.grid.size;
        std::size_t const x = size[0] > 1 ? 1 : 0, y = size[1] > 1 ? static_cast<std::size_t>(size[0]) : 0;
        std::size_t const z =
            size[2] > 1 ? static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) : 0;
        float const* const v = evaluated_.values.data() + n;
        std::array<std::size_t, 8> const corner{0, x, y, x + y, z, z + x, z + y, z + x + y};
        for (std::size_t c = 0; c < 8; ++c) {
            box.corner[c] = (static_cast<double>(v[corner[c]]) - dose_Gy) / criterion_Gy;
        }
        return least_in_cell(box);
    }

    Volume<float> const& evaluated_;
    CellBounds bounds_;
    double most_squared_;
    Triple extent_{}; ///< of a cell, in units of the distance criterion
    std::vector<Neighbor> neighbors_;
};

float checked_maximum(Volume<float> const& dose, char const* which) {
    BW_EXPECT(dose.values.size() == dose.grid.voxels());
    if (dose.values.empty()) {
        refuse(fmt::format("the {} dose has no voxels", which), "there is nothing to compare",
               "check the dose file");
    }
    float most = dose.values.front();
    for (std::size_t n = 0; n < dose.values.size(); ++n) {
        if (!std::isfinite(dose.values[n])) {
            refuse(fmt::format("the {} dose holds the value {} at voxel {}", which, dose.values[n], n),
                   "every voxel needs a number", "check the program that wrote the dose");
        }
        most = std::max(most, dose.values[n]);
    }
    return most;
}

void check(GammaOptions const& options, double norm_dose_Gy) {
    auto const positive = [](double value, char const* name) {
        if (!(value > 0.0 && std::isfinite(value))) {
            refuse(fmt::format("gamma with {} = {}", name, value), "it must be above 0",
                   "give a value like 2");
        }
    };
    positive(options.dose_percent, "dose difference in percent");
    positive(options.distance_mm, "distance in mm");
    positive(options.most_gamma, "largest gamma");
    positive(norm_dose_Gy, "norm dose in Gy");
    if (!(options.cutoff_percent >= 0.0 && options.cutoff_percent < 100.0)) {
        refuse(fmt::format("gamma with a cut-off of {} %", options.cutoff_percent),
               "it must be from 0 to below 100", "give a value like 10");
    }
}

/// Counts of the judged voxels, from the finished gamma volume in order: the same for any number of threads.
void summarize(GammaResult& result) {
    double sum = 0.0;
    std::size_t passed = 0;
    for (float const gamma : result.gamma.values) {
        if (gamma >= 0.0F) {
            ++result.judged;
            passed += gamma <= 1.0F ? 1 : 0;
            sum += static_cast<double>(gamma);
            result.largest_gamma = std::max(result.largest_gamma, static_cast<double>(gamma));
        }
    }
    if (result.judged > 0) {
        result.pass_percent = 100.0 * static_cast<double>(passed) / static_cast<double>(result.judged);
        result.mean_gamma = sum / static_cast<double>(result.judged);
    }
}

} // namespace

GammaResult gamma_of(Volume<float> const& reference, Volume<float> const& evaluated,
                     GammaOptions const& options, Warnings& warnings, ProgressCallback const& progress) {
    double const most_Gy = static_cast<double>(checked_maximum(reference, "reference"));
    checked_maximum(evaluated, "evaluated");
    GammaResult result;
    result.norm_dose_Gy = options.norm_dose_Gy.value_or(most_Gy);
    check(options, result.norm_dose_Gy);
    double const cutoff_Gy = options.cutoff_percent / 100.0 * result.norm_dose_Gy;
    GammaSearch const search(evaluated, options);
    result.gamma = Volume<float>(reference.grid, -1.0F);
    std::atomic<std::size_t> outside{0}, rows_done{0};
    auto const rows =
        static_cast<std::size_t>(reference.grid.size[1]) * static_cast<std::size_t>(reference.grid.size[2]);
    parallel_ranges(rows, 16, [&](std::size_t first, std::size_t last) {
        std::size_t missed = 0;
        for (auto row = first; row < last; ++row) {
            int const j = static_cast<int>(row % static_cast<std::size_t>(reference.grid.size[1]));
            int const k = static_cast<int>(row / static_cast<std::size_t>(reference.grid.size[1]));
            for (int i = 0; i < reference.grid.size[0]; ++i) {
                double const dose_Gy = static_cast<double>(reference.at(i, j, k));
                double const scale_Gy = options.norm == GammaNorm::global ? result.norm_dose_Gy : dose_Gy;
                if (dose_Gy < cutoff_Gy || !(scale_Gy > 0.0)) {
                    continue;
                }
                auto const ijk = evaluated.grid.to_index(reference.grid.to_patient(
                    {static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)}));
                if (!within_faces(evaluated.grid, ijk)) {
                    ++missed;
                    continue;
                }
                result.gamma.at(i, j, k) = static_cast<float>(
                    search.gamma_at(ijk, dose_Gy, options.dose_percent / 100.0 * scale_Gy));
            }
        }
        outside += missed;
        rows_done += last - first;
        if (progress) {
            progress(static_cast<double>(rows_done) / static_cast<double>(rows), "gamma");
        }
    });
    result.outside = outside;
    summarize(result);
    if (result.outside > 0) {
        warnings.add(
            fmt::format("{} voxels of the reference dose lie outside the evaluated dose", result.outside),
            "they are above the cut-off, but there is nothing to compare them with; they do not count",
            "compare doses that cover the same region");
    }
    return result;
}

} // namespace beamwright
