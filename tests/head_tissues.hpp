/// Water and the tissues of the modified Snyder head (ICRU Report 46), for tests of neutron data and transport.
#pragma once
#include "tables/material.hpp"

namespace beamwright::test {

inline Material water_material() { return {"water", 1.0, {{1, 0.111898}, {8, 0.888102}}}; }
inline Material brain_material() {
    return {"brain",
            1.04,
            {{1, 0.107},
             {6, 0.145},
             {7, 0.022},
             {8, 0.712},
             {11, 0.002},
             {15, 0.004},
             {16, 0.002},
             {17, 0.003},
             {19, 0.003}}};
}
inline Material skull_material() {
    return {"skull",
            1.61,
            {{1, 0.05},
             {6, 0.212},
             {7, 0.04},
             {8, 0.435},
             {11, 0.001},
             {12, 0.002},
             {15, 0.081},
             {16, 0.003},
             {20, 0.176}}};
}
inline Material skin_material() {
    return {"skin",
            1.09,
            {{1, 0.1},
             {6, 0.204},
             {7, 0.042},
             {8, 0.645},
             {11, 0.002},
             {15, 0.001},
             {16, 0.002},
             {17, 0.003},
             {19, 0.001}}};
}

} // namespace beamwright::test
