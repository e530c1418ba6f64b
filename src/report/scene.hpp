/// What the report's pictures show: CT, dose and structures on one small grid along the patient axes.
#pragma once
#include "report/level_lines.hpp"
#include "report/report.hpp"
#include <array>
#include <vector>

namespace beamwright::report {

/// How much of each voxel a structure fills, 0 to 255, inside a box of the scene's grid. For outlines only.
struct Outline {
    std::array<int, 3> first{0, 0, 0}, size{0, 0, 0};
    std::vector<std::uint8_t> filled;
};

struct SceneMap {
    std::string name, unit;
    std::vector<float> values; ///< on the scene's grid; NaN: not shown
};

struct Scene {
    Grid grid; ///< axes along x, y, z of the patient
    std::vector<std::int16_t> ct_HU;
    std::vector<SceneMap> maps;    ///< the first is the dose
    bool has_uncertainty = false;  ///< then maps[1], in percent
    std::vector<Outline> outlines; ///< one per structure of the input
    std::array<int, 3> focus{0, 0, 0};
    double reference_Gy = 0; ///< 100 % of the isodoses: the prescription, else the maximum
    double max_dose_Gy = 0;
};

/// Cubes along the patient's axes, cropped to the body with 8 mm around it.
Grid scene_grid(ReportInput const& input, double voxel_mm);
Scene make_scene(ReportInput const& input, Grid const& grid);

/// Coverage of a structure whose contours lie in planes across one patient axis; empty for oblique contours.
Outline outline_of(Structure const& structure, Grid const& grid);

enum class Plane { axial, coronal, sagittal };
/// Slices as a reader looks at them: patient left on the right, anterior or superior on top; sagittal: anterior left.
Slice slice_of(Grid const& grid, std::vector<float> const& values, Plane plane, int at);
Slice slice_of(Grid const& grid, std::vector<std::int16_t> const& values, Plane plane, int at);
Slice slice_of(Grid const& grid, Outline const& outline, Plane plane, int at);

} // namespace beamwright::report
