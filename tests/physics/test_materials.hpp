/// Materials of the physics tests: compositions from ICRU 46 (bone, lung) and the elements.
#pragma once
#include "tables/material.hpp"
#include <vector>

namespace beamwright::test {

enum MaterialNumber : std::uint32_t { water, bone, lung, aluminum, copper, lead, all };

inline std::vector<Material> materials() {
    return {{"water", 1.0, {{1, 0.111894}, {8, 0.888106}}, 0},
            {"bone",
             1.92,
             {{1, 0.034},
              {6, 0.155},
              {7, 0.042},
              {8, 0.435},
              {11, 0.001},
              {12, 0.002},
              {15, 0.103},
              {16, 0.003},
              {20, 0.225}},
             0},
            {"lung",
             0.26,
             {{1, 0.103},
              {6, 0.105},
              {7, 0.031},
              {8, 0.749},
              {11, 0.002},
              {15, 0.002},
              {16, 0.003},
              {17, 0.003},
              {19, 0.002}},
             0},
            {"aluminum", 2.699, {{13, 1.0}}, 0},
            {"copper", 8.96, {{29, 1.0}}, 0},
            {"lead", 11.35, {{82, 1.0}}, 0}};
}

} // namespace beamwright::test
