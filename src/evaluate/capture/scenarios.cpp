#include "evaluate/capture/scenarios.hpp"
#include "core/contracts.hpp"
#include "core/parallel.hpp"
#include "core/refusal.hpp"
#include "lanes/random.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

void check(ScenarioSpread const& spread) {
    auto const wrong = [](double value) { return !(value >= 0) || !std::isfinite(value); };
    if (wrong(spread.boron_relative) || wrong(spread.shift_mm) ||
        std::any_of(spread.ratio_relative.begin(), spread.ratio_relative.end(), wrong)) {
        refuse("a scenario's standard deviation is negative or not finite",
               "errors are stated as standard deviations, 0 or above",
               "correct boron_relative, ratio_relative or shift_mm");
    }
}

/// Component rates of one run, moved.
struct MovedRun {
    std::vector<float> boron, nitrogen, fast, photon;
};

/// A place in the grid as whole voxels and shares, equal for all voxels of a scenario.
struct Offset {
    std::array<int, 3> whole{};
    std::array<float, 3> share{};
    bool none = true;
};

Offset offset_of(Grid const& grid, Vec3<double> shift_mm) {
    auto const local = grid.axes.transposed() * shift_mm;
    std::array<double, 3> const steps{local.x / grid.spacing_mm.x, local.y / grid.spacing_mm.y,
                                      local.z / grid.spacing_mm.z};
    Offset offset;
    for (std::size_t a = 0; a < 3; ++a) {
        double const floor = std::floor(steps[a]);
        offset.whole[a] = static_cast<int>(std::clamp(floor, -1e6, 1e6));
        offset.share[a] = static_cast<float>(steps[a] - floor);
        offset.none = offset.none && steps[a] == 0;
    }
    return offset;
}

/// One row of a component between four neighbouring rows and two neighbours along x; inside the grid.
void blend(std::array<float const*, 4> const& rows, std::array<float, 8> const& weight, int length,
           float* __restrict out) {
    float const *const a = rows[0], *const b = rows[1], *const c = rows[2], *const d = rows[3];
    for (int i = 0; i < length; ++i) {
        out[i] = weight[0] * a[i] + weight[1] * a[i + 1] + weight[2] * b[i] + weight[3] * b[i + 1] +
                 weight[4] * c[i] + weight[5] * c[i + 1] + weight[6] * d[i] + weight[7] * d[i + 1];
    }
}

/// The same at the edges of the grid: indices are held inside.
void blend_held(std::array<float const*, 4> const& rows, std::array<float, 8> const& weight, int first,
                int length, int most, float* __restrict out) {
    for (int i = 0; i < length; ++i) {
        int const low = std::clamp(first + i, 0, most), high = std::clamp(first + i + 1, 0, most);
        float sum = 0;
        for (std::size_t r = 0; r < 4; ++r) {
            sum += weight[2 * r] * rows[r][low] + weight[2 * r + 1] * rows[r][high];
        }
        out[i] = sum;
    }
}

void move_component(Grid const& grid, float const* values, StructureVoxels::Run const& run,
                    Offset const& offset, std::array<float, 8> const& weight, std::vector<float>& out) {
    out.resize(static_cast<std::size_t>(run.length));
    std::array<float const*, 4> rows{};
    for (std::size_t r = 0; r < 4; ++r) {
        int const y =
            std::clamp(run.first[1] + offset.whole[1] + static_cast<int>(r % 2), 0, grid.size[1] - 1);
        int const z =
            std::clamp(run.first[2] + offset.whole[2] + static_cast<int>(r / 2), 0, grid.size[2] - 1);
        rows[r] = values + grid.index(0, y, z);
    }
    int const first = run.first[0] + offset.whole[0];
    if (first < 0 || first + run.length > grid.size[0] - 1) {
        blend_held(rows, weight, first, run.length, grid.size[0] - 1, out.data());
        return;
    }
    for (auto& row : rows) {
        row += first;
    }
    blend(rows, weight, run.length, out.data());
}

std::array<float, 8> corner_weights(Offset const& offset) {
    auto const [x, y, z] = offset.share;
    std::array<float, 8> weight{};
    for (std::size_t r = 0; r < 4; ++r) {
        float const across = (r % 2 == 1 ? y : 1 - y) * (r / 2 == 1 ? z : 1 - z);
        weight[2 * r] = (1 - x) * across;
        weight[2 * r + 1] = x * across;
    }
    return weight;
}

