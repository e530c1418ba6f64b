#include "evaluate/capture/field_sequence.hpp"
#include "core/parallel.hpp"
#include "core/refusal.hpp"
#include <fmt/format.h>

namespace beamwright {

namespace {

struct CrossedPair {
    CrossedFactors<double> fast, slow;
};

/// Everything of one tissue: own factors of every field, crossed factors of every pair (earlier, later).
struct SequencedTissue {
    std::vector<IsoeffectiveTissue<double>> own;
    std::vector<CrossedPair> crossed; ///< of fields a < b, at b (b - 1) / 2 + a
};

SequencedTissue sequenced(IsoeffectiveParameters const& parameters,
                          std::vector<SequencedField> const& fields) {
    SequencedTissue tissue;
    for (std::size_t b = 0; b < fields.size(); ++b) {
        tissue.own.push_back(isoeffective_tissue(parameters, fields[b].irradiation));
        for (std::size_t a = 0; a < b; ++a) {
            auto const &first = fields[a].irradiation, &second = fields[b].irradiation;
            tissue.crossed.push_back({crossed_factors(first, second, parameters.fast_repair_min),
                                      crossed_factors(first, second, parameters.slow_repair_min)});
        }
    }
    return tissue;
}

void check(std::vector<SequencedField> const& fields) {
    if (fields.empty() || fields[0].map == nullptr) {
        refuse("a session without fields", "it has no dose", "name one field at least");
    }
    auto const& first = *fields[0].map;
    for (auto const& field : fields) {
        bool same = field.map != nullptr && field.map->grid() == first.grid() &&
                    field.map->tissues().size() == first.tissues().size();
        for (std::size_t v = 0; same && v < first.grid().voxels(); ++v) {
            same = field.map->view().tissue[v] == first.view().tissue[v];
        }
        for (std::size_t t = 0; same && t < first.tissues().size(); ++t) {
            same = field.map->tissues()[t].isoeffective.tissue == first.tissues()[t].isoeffective.tissue;
        }
        if (!same) {
            refuse("the fields of a session have different grids or tissues", "doses meet voxel by voxel",
                   "calculate all fields on one grid and give them one tissue map");
        }
    }
}

PerComponent<double> dose_of(SequencedField const& field, double ppm_min, std::size_t voxel) {
    auto const rates = field.map->view();
    double const minutes = field.irradiation.minutes;
    return {ppm_min * static_cast<double>(rates.boron[voxel]),
            minutes * static_cast<double>(rates.nitrogen[voxel]),
            minutes * static_cast<double>(rates.fast[voxel]),
            minutes * static_cast<double>(rates.photon[voxel])};
}

} // namespace

CaptureDoses sequence_doses(std::vector<SequencedField> const& fields) {
    check(fields);
    auto const& map = *fields[0].map;
    CaptureDoses made{Volume<float>(map.grid()), Volume<float>(map.grid())};
    std::vector<double> ppm_min;
    for (auto const& field : fields) { // each field's weighted dose; the check of its times is in there
        auto const part = field.map->weighted_dose_Gy(field.irradiation);
        for (std::size_t v = 0; v < part.values.size(); ++v) {
            made.weighted_Gy.values[v] += part.values[v];
        }
        ppm_min.push_back(field.irradiation.blood_ppm_min());
    }
    std::vector<SequencedTissue> tissues;
    for (auto const& tissue : map.tissues()) {
        tissues.push_back(sequenced(tissue.isoeffective, fields));
    }
    parallel_ranges(map.grid().voxels(), 65536, [&](std::size_t first, std::size_t last) {
        std::vector<PerComponent<double>> dose(fields.size());
        for (std::size_t v = first; v < last; ++v) {
            auto const& tissue = tissues[map.view().tissue[v]];
            PerComponent<double> all;
            for (std::size_t b = 0; b < fields.size(); ++b) {
                dose[b] = dose_of(fields[b], ppm_min[b], v);
                all = {all.boron + dose[b].boron, all.nitrogen + dose[b].nitrogen, all.fast + dose[b].fast,
                       all.photon + dose[b].photon};
            }
            double effect = 0;
            for (std::size_t b = 0; b < fields.size(); ++b) {
                effect += capture_effect(tissue.own[b], dose[b], all).effect;
                for (std::size_t a = 0; a < b; ++a) {
                    auto const& pair = tissue.crossed[b * (b - 1) / 2 + a];
                    effect += crossed_effect(tissue.own[b], dose[a], dose[b], all, pair.fast, pair.slow);
                }
            }
            made.isoeffective_Gy.values[v] =
                static_cast<float>(photon_dose_of_effect_Gy(tissue.own[0], effect));
        }
    });
    return made;
}

} // namespace beamwright
