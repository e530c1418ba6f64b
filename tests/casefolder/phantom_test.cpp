// The phantom as data: volumes against closed formulas, contours on the exact surface, bad files refused.
#include "casefolder/phantom.hpp"
#include "core/refusal.hpp"
#include "support.hpp"
#include <cmath>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

using testing::HasSubstr;

Phantom phantom_from(std::string const& solids, std::string const& structures = "[]") {
    return read_phantom(
        JsonReader::from_text(R"({"schema_version": 1, "name": "test", "least_mm": [-30, -30, -30],
        "most_mm": [30, 30, 30], "solids": )" +
                                  solids + R"(, "structures": )" + structures + "}",
                              "test.json"));
}

double area_mm2(Contour const& contour) {
    double sum = 0;
    for (std::size_t i = 0; i < contour.points_mm.size(); ++i) {
        auto const& a = contour.points_mm[i];
        auto const& b = contour.points_mm[(i + 1) % contour.points_mm.size()];
        sum += 0.5 * (a.x * b.y - b.x * a.y);
    }
    return std::abs(sum);
}

/// Volume of what was painted with 1000 HU on a background of -1000 HU.
double painted_mm3(Volume<std::int16_t> const& ct) {
    double sum = 0;
    for (auto const hu : ct.values) {
        sum += (hu + 1000.0) / 2000.0;
    }
    return sum * 1000 * ct.grid.voxel_cm3();
}

constexpr double pi = 3.14159265358979323846;

TEST(Phantom, voxels_hold_the_volume_of_the_solids) {
    struct Row {
        char const* solid;
        double volume_mm3;
    };
    Row const rows[] = {
        {R"({"name": "a", "shape": "ellipsoid", "center_mm": [1, 2, 3], "semi_axes_mm": [20, 15, 10], "ct_HU": 1000})",
         4.0 / 3.0 * pi * 20 * 15 * 10},
        {R"({"name": "a", "shape": "cylinder", "from_mm": [0, 0, -10], "to_mm": [10, 10, 10], "radius_mm": 8, "ct_HU": 1000})",
         pi * 64 * std::sqrt(600.0)},
        {R"({"name": "a", "shape": "capsule", "from_mm": [0, 0, -10], "to_mm": [0, 0, 10], "radius_mm": 8, "ct_HU": 1000})",
         pi * 64 * 20 + 4.0 / 3.0 * pi * 512},
        {R"({"name": "a", "shape": "box", "least_mm": [-10, -5, 0], "most_mm": [10, 5.3, 7.7], "ct_HU": 1000})",
         20 * 10.3 * 7.7},
    };
    for (auto const& row : rows) {
        auto const phantom = phantom_from(std::string("[") + row.solid + "]");
        auto const ct = voxelize(phantom, phantom_grid(phantom, 2.0), 5);
        // 125 points in a voxel of 8 mm3 on about 1000 surface voxels: error of a voxel below 0.1 voxels at
        // random, together 0.1 * sqrt(1000) * 8 = 25 mm3; the box has whole faces of one error each: up to
        // 1/10 of 0.4 mm
        EXPECT_NEAR(painted_mm3(ct), row.volume_mm3, 0.01 * row.volume_mm3) << row.solid;
    }
}