MovedRun moved(CaptureMap const& map, StructureVoxels::Run const& run, Offset const& offset,
               std::array<float, 8> const& weight) {
    auto const rates = map.view();
    MovedRun out;
    if (offset.none) {
        std::size_t const first = map.grid().index(run.first[0], run.first[1], run.first[2]);
        auto const copy = [&](float const* from) {
            return std::vector<float>(from + first, from + first + run.length);
        };
        return {copy(map.boron_per_ppm()), copy(rates.nitrogen), copy(rates.fast), copy(rates.photon)};
    }
    move_component(map.grid(), map.boron_per_ppm(), run, offset, weight, out.boron);
    move_component(map.grid(), rates.nitrogen, run, offset, weight, out.nitrogen);
    move_component(map.grid(), rates.fast, run, offset, weight, out.fast);
    move_component(map.grid(), rates.photon, run, offset, weight, out.photon);
    return out;
}

struct BothDoses {
    std::vector<float> weighted, isoeffective;
};

/// Doses of a run's stretch of one tissue.
void add_doses(MovedRun const& rates, ReadyTissue const tissue, std::size_t first, std::size_t last,
               float* __restrict weighted, float* __restrict isoeffective) {
    float const *const boron = rates.boron.data(), *const nitrogen = rates.nitrogen.data(),
                       *const fast = rates.fast.data(), *const photon = rates.photon.data();
    for (std::size_t i = first; i < last; ++i) {
        PerComponent<float> const rate{boron[i], nitrogen[i], fast[i], photon[i]};
        weighted[i] = dot(tissue.weight, rate);
        isoeffective[i] = photon_isoeffective_dose_Gy(
            tissue.isoeffective, {tissue.scale.boron * rate.boron, tissue.scale.nitrogen * rate.nitrogen,
                                  tissue.scale.fast * rate.fast, tissue.scale.photon * rate.photon});
    }
}

BothDoses doses_of(CaptureMap const& map, StructureVoxels const& structure, CaptureScenario const& scenario,
                   std::vector<ReadyTissue> const& ready) {
    auto const offset = offset_of(map.grid(), scenario.shift_mm);
    auto const weight = corner_weights(offset);
    std::vector<float> factor(ready.size(), static_cast<float>(scenario.boron_factor));
    for (std::size_t t = 0; t < scenario.ratio_factor.size() && t < factor.size(); ++t) {
        factor[t] *= static_cast<float>(scenario.ratio_factor[t]);
    }
    BothDoses doses{std::vector<float>(structure.weight.size()), std::vector<float>(structure.weight.size())};
    auto const* tissue = map.view().tissue;
    std::size_t at = 0;
    for (auto const& run : structure.runs) {
        auto rates = moved(map, run, offset, weight);
        std::size_t const home = map.grid().index(run.first[0], run.first[1], run.first[2]);
        auto const length = static_cast<std::size_t>(run.length);
        for (std::size_t i = 0; i < length; ++i) { // the compound moves with the patient
            rates.boron[i] *= map.boron_ratio(home + i) * factor[tissue[home + i]];
        }
        for (std::size_t first = 0; first < length;) {
            std::size_t last = first + 1;
            while (last < length && tissue[home + last] == tissue[home + first]) {
                ++last;
            }
            add_doses(rates, ready[tissue[home + first]], first, last, doses.weighted.data() + at,
                      doses.isoeffective.data() + at);
            first = last;
        }
        at += length;
    }
    return doses;
}

StructureFigures figures_of(std::vector<float> const& dose, StructureVoxels const& structure) {
    DoseHistogram const histogram(dose, structure);
    StructureFigures figures{histogram.mean_Gy(),
                             histogram.least_Gy(),
                             histogram.most_Gy(),
                             histogram.dose_at_Gy(0.95 * structure.whole_voxels),
                             histogram.dose_at_Gy(0.5 * structure.whole_voxels),
                             std::nullopt};
    if (structure.volume_cm3() >= 2) {
        figures.D2cc_Gy = histogram.dose_at_Gy(2 / structure.voxel_cm3);
    }
    return figures;
}

} // namespace

