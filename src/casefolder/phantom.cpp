#include "casefolder/phantom.hpp"
#include "core/parallel.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

Vec3<double> position(JsonReader const& json) {
    auto const all = json.numbers();
    if (all.size() != 3) {
        json.refuse_here("is not a point", fmt::format("it has {} numbers", all.size()),
                         "write [x, y, z] in mm");
    }
    for (double const value : all) {
        if (std::abs(value) > 1e5) {
            json.refuse_here("lies too far out", fmt::format("{} mm; at most 100 m", value),
                             "check the unit: mm");
        }
    }
    return {all[0], all[1], all[2]};
}

int solid_named(Phantom const& phantom, JsonReader const& json) {
    std::string const name = json.text();
    std::vector<std::string> known;
    for (std::size_t i = 0; i < phantom.solids.size(); ++i) {
        if (phantom.solids[i].name == name) {
            return static_cast<int>(i);
        }
        known.push_back(phantom.solids[i].name);
    }
    std::string const near = nearest_word(name, known);
    json.refuse_here(fmt::format("no solid '{}' before this place", name),
                     "a solid may only name those above it",
                     near.empty() ? "define it above" : fmt::format("did you mean '{}'?", near));
}

std::vector<int> solids_named(Phantom const& phantom, JsonReader const& json, std::string_view key) {
    std::vector<int> all;
    if (auto const list = json.find(key)) {
        for (auto const& item : list->items()) {
            all.push_back(solid_named(phantom, item));
        }
    }
    return all;
}

void read_axis(JsonReader const& json, PhantomSolid& solid) {
    solid.first_mm = position(json["from_mm"]);
    solid.second_mm = position(json["to_mm"]);
    solid.radius_mm = json["radius_mm"].number_in(1e-3, 1e4);
    if (!(norm(solid.second_mm - solid.first_mm) > 1e-6)) {
        json["to_mm"].refuse_here("equals from_mm", "the axis has no direction", "give two different points");
    }
}

void read_shape(JsonReader const& json, PhantomSolid& solid) {
    using Shape = PhantomSolid::Shape;
    std::string const shape = json["shape"].text();
    if (shape == "ellipsoid") {
        solid.shape = Shape::ellipsoid;
        solid.first_mm = position(json["center_mm"]);
        solid.second_mm = position(json["semi_axes_mm"]);
        if (std::min({solid.second_mm.x, solid.second_mm.y, solid.second_mm.z}) <= 0) {
            json["semi_axes_mm"].refuse_here("are not all positive", "an ellipsoid needs three lengths > 0",
                                             "correct them");
        }
    } else if (shape == "cylinder" || shape == "capsule") {
        solid.shape = shape == "cylinder" ? Shape::cylinder : Shape::capsule;
        read_axis(json, solid);
    } else if (shape == "box") {
        solid.shape = Shape::box;
        solid.first_mm = position(json["least_mm"]);
        solid.second_mm = position(json["most_mm"]);
        auto const edge = solid.second_mm - solid.first_mm;
        if (std::min({edge.x, edge.y, edge.z}) <= 0) {
            json["most_mm"].refuse_here("is not above least_mm", "a box needs three edges > 0",
                                        "correct the corners");
        }
    } else if (shape == "half_space") {
        solid.shape = Shape::half_space;
        solid.first_mm = position(json["point_mm"]);
        solid.second_mm = position(json["outward_normal"]);
        if (!(norm(solid.second_mm) > 1e-6)) {
            json["outward_normal"].refuse_here("is zero", "it has no direction",
                                               "write a vector that points outwards");
        }
        solid.second_mm = normalized(solid.second_mm);
    } else {
        json["shape"].refuse_here(fmt::format("unknown shape '{}'", shape),
                                  "known: ellipsoid, cylinder, capsule, box, half_space", "use one of these");
    }
}

PhantomSolid read_solid(Phantom const& phantom, JsonReader const& json) {
    json.allow_only({"name", "shape", "center_mm", "semi_axes_mm", "from_mm", "to_mm", "radius_mm",
                     "least_mm", "most_mm", "point_mm", "outward_normal", "only_inside", "not_inside",
                     "ct_HU", "note"});
    PhantomSolid solid;
    solid.name = json["name"].text();
    for (auto const& other : phantom.solids) {
        if (other.name == solid.name) {
            json["name"].refuse_here(fmt::format("'{}' stands twice", solid.name), "names tell solids apart",
                                     "rename one");
        }
    }
    read_shape(json, solid);
    solid.only_inside = solids_named(phantom, json, "only_inside");
    solid.not_inside = solids_named(phantom, json, "not_inside");
    if (auto const hu = json.find("ct_HU")) {
        solid.ct_HU = hu->number_in(-1024, 3071);
    }
    return solid;
}

