/// A phantom as data: solids with CT numbers, painted in order, and structures made of them.
/// docs/formats/phantom.md
#pragma once
#include "core/json.hpp"
#include "geometry/grid.hpp"
#include "patient/structures.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// One solid. Later solids paint over earlier ones; a solid without `ct_HU` only helps to shape others.
struct PhantomSolid {
    enum class Shape { ellipsoid, cylinder, capsule, box, half_space };
    std::string name;
    Shape shape = Shape::ellipsoid;
    Vec3<double> first_mm{};  ///< center; start of the axis; least corner; point of the plane
    Vec3<double> second_mm{}; ///< semi-axes; end of the axis; greatest corner; outward normal (unit)
    double radius_mm = 0;     ///< cylinder and capsule
    std::vector<int> only_inside, not_inside; ///< earlier solids
    std::optional<double> ct_HU;
};

struct PhantomStructure {
    int number = 0;
    std::string name, type;
    std::array<std::uint8_t, 3> color{};
    double contour_step_mm = 1.0;          ///< corners of a contour lie about this far apart
    std::vector<int> union_of, not_inside; ///< solids
};

struct Phantom {
    std::string name, description;
    double background_HU = -1000;
    Vec3<double> least_mm{}, most_mm{}; ///< box that the CT covers
    std::vector<PhantomSolid> solids;
    std::vector<PhantomStructure> structures;

    /// A bound of the distance to the surface of a solid, negative inside: |bound| never exceeds the
    /// distance.
    double distance_bound_mm(int solid, Vec3<double> point_mm) const;
    double distance_bound_mm(PhantomStructure const& structure, Vec3<double> point_mm) const;
};

/// \throws Refusal with file and field for anything that the format does not allow.
Phantom read_phantom(std::filesystem::path const& file);
Phantom read_phantom(JsonReader const& json);

/// Cubic voxels that cover the box of the phantom; its center is a voxel corner or center.
Grid phantom_grid(Phantom const& phantom, double voxel_mm);

/// CT numbers: a voxel that a surface crosses gets the mean of supersampling^3 points, rounded.
Volume<std::int16_t> voxelize(Phantom const& phantom, Grid const& grid, int supersampling = 5);

/// Contours in the planes k of an axis-parallel grid. Their corners lie on the exact surfaces (to 1e-6 mm).
StructureSet phantom_structures(Phantom const& phantom, Grid const& grid);

} // namespace beamwright
