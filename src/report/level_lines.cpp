#include "report/level_lines.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright::report {

float Slice::between(double x, double y) const {
    double const cx = std::clamp(x, 0.0, width - 1.0), cy = std::clamp(y, 0.0, height - 1.0);
    int const i = std::min(static_cast<int>(cx), std::max(width - 2, 0));
    int const j = std::min(static_cast<int>(cy), std::max(height - 2, 0));
    int const i1 = std::min(i + 1, width - 1), j1 = std::min(j + 1, height - 1);
    auto const fx = static_cast<float>(cx - i), fy = static_cast<float>(cy - j);
    return (1 - fy) * ((1 - fx) * at(i, j) + fx * at(i1, j)) + fy * ((1 - fx) * at(i, j1) + fx * at(i1, j1));
}

namespace {

struct Point {
    float x, y;
};

} // namespace

std::vector<Segment> level_lines(Slice const& slice, float level) {
    std::vector<Segment> lines;
    auto const value = [&](int x, int y) {
        return x < 0 || y < 0 || x >= slice.width || y >= slice.height ? level - 1 : slice.at(x, y);
    };
    for (int y = -1; y < slice.height; ++y) {
        for (int x = -1; x < slice.width; ++x) {
            float const corner[4] = {value(x, y), value(x + 1, y), value(x + 1, y + 1), value(x, y + 1)};
            Point const place[4] = {
                {float(x), float(y)}, {x + 1.0F, float(y)}, {x + 1.0F, y + 1.0F}, {float(x), y + 1.0F}};
            Point crossing[4];
            int count = 0;
            for (int s = 0; s < 4; ++s) {
                int const e = (s + 1) % 4;
                if ((corner[s] >= level) != (corner[e] >= level)) {
                    float const t = (level - corner[s]) / (corner[e] - corner[s]);
                    crossing[count++] = {place[s].x + t * (place[e].x - place[s].x),
                                         place[s].y + t * (place[e].y - place[s].y)};
                }
            }
            if (count == 2) {
                lines.push_back({crossing[0].x, crossing[0].y, crossing[1].x, crossing[1].y});
            } else if (count == 4) {
                // A saddle: the mean says whether the two high corners are joined
                bool const high = 0.25F * (corner[0] + corner[1] + corner[2] + corner[3]) >= level;
                int const shift = high == (corner[0] >= level) ? 1 : 0;
                for (int k : {shift, shift + 2}) {
                    Point const a = crossing[(k + 3) % 4], b = crossing[k % 4];
                    lines.push_back({a.x, a.y, b.x, b.y});
                }
            }
        }
    }
    return lines;
}

} // namespace beamwright::report