PhantomStructure read_structure(Phantom const& phantom, JsonReader const& json) {
    json.allow_only({"number", "name", "type", "color", "contour_step_mm", "union_of", "not_inside", "note"});
    PhantomStructure structure;
    structure.number = static_cast<int>(json["number"].integer_in(0, 1'000'000));
    structure.name = json["name"].text();
    structure.type = json.text_or("type", "");
    auto const color = json["color"];
    if (color.size() != 3) {
        color.refuse_here("is not a color", "it needs red, green and blue", "write [r, g, b], each 0 to 255");
    }
    for (std::size_t i = 0; i < 3; ++i) {
        structure.color[i] = static_cast<std::uint8_t>(color.at(i).integer_in(0, 255));
    }
    if (auto const step = json.find("contour_step_mm")) {
        structure.contour_step_mm = step->number_in(0.05, 10);
    }
    structure.union_of = solids_named(phantom, json, "union_of");
    structure.not_inside = solids_named(phantom, json, "not_inside");
    if (structure.union_of.empty()) {
        json.refuse_here("has no solid", "'union_of' is missing or empty", "name at least one solid");
    }
    return structure;
}

double ellipsoid_bound(PhantomSolid const& s, Vec3<double> p) {
    auto const d = p - s.first_mm;
    Vec3<double> const scaled{d.x / s.second_mm.x, d.y / s.second_mm.y, d.z / s.second_mm.z};
    return (norm(scaled) - 1.0) * std::min({s.second_mm.x, s.second_mm.y, s.second_mm.z});
}

double axis_bound(PhantomSolid const& s, Vec3<double> p) {
    auto const axis = s.second_mm - s.first_mm;
    double const length = norm(axis);
    double const along = dot(p - s.first_mm, (1.0 / length) * axis);
    if (s.shape == PhantomSolid::Shape::capsule) {
        double const nearest = std::clamp(along, 0.0, length);
        return norm(p - (s.first_mm + (nearest / length) * axis)) - s.radius_mm;
    }
    double const side = norm(p - (s.first_mm + (along / length) * axis)) - s.radius_mm;
    return std::max({side, -along, along - length});
}

double box_bound(PhantomSolid const& s, Vec3<double> p) {
    auto const below = s.first_mm - p, above = p - s.second_mm;
    return std::max({below.x, below.y, below.z, above.x, above.y, above.z});
}

double plain_bound(PhantomSolid const& s, Vec3<double> p) {
    switch (s.shape) {
    case PhantomSolid::Shape::ellipsoid:
        return ellipsoid_bound(s, p);
    case PhantomSolid::Shape::cylinder:
    case PhantomSolid::Shape::capsule:
        return axis_bound(s, p);
    case PhantomSolid::Shape::box:
        return box_bound(s, p);
    case PhantomSolid::Shape::half_space:
        return dot(p - s.first_mm, s.second_mm);
    }
    return 0;
}

/// CT number at a point: of the last solid that holds it among `candidates` (ascending), else `below`.
double painted_HU(Phantom const& phantom, std::vector<int> const& candidates, double below, Vec3<double> p) {
    for (auto it = candidates.rbegin(); it != candidates.rend(); ++it) {
        if (phantom.distance_bound_mm(*it, p) <= 0) {
            return *phantom.solids[static_cast<std::size_t>(*it)].ct_HU;
        }
    }
    return below;
}

double voxel_HU(Phantom const& phantom, Grid const& grid, Vec3<double> ijk, int n,
                std::vector<int>& crossing) {
    // Solids whose surface may cross the voxel, from the top down to the first that holds the whole voxel
    double const reach = 0.5 * norm(grid.spacing_mm);
    auto const center = grid.to_patient(ijk);
    double below = phantom.background_HU;
    crossing.clear();
    for (int s = static_cast<int>(phantom.solids.size()) - 1; s >= 0; --s) {
        auto const& solid = phantom.solids[static_cast<std::size_t>(s)];
        if (!solid.ct_HU) {
            continue;
        }
        double const bound = phantom.distance_bound_mm(s, center);
        if (bound < -reach) {
            below = *solid.ct_HU;
            break;
        }
        if (bound <= reach) {
            crossing.insert(crossing.begin(), s);
        }
    }
    if (crossing.empty()) {
        return below;
    }
    double sum = 0;
    for (int c = 0; c < n * n * n; ++c) {
        int const column = c % n, row = c / n % n, plane = c / (n * n);
        Vec3<double> const inner{(column + 0.5) / n - 0.5, (row + 0.5) / n - 0.5, (plane + 0.5) / n - 0.5};
        sum += painted_HU(phantom, crossing, below, grid.to_patient(ijk + inner));
    }
    return sum / (n * n * n);
}

} // namespace

