#include "core/contracts.hpp"
#include "evaluate/capture/field_sequence.hpp"

namespace beamwright {

namespace {

/// The fields in a structure alone, ready for many times.
std::vector<CaptureMap> restricted(std::vector<CaptureMap> const& fields, StructureVoxels const& structure) {
    std::vector<CaptureMap> made;
    made.reserve(fields.size());
    for (auto const& field : fields) {
        made.push_back(restricted_to(field, structure));
    }
    return made;
}

double figure_of(std::vector<CaptureMap> const& in_structure, FieldSchedule const& schedule,
                 DoseLimit const& limit, double minutes) {
    auto const times = schedule.irradiations(minutes);
    std::vector<SequencedField> sequence;
    for (std::size_t f = 0; f < in_structure.size(); ++f) {
        sequence.push_back({&in_structure[f], times[f]});
    }
    auto const doses = sequence_doses(sequence);
    return limited_figure_Gy(limit, limit.kind == DoseKind::weighted ? doses.weighted_Gy.values
                                                                     : doses.isoeffective_Gy.values);
}

std::vector<std::vector<CaptureMap>> restricted_to_limits(std::vector<CaptureMap> const& fields,
                                                          std::vector<DoseLimit> const& limits) {
    std::vector<std::vector<CaptureMap>> made;
    made.reserve(limits.size());
    for (auto const& limit : limits) {
        made.push_back(restricted(fields, *limit.voxels));
    }
    return made;
}

} // namespace

std::vector<Irradiation> FieldSchedule::irradiations(double minutes) const {
    std::vector<Irradiation> made;
    double begin = start_min;
    for (double const share : shares) {
        made.push_back({share * minutes, begin, blood});
        begin += share * minutes + pause_min;
    }
    return made;
}

double FieldSchedule::mean_blood_ppm(double minutes) const {
    double ppm_min = 0;
    for (auto const& field : irradiations(minutes)) {
        ppm_min += field.blood_ppm_min();
    }
    return ppm_min / minutes;
}

CaptureMap restricted_to(CaptureMap const& map, StructureVoxels const& structure) {
    auto const from = map.view();
    CaptureRates rates;
    rates.grid.size = {static_cast<int>(structure.weight.size()), 1, 1};
    Volume<float> ratio(rates.grid);
    std::vector<std::uint8_t> tissue;
    std::size_t n = 0;
    for (auto const& run : structure.runs) {
        std::size_t const first = map.grid().index(run.first[0], run.first[1], run.first[2]);
        for (std::size_t v = first; v < first + static_cast<std::size_t>(run.length); ++v, ++n) {
            rates.boron_Gy_per_min_per_ppm.push_back(map.boron_per_ppm()[v]);
            rates.nitrogen_Gy_per_min.push_back(from.nitrogen[v]);
            rates.fast_Gy_per_min.push_back(from.fast[v]);
            rates.photon_Gy_per_min.push_back(from.photon[v]);
            ratio.values[n] = map.boron_ratio(v);
            tissue.push_back(from.tissue[v]);
        }
    }
    return {std::move(rates), ratio, map.tissues(), std::move(tissue)};
}

std::vector<double> sequence_figures(std::vector<CaptureMap> const& fields, FieldSchedule const& schedule,
                                     std::vector<DoseLimit> const& limits, double minutes) {
    std::vector<double> figures;
    for (auto const& limit : limits) {
        if (fields.size() == 1) {
            figures.push_back(
                limited_figure_Gy(fields[0], limit, {minutes, schedule.start_min, schedule.blood}));
        } else {
            figures.push_back(figure_of(restricted(fields, *limit.voxels), schedule, limit, minutes));
        }
    }
    return figures;
}

IrradiationTime sequence_time(std::vector<CaptureMap> const& fields, FieldSchedule const& schedule,
                              std::vector<DoseLimit> const& limits, double longest_min) {
    BW_EXPECT(!fields.empty() && fields.size() == schedule.shares.size());
    if (fields.size() == 1) {
        return irradiation_time(fields[0], limits, schedule.blood, schedule.start_min, longest_min);
    }
    auto const parts = restricted_to_limits(fields, limits);
    auto const figure = [&](DoseLimit const& limit, std::size_t index, double minutes) {
        return figure_of(parts[index], schedule, limit, minutes);
    };
    return irradiation_time(figure, limits, longest_min);
}

} // namespace beamwright
