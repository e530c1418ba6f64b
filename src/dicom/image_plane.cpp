#include "dicom/image_plane.hpp"
#include "dicom/file.hpp"
#include <cmath>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>

namespace beamwright {

Vec3<double> read_position(DicomItem const& item) {
    auto const p = item.numbers(DCM_ImagePositionPatient, 3);
    for (double const x : p) {
        if (std::abs(x) > 1e5) {
            item.refuse_element(DCM_ImagePositionPatient, fmt::format("is {}, {}, {} mm", p[0], p[1], p[2]),
                                "no patient lies 100 m from the origin", "export the images again");
        }
    }
    return {p[0], p[1], p[2]};
}

void read_orientation(DicomItem const& item, ImagePlane& plane) {
    auto const o = item.numbers(DCM_ImageOrientationPatient, 6);
    Vec3<double> const row{o[0], o[1], o[2]}, column{o[3], o[4], o[5]};
    // Written with few digits by some systems: 1e-3 rad is 0.5 mm over 500 mm, and is repaired below
    bool const unit = std::abs(norm(row) - 1) < 1e-3 && std::abs(norm(column) - 1) < 1e-3;
    if (!unit || std::abs(dot(row, column)) > 1e-3) {
        item.refuse_element(DCM_ImageOrientationPatient,
                            fmt::format("is {}, {}, {}, {}, {}, {}", o[0], o[1], o[2], o[3], o[4], o[5]),
                            "these are no two perpendicular unit vectors", "export the images again");
    }
    plane.row = normalized(row);
    plane.column = normalized(column - dot(plane.row, column) * plane.row);
}

void read_spacing(DicomItem const& item, ImagePlane& plane) {
    auto const s = item.numbers(DCM_PixelSpacing, 2);
    for (double const spacing : s) {
        if (spacing < 1e-3 || spacing > 1e3) {
            item.refuse_element(DCM_PixelSpacing, fmt::format("is {}, {} mm", s[0], s[1]),
                                "a spacing between 0.001 and 1000 mm is needed", "export the images again");
        }
    }
    plane.row_spacing_mm = s[0];
    plane.column_spacing_mm = s[1];
}

Mat3<double> axes_of(ImagePlane const& plane) {
    auto const n = plane.normal();
    return {{plane.row.x, plane.column.x, n.x},
            {plane.row.y, plane.column.y, n.y},
            {plane.row.z, plane.column.z, n.z}};
}

} // namespace beamwright
