// Contours of a phantom's structures: cells that the surface crosses are found from distance bounds, corners
// by bisection on the exact surface, and corners are linked cell by cell (marching squares).
#include "casefolder/phantom.hpp"
#include <algorithm>
#include <cmath>
#include <map>

namespace beamwright {

namespace {

/// A plane of square cells over the box of a phantom; node (i, j) lies at least + step * (i, j).
class PlaneTracer {
public:
    PlaneTracer(Phantom const& phantom, PhantomStructure const& structure, double z_mm)
        : phantom_(phantom), structure_(structure), z_mm_(z_mm), step_(structure.contour_step_mm),
          // Nodes off the round numbers, so that symmetric solids do not touch them exactly
          left_mm_(phantom.least_mm.x - 1.37 * step_), front_mm_(phantom.least_mm.y - 1.71 * step_),
          cells_x_(static_cast<int>(std::ceil((phantom.most_mm.x - left_mm_) / step_)) + 1),
          cells_y_(static_cast<int>(std::ceil((phantom.most_mm.y - front_mm_) / step_)) + 1) {}

    std::vector<Contour> contours() {
        int block = 1;
        while (block < std::max(cells_x_, cells_y_)) {
            block *= 2;
        }
        visit(0, 0, block);
        return linked();
    }

private:
    /// An edge of a cell: node and direction (0 along x, 1 along y).
    using Edge = std::pair<long, int>;

    Vec3<double> node(int i, int j) const { return {left_mm_ + i * step_, front_mm_ + j * step_, z_mm_}; }
    double bound(Vec3<double> p) const { return phantom_.distance_bound_mm(structure_, p); }
    bool inside(int i, int j) const {
        // The rim counts as outside: contours close at the edge of the box
        return i > 0 && j > 0 && i < cells_x_ && j < cells_y_ && bound(node(i, j)) <= 0;
    }
    Edge edge(int i, int j, int direction) const { return {long{j} * (cells_x_ + 1) + i, direction}; }

    void visit(int i, int j, int block) {
        if (i >= cells_x_ || j >= cells_y_) {
            return;
        }
        bool const rim = i == 0 || j == 0 || i + block >= cells_x_ || j + block >= cells_y_;
        auto const middle = node(i, j) + Vec3<double>{0.5 * block * step_, 0.5 * block * step_, 0};
        double const here = bound(middle), reach = block * step_ * 0.70711;
        if (here > reach || (here < -reach && !rim)) {
            return; // no surface in this block
        }
        if (block == 1) {
            cell(i, j, here <= 0);
            return;
        }
        int const half = block / 2;
        visit(i, j, half);
        visit(i + half, j, half);
        visit(i, j + half, half);
        visit(i + half, j + half, half);
    }

    void link(Edge a, Edge b) {
        next_[a].push_back(b);
        next_[b].push_back(a);
    }

    void cell(int i, int j, bool middle_inside) {
        bool const corner[4] = {inside(i, j), inside(i + 1, j), inside(i + 1, j + 1), inside(i, j + 1)};
        Edge const side[4] = {edge(i, j, 0), edge(i + 1, j, 1), edge(i, j + 1, 0), edge(i, j, 1)};
        std::vector<int> crossed;
        for (int s = 0; s < 4; ++s) {
            if (corner[s] != corner[(s + 1) % 4]) {
                crossed.push_back(s);
            }
        }
        if (crossed.size() == 2) {
            link(side[crossed[0]], side[crossed[1]]);
        } else if (crossed.size() == 4) {
            // Two opposite corners inside: the middle says whether they are joined
            bool const around_first = middle_inside != corner[0];
            link(side[around_first ? 3 : 0], side[around_first ? 0 : 1]);
            link(side[around_first ? 1 : 2], side[around_first ? 2 : 3]);
        }
    }

    Vec3<double> corner_on(Edge e) const {
        int const i = static_cast<int>(e.first % (cells_x_ + 1)),
                  j = static_cast<int>(e.first / (cells_x_ + 1));
        auto a = node(i, j), b = e.second == 0 ? node(i + 1, j) : node(i, j + 1);
        bool const a_inside = inside(i, j);
        for (int n = 0; n < 40; ++n) {
            auto const middle = 0.5 * (a + b);
            ((bound(middle) <= 0) == a_inside ? a : b) = middle;
        }
        return 0.5 * (a + b);
    }

    std::vector<Contour> linked() {
        std::vector<Contour> all;
        while (!next_.empty()) {
            Contour contour;
            Edge const start = next_.begin()->first;
            Edge here = start;
            do {
                contour.points_mm.push_back(corner_on(here));
                auto const found = next_.find(here);
                Edge const there = found->second.back();
                next_.erase(found);
                // Cut the way back, so that each contour is walked once
                if (auto const back = next_.find(there); back != next_.end()) {
                    auto& ways = back->second;
                    ways.erase(std::find(ways.begin(), ways.end(), here));
                }
                here = there;
            } while (here != start);
            if (contour.points_mm.size() >= 3) {
                all.push_back(std::move(contour));
            }
        }
        return all;
    }

    Phantom const& phantom_;
    PhantomStructure const& structure_;
    double z_mm_, step_, left_mm_, front_mm_;
    int cells_x_, cells_y_;
    std::map<Edge, std::vector<Edge>> next_;
};

} // namespace

StructureSet phantom_structures(Phantom const& phantom, Grid const& grid) {
    BW_EXPECT(grid.axes == Mat3<double>{});
    StructureSet set;
    set.label = phantom.name;
    for (auto const& from : phantom.structures) {
        Structure structure{from.number, from.name, from.type, from.color, {}};
        for (int k = 0; k < grid.size[2]; ++k) {
            double const z_mm = grid.origin_mm.z + k * grid.spacing_mm.z;
            for (auto& contour : PlaneTracer(phantom, from, z_mm).contours()) {
                structure.contours.push_back(std::move(contour));
            }
        }
        set.structures.push_back(std::move(structure));
    }
    return set;
}

} // namespace beamwright