TEST(Phantom, supersampling_skips_nothing) {
    // The same with every voxel sampled in full: the skipping by distance must not change a bit
    auto const phantom = phantom_from(R"([
        {"name": "a", "shape": "ellipsoid", "center_mm": [1, 2, 3], "semi_axes_mm": [20, 15, 10], "ct_HU": 40},
        {"name": "h", "shape": "half_space", "point_mm": [0, 0, 2], "outward_normal": [0, 1, 2]},
        {"name": "b", "shape": "capsule", "from_mm": [-9, 0, 0], "to_mm": [9, 3, 1], "radius_mm": 1.1, "ct_HU": 900, "only_inside": ["h"]},
        {"name": "c", "shape": "box", "least_mm": [0, 0, 0], "most_mm": [3, 30, 30], "ct_HU": -700, "not_inside": ["b"]}])");
    auto const grid = phantom_grid(phantom, 3.0);
    auto const ct = voxelize(phantom, grid, 3);
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i) {
                double sum = 0;
                for (int c = 0; c < 27; ++c) {
                    Vec3<double> const at{i + (c % 3 - 1) / 3.0, j + (c / 3 % 3 - 1) / 3.0,
                                          k + (c / 9 - 1) / 3.0};
                    double hu = -1000;
                    for (std::size_t s = 0; s < phantom.solids.size(); ++s) {
                        if (phantom.solids[s].ct_HU &&
                            phantom.distance_bound_mm(int(s), grid.to_patient(at)) <= 0) {
                            hu = *phantom.solids[s].ct_HU;
                        }
                    }
                    sum += hu;
                }
                ASSERT_NEAR(ct.at(i, j, k), sum / 27, 0.51); // rounding, and points on a face by rounding
            }
        }
    }
}

TEST(Phantom, contours_have_the_area_of_the_cut) {
    auto const phantom =
        phantom_from(R"([
        {"name": "ball", "shape": "ellipsoid", "center_mm": [0, 0, 0], "semi_axes_mm": [20, 20, 20]},
        {"name": "hole", "shape": "ellipsoid", "center_mm": [0, 0, 0], "semi_axes_mm": [8, 8, 8]}])",
                     R"([{"number": 1, "name": "shell", "color": [1, 2, 3], "contour_step_mm": 1,
        "union_of": ["ball"], "not_inside": ["hole"]}])");
    auto const grid = phantom_grid(phantom, 2.0);
    auto const set = phantom_structures(phantom, grid);
    for (int k = 0; k < grid.size[2]; ++k) {
        double const z = grid.origin_mm.z + 2.0 * k;
        double expected = 0, found = 0;
        int wanted = 0, contours = 0;
        for (auto const& [radius, sign] : {std::pair(20.0, 1.0), std::pair(8.0, -1.0)}) {
            if (std::abs(z) < radius) {
                expected += sign * pi * (radius * radius - z * z);
                ++wanted;
            }
        }
        double largest = 0;
        for (auto const& contour : set.structures[0].contours) {
            if (contour.points_mm[0].z == z) {
                ++contours;
                found += area_mm2(contour) * (area_mm2(contour) < 210 && wanted == 2 ? -1 : 1);
                largest = std::max(largest, area_mm2(contour));
                for (auto const& p : contour.points_mm) {
                    double const r = norm(p);
                    EXPECT_LT(std::min(std::abs(r - 20), std::abs(r - 8)), 1e-6); // on the exact surface
                }
            }
        }
        EXPECT_EQ(contours, wanted) << z;
        // Chords of at most sqrt(2) mm: area lost per length is chord^2 / (12 R), perimeter 2 pi R: at
        // most 1.05 mm2 each
        EXPECT_NEAR(found, expected, 1.05 * wanted) << z;
    }
}

