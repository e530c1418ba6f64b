/// Where an image plane lies in the patient (PS3.3 C.7.6.2.1.1). Inside dicom/ only.
#pragma once
#include "geometry/grid.hpp"

namespace beamwright {

class DicomItem;

struct ImagePlane {
    Vec3<double> position_mm{}; ///< center of the first voxel
    /// directions in which the column index and the row index grow
    Vec3<double> row{1, 0, 0}, column{0, 1, 0};
    double column_spacing_mm = 1, row_spacing_mm = 1; ///< along `row` and along `column`
    Vec3<double> normal() const { return cross(row, column); }
};

Vec3<double> read_position(DicomItem const& item);

/// Fills row and column from ImageOrientationPatient, made exactly orthonormal.
/// \throws Refusal if they are no unit vectors or not perpendicular (within 1e-3).
void read_orientation(DicomItem const& item, ImagePlane& plane);

/// Fills both spacings from PixelSpacing (between rows first). \throws Refusal unless in 1e-3..1e3 mm.
void read_spacing(DicomItem const& item, ImagePlane& plane);

/// Axes of a grid whose index 0, 1, 2 run along row, column and normal.
Mat3<double> axes_of(ImagePlane const& plane);

} // namespace beamwright