double Phantom::distance_bound_mm(int solid, Vec3<double> p) const {
    auto const& s = solids[static_cast<std::size_t>(solid)];
    double bound = plain_bound(s, p);
    for (int const other : s.only_inside) {
        bound = std::max(bound, distance_bound_mm(other, p));
    }
    for (int const other : s.not_inside) {
        bound = std::max(bound, -distance_bound_mm(other, p));
    }
    return bound;
}

double Phantom::distance_bound_mm(PhantomStructure const& structure, Vec3<double> p) const {
    double bound = distance_bound_mm(structure.union_of.front(), p);
    for (int const other : structure.union_of) {
        bound = std::min(bound, distance_bound_mm(other, p));
    }
    for (int const other : structure.not_inside) {
        bound = std::max(bound, -distance_bound_mm(other, p));
    }
    return bound;
}

Phantom read_phantom(std::filesystem::path const& file) { return read_phantom(JsonReader::from_file(file)); }

namespace {

/// How often asking for one solid asks for others: bounded, so that a crafted file cannot take forever.
void refuse_tangled(Phantom const& phantom, JsonReader const& json) {
    std::vector<double> cost;
    for (auto const& solid : phantom.solids) {
        double sum = 1;
        for (auto const* list : {&solid.only_inside, &solid.not_inside}) {
            for (int const other : *list) {
                sum += cost[static_cast<std::size_t>(other)];
            }
        }
        if (sum > 1000) {
            json.refuse_here(fmt::format("solid '{}' leans on too many others", solid.name),
                             "at most 1000 shapes may be asked for one point", "build it from fewer solids");
        }
        cost.push_back(sum);
    }
}

} // namespace

Phantom read_phantom(JsonReader const& json) {
    json.allow_only({"schema_version", "name", "description", "frame", "sources", "made_by", "background_HU",
                     "least_mm", "most_mm", "solids", "structures"});
    json["schema_version"].integer_in(1, 1);
    Phantom phantom;
    phantom.name = json["name"].text();
    phantom.description = json.text_or("description", "");
    if (auto const background = json.find("background_HU")) {
        phantom.background_HU = background->number_in(-1024, 3071);
    }
    phantom.least_mm = position(json["least_mm"]);
    phantom.most_mm = position(json["most_mm"]);
    auto const edge = phantom.most_mm - phantom.least_mm;
    if (std::min({edge.x, edge.y, edge.z}) < 1 || std::max({edge.x, edge.y, edge.z}) > 3000) {
        json["most_mm"].refuse_here("gives a box of unusable size", "edges of 1 mm to 3 m are allowed",
                                    "correct the corners");
    }
    for (auto const& item : json["solids"].items()) {
        phantom.solids.push_back(read_solid(phantom, item));
    }
    refuse_tangled(phantom, json["solids"]);
    for (auto const& item : json["structures"].items()) {
        phantom.structures.push_back(read_structure(phantom, item));
    }
    return phantom;
}

Grid phantom_grid(Phantom const& phantom, double voxel_mm) {
    if (!(voxel_mm >= 0.25 && voxel_mm <= 20)) {
        refuse(fmt::format("a voxel of {} mm is not usable for the phantom '{}'", voxel_mm, phantom.name),
               "0.25 to 20 mm are allowed", "choose another grid");
    }
    Grid grid;
    grid.spacing_mm = {voxel_mm, voxel_mm, voxel_mm};
    auto const edge = phantom.most_mm - phantom.least_mm;
    // The least number of voxels that covers the box, centered on it
    auto const count = [&](double length) { return static_cast<int>(std::ceil(length / voxel_mm - 1e-9)); };
    grid.size = {count(edge.x), count(edge.y), count(edge.z)};
    auto const middle = 0.5 * (phantom.least_mm + phantom.most_mm);
    grid.origin_mm =
        middle - 0.5 * voxel_mm * Vec3<double>{grid.size[0] - 1.0, grid.size[1] - 1.0, grid.size[2] - 1.0};
    return grid;
}

Volume<std::int16_t> voxelize(Phantom const& phantom, Grid const& grid, int supersampling) {
    BW_EXPECT(supersampling >= 1 && supersampling <= 16);
    Volume<std::int16_t> ct(grid);
    auto const rows = static_cast<std::size_t>(grid.size[1]) * static_cast<std::size_t>(grid.size[2]);
    parallel_ranges(rows, 16, [&](std::size_t first, std::size_t last) {
        std::vector<int> crossing;
        for (std::size_t row = first; row < last; ++row) {
            int const j = static_cast<int>(row % static_cast<std::size_t>(grid.size[1]));
            int const k = static_cast<int>(row / static_cast<std::size_t>(grid.size[1]));
            for (int i = 0; i < grid.size[0]; ++i) {
                double const hu =
                    voxel_HU(phantom, grid, {double(i), double(j), double(k)}, supersampling, crossing);
                ct.at(i, j, k) = static_cast<std::int16_t>(std::lround(hu));
            }
        }
    });
    return ct;
}

} // namespace beamwright