std::vector<CaptureScenario> single_scenarios(ScenarioSpread const& spread,
                                              std::vector<CaptureTissue> const& tissues) {
    check(spread);
    std::vector<CaptureScenario> scenarios{{.name = "nominal"}};
    for (double const sign : {1.0, -1.0}) {
        char const word = sign > 0 ? '+' : '-';
        if (spread.boron_relative > 0) {
            scenarios.push_back({.name = fmt::format("boron {}{:g} %", word, 100 * spread.boron_relative),
                                 .boron_factor = std::max(0.0, 1 + sign * spread.boron_relative)});
        }
        for (std::size_t t = 0; t < spread.ratio_relative.size() && t < tissues.size(); ++t) {
            if (spread.ratio_relative[t] > 0) {
                std::vector<double> factors(tissues.size(), 1.0);
                factors[t] = std::max(0.0, 1 + sign * spread.ratio_relative[t]);
                scenarios.push_back({.name = fmt::format("ratio of {} {}{:g} %", tissues[t].name, word,
                                                         100 * spread.ratio_relative[t]),
                                     .ratio_factor = factors});
            }
        }
        for (int axis = 0; axis < 3 && spread.shift_mm > 0; ++axis) {
            double const step = sign * spread.shift_mm;
            scenarios.push_back(
                {.name = fmt::format("shift {} {}{:g} mm", "xyz"[axis], word, spread.shift_mm),
                 .shift_mm = {axis == 0 ? step : 0, axis == 1 ? step : 0, axis == 2 ? step : 0}});
        }
    }
    return scenarios;
}

std::vector<CaptureScenario> drawn_scenarios(ScenarioSpread const& spread, std::size_t count,
                                             std::uint32_t seed) {
    check(spread);
    if (count < 1 || count > 100000) {
        refuse(fmt::format("{} scenarios", count),
               "the first is the nominal case, some hundred show the spread", "ask for 1 to 100000");
    }
    // A log-normal factor of median 1 whose relative standard deviation is the stated one
    auto const factor = [](double relative, double normal) {
        return std::exp(std::sqrt(std::log1p(relative * relative)) * normal);
    };
    std::vector<CaptureScenario> scenarios{{.name = "nominal"}};
    for (std::size_t i = 1; i < count; ++i) {
        RandomStream random({seed, 0, i, 0});
        auto const [boron, unused] = random.gaussian_pair();
        auto const [x, y] = random.gaussian_pair();
        CaptureScenario scenario{.name = fmt::format("drawn {}", i),
                                 .boron_factor = factor(spread.boron_relative, boron)};
        scenario.shift_mm = spread.shift_mm * Vec3<double>{x, y, random.gaussian_pair().first};
        for (double const relative : spread.ratio_relative) {
            scenario.ratio_factor.push_back(factor(relative, random.gaussian_pair().first));
        }
        (void)unused;
        scenarios.push_back(scenario);
    }
    return scenarios;
}

std::vector<std::vector<ScenarioOutcome>> scenario_outcomes(CaptureMap const& map,
                                                            Irradiation const& irradiation,
                                                            std::vector<StructureVoxels> const& structures,
                                                            std::vector<CaptureScenario> const& scenarios) {
    auto const ready = ready_tissues(map.tissues(), irradiation);
    std::vector<std::vector<ScenarioOutcome>> outcomes(scenarios.size(),
                                                       std::vector<ScenarioOutcome>(structures.size()));
    parallel_ranges(scenarios.size() * structures.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t task = first; task < last; ++task) {
            auto const& structure = structures[task % structures.size()];
            auto const doses = doses_of(map, structure, scenarios[task / structures.size()], ready);
            outcomes[task / structures.size()][task % structures.size()] = {
                figures_of(doses.weighted, structure), figures_of(doses.isoeffective, structure)};
        }
    });
    return outcomes;
}

FigureSpread spread_of(std::vector<double> const& values) {
    BW_EXPECT(!values.empty());
    auto sorted = values;
    std::sort(sorted.begin(), sorted.end());
    auto const at = [&](double share) {
        double const place = share * static_cast<double>(sorted.size() - 1);
        auto const low = static_cast<std::size_t>(place);
        std::size_t const high = std::min(low + 1, sorted.size() - 1);
        return sorted[low] + (place - static_cast<double>(low)) * (sorted[high] - sorted[low]);
    };
    return {values.front(), sorted.front(), at(0.05), at(0.5), at(0.95), sorted.back()};
}

} // namespace beamwright
