#include "patient/water_equivalent.hpp"
#include "tables/proton_materials.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace beamwright {

namespace {

/// A straight ray in index space, cut to the box of the grid; t runs from 0 to 1 over the whole ray.
class RayWalk {
public:
    RayWalk(Vec3<double> from, Vec3<double> to, Grid const& grid)
        : from_{from.x, from.y, from.z}, step_{to.x - from.x, to.y - from.y, to.z - from.z} {
        for (std::size_t a = 0; a < 3; ++a) {
            double const low = -0.5, high = grid.size[a] - 0.5;
            if (step_[a] == 0) {
                t_end_ = from_[a] >= low && from_[a] <= high ? t_end_ : -1.0;
                continue;
            }
            double const t_low = (low - from_[a]) / step_[a], t_high = (high - from_[a]) / step_[a];
            t_ = std::max(t_, std::min(t_low, t_high));
            t_end_ = std::min(t_end_, std::max(t_low, t_high));
        }
        for (std::size_t a = 0; a < 3 && t_ < t_end_; ++a) {
            double const place = from_[a] + t_ * step_[a] + 0.5;
            cell_[a] = std::clamp(static_cast<int>(std::floor(place)), 0, grid.size[a] - 1);
        }
    }

    bool inside() const { return t_ < t_end_; }
    std::array<int, 3> const& cell() const { return cell_; }

    /// Leaves the cell and returns the length in t that lay in it.
    double advance(Grid const& grid) {
        std::size_t nearest = 0;
        double t_face = std::numeric_limits<double>::infinity();
        for (std::size_t a = 0; a < 3; ++a) {
            if (step_[a] != 0) {
                double const face = cell_[a] + (step_[a] > 0 ? 0.5 : -0.5);
                double const t = (face - from_[a]) / step_[a];
                if (t < t_face) {
                    t_face = t;
                    nearest = a;
                }
            }
        }
        double const t_next = std::clamp(t_face, t_, t_end_);
        double const length = t_next - t_;
        t_ = t_next;
        cell_[nearest] += step_[nearest] > 0 ? 1 : -1;
        if (t_face >= t_end_ || cell_[nearest] < 0 || cell_[nearest] >= grid.size[nearest]) {
            t_ = t_end_;
        }
        return length;
    }

private:
    std::array<double, 3> from_, step_;
    std::array<int, 3> cell_{};
    double t_ = 0, t_end_ = 1;
};

} // namespace

WaterEquivalent::WaterEquivalent(VoxelWorld const& world, double energy_MeV) : world_(world) {
    for (auto const& material : world.materials) {
        stopping_per_density_.push_back(relative_stopping_power(material, 1.0, energy_MeV));
    }
}

double WaterEquivalent::between_mm(Vec3<double> from_mm, Vec3<double> to_mm) const {
    RayWalk ray(world_.grid.to_index(from_mm), world_.grid.to_index(to_mm), world_.grid);
    double sum = 0;
    while (ray.inside()) {
        auto const [i, j, k] = ray.cell();
        auto const v = world_.grid.index(i, j, k);
        sum += ray.advance(world_.grid) * stopping_per_density_[world_.material[v]] *
               static_cast<double>(world_.density_g_per_cm3[v]);
    }
    return sum * norm(to_mm - from_mm);
}

WetSummary WaterEquivalent::to_structure(Vec3<double> source_mm, Volume<float> const& inside,
                                         std::size_t most_rays) const {
    std::vector<std::size_t> voxels;
    for (std::size_t v = 0; v < inside.values.size(); ++v) {
        if (inside.values[v] >= 0.5f) {
            voxels.push_back(v);
        }
    }
    WetSummary summary;
    std::size_t const every =
        std::max<std::size_t>(1, (voxels.size() + most_rays - 1) / std::max<std::size_t>(1, most_rays));
    auto const columns = static_cast<std::size_t>(inside.grid.size[0]);
    auto const rows = static_cast<std::size_t>(inside.grid.size[1]);
    for (std::size_t n = 0; n < voxels.size(); n += every) {
        std::size_t const v = voxels[n];
        std::size_t const row = v / columns, slice = row / rows;
        auto const center = inside.grid.to_patient(
            {static_cast<double>(v % columns), static_cast<double>(row % rows), static_cast<double>(slice)});
        double const wet = between_mm(source_mm, center);
        summary.least_mm = summary.rays == 0 ? wet : std::min(summary.least_mm, wet);
        summary.greatest_mm = std::max(summary.greatest_mm, wet);
        summary.mean_mm += wet;
        ++summary.rays;
    }
    summary.mean_mm /= static_cast<double>(std::max<std::size_t>(1, summary.rays));
    return summary;
}

double wet_mm(VoxelWorld const& world, Vec3<double> from_mm, Vec3<double> to_mm, double energy_MeV) {
    return WaterEquivalent(world, energy_MeV).between_mm(from_mm, to_mm);
}

} // namespace beamwright