TEST(Phantom, files_that_cannot_be_meant_are_refused) {
    struct Row {
        char const *solids, *expected;
    };
    Row const rows[] = {
        {R"([{"name": "a", "shape": "cone"}])", "unknown shape 'cone'"},
        {R"([{"name": "a", "shape": "box", "least_mm": [0, 0, 0], "most_mm": [1, 1, 0]}])",
         "not above least_mm"},
        {R"([{"name": "a", "shape": "ellipsoid", "center_mm": [0, 0], "semi_axes_mm": [1, 1, 1]}])",
         "is not a point"},
        {R"([{"name": "a", "shape": "ellipsoid", "center_mm": [0, 0, 0], "semi_axes_mm": [1, -1, 1]}])",
         "not all positive"},
        {R"([{"name": "a", "shape": "half_space", "point_mm": [0, 0, 0], "outward_normal": [0, 0, 0]}])",
         "is zero"},
        {R"([{"name": "a", "shape": "half_space", "point_mm": [0, 0, 0], "outward_normal": [0, 0, 1], "only_inside": ["a"]}])",
         "no solid 'a' before this place"},
        {R"([{"name": "a", "shape": "capsule", "from_mm": [0, 0, 0], "to_mm": [0, 0, 0], "radius_mm": 1}])",
         "equals from_mm"},
        {R"([{"name": "a", "shap": "box"}])", "did you mean 'shape'?"},
    };
    for (auto const& row : rows) {
        try {
            phantom_from(row.solids);
            ADD_FAILURE() << row.solids;
        } catch (Refusal const& refusal) {
            EXPECT_THAT(refusal.problem + refusal.why + refusal.what_to_do, HasSubstr(row.expected));
        }
    }
    std::string doubling = R"({"name": "s0", "shape": "box", "least_mm": [0, 0, 0], "most_mm": [1, 1, 1]})";
    for (int i = 1; i < 40; ++i) {
        std::string const below = "\"s" + std::to_string(i - 1) + "\"";
        doubling += R"(, {"name": "s)" + std::to_string(i) +
                    R"(", "shape": "box", "least_mm": [0, 0, 0], "most_mm": [1, 1, 1], "only_inside": [)" +
                    below + ", " + below + "]}";
    }
    EXPECT_THROW(phantom_from("[" + doubling + "]"), Refusal);
}

TEST(HeadPhantom, has_the_sizes_it_claims) {
    auto const phantom = read_phantom(test::source_dir() / "data" / "phantoms" / "head.json");
    auto const grid = phantom_grid(phantom, 3.0);
    auto const set = phantom_structures(phantom, grid);
    auto const volume_cm3 = [&](std::string const& name) {
        double sum = 0;
        for (auto const& structure : set.structures) {
            for (auto const& contour : structure.contours) {
                // plain shapes: no holes to subtract
                sum += structure.name == name ? area_mm2(contour) * 3.0e-3 : 0.0;
            }
        }
        return sum;
    };
    // Ellipsoids by formula. A stack of planes h = 3 mm apart through an ellipsoid of mid-section A and half height c is
    // off by at most h^2 A / 3c (Euler-Maclaurin at the two ends); chords of at most 1.42 mm lose 1.05 mm2 per contour
    EXPECT_NEAR(volume_cm3("BODY"), 4.0 / 3.0 * pi * 7.3 * 10.3 * 8.8, 0.003 * 2771);
    EXPECT_NEAR(volume_cm3("CTV"), 4.0 / 3.0 * pi * 1.4 * 1.7 * 1.6, 0.18);      // 0.140 + 0.035
    EXPECT_NEAR(volume_cm3("Eye_L"), 4.0 / 3.0 * pi * 1.21 * 1.19 * 1.21, 0.14); // 0.112 + 0.025
    EXPECT_NEAR(volume_cm3("Eye_L"), volume_cm3("Eye_R"), 0.01); // mirrored; the tracing grid is not
    EXPECT_GT(volume_cm3("Brainstem"), 15.0);
    EXPECT_LT(volume_cm3("Brainstem"), 35.0);
    for (auto const& structure : set.structures) {
        EXPECT_FALSE(structure.contours.empty()) << structure.name;
    }
    auto const ct = voxelize(phantom, grid, 3);
    auto const at = [&](Vec3<double> p) {
        auto const f = grid.to_index(p);
        return ct.at(int(std::lround(f.x)), int(std::lround(f.y)), int(std::lround(f.z)));
    };
    EXPECT_EQ(at({33, 8, -14}), 42);       // target
    EXPECT_EQ(at({0, -38, -29}), -1000);   // sphenoid sinus
    EXPECT_EQ(at({-40, 20, 30}), 32);      // brain
    EXPECT_EQ(at({-78, -108, 93}), -1000); // outside
}

} // namespace
} // namespace beamwright
