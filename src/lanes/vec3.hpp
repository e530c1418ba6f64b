/// \file  vec3.hpp — a vector of three numbers and a rotation
/// \how   plain arithmetic
/// \fits  any Real: double, float, a lane vector
/// \not   frames of reference (geometry/frames.hpp gives them types)
/// \proof tests/lanes/vec3_test.cpp
#pragma once
#include "lanes/math.hpp"

namespace beamwright {
inline namespace BW_TARGET {

template <class Real> struct Vec3 {
    Real x{}, y{}, z{};
    BW_KERNEL friend Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
    BW_KERNEL friend Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
    BW_KERNEL friend Vec3 operator*(Real s, Vec3 a) { return {s * a.x, s * a.y, s * a.z}; }
    friend bool operator==(Vec3 const&, Vec3 const&) = default;
};

template <class Real> BW_KERNEL Real dot(Vec3<Real> a, Vec3<Real> b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
template <class Real> BW_KERNEL Vec3<Real> cross(Vec3<Real> a, Vec3<Real> b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
template <class Real> BW_KERNEL Real norm(Vec3<Real> a) { return sqrt(dot(a, a)); }
template <class Real> BW_KERNEL Vec3<Real> normalized(Vec3<Real> a) { return (Real{1} / norm(a)) * a; }

/// Rows of a 3x3 matrix; `m * v` turns v.
template <class Real> struct Mat3 {
    Vec3<Real> row_x{Real{1}, Real{0}, Real{0}}, row_y{Real{0}, Real{1}, Real{0}},
        row_z{Real{0}, Real{0}, Real{1}};
    BW_KERNEL friend Vec3<Real> operator*(Mat3 const& m, Vec3<Real> v) {
        return {dot(m.row_x, v), dot(m.row_y, v), dot(m.row_z, v)};
    }
    BW_KERNEL Vec3<Real> column(int i) const {
        return i == 0   ? Vec3<Real>{row_x.x, row_y.x, row_z.x}
               : i == 1 ? Vec3<Real>{row_x.y, row_y.y, row_z.y}
                        : Vec3<Real>{row_x.z, row_y.z, row_z.z};
    }
    BW_KERNEL Mat3 transposed() const { return {column(0), column(1), column(2)}; }
    BW_KERNEL friend Mat3 operator*(Mat3 const& a, Mat3 const& b) {
        Mat3 const t = b.transposed(); // rows of t are columns of b
        return {t * a.row_x, t * a.row_y, t * a.row_z};
    }
    friend bool operator==(Mat3 const&, Mat3 const&) = default;
};

/// Turns unit vector `direction` by polar cosine `mu` and azimuth given by its cosine and sine.
template <class Real> BW_KERNEL Vec3<Real> turned(Vec3<Real> direction, Real mu, Real cos_phi, Real sin_phi) {
    // A frame around the direction without a branch (Duff et al. 2017, J. Comput. Graph. Tech. 6(1))
    Real const sign = select(direction.z < Real{0}, Real{-1}, Real{1});
    Real const a = Real{-1} / (sign + direction.z);
    Real const b = direction.x * direction.y * a;
    Vec3<Real> const u{Real{1} + sign * direction.x * direction.x * a, sign * b, -sign * direction.x};
    Vec3<Real> const v{b, sign + direction.y * direction.y * a, -direction.y};
    Real const rest = Real{1} - mu * mu;
    Real const sine = sqrt(select(rest > Real{0}, rest, Real{0}));
    return normalized(sine * cos_phi * u + sine * sin_phi * v + mu * direction);
}

} // namespace BW_TARGET
} // namespace beamwright
