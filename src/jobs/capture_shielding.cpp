#include "jobs/capture_shielding.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// Means over voxels, weighted by where the thermal neutrons are (boron dose per ppm goes with their fluence).
struct MeanRatio {
    double calculated = 0, evaluated = 0, weight = 0;
    void add(double weight_of_voxel, float before, float now) {
        calculated += weight_of_voxel * before;
        evaluated += weight_of_voxel * now;
        weight += weight_of_voxel;
    }
    double calculated_ppm(double blood_ppm) const { return weight > 0 ? blood_ppm * calculated / weight : 0; }
    double evaluated_ppm(double blood_ppm) const { return weight > 0 ? blood_ppm * evaluated / weight : 0; }
};

/// Fluence of all fields, by their share of the time.
float weight_at(CaptureSetup const& setup, CaptureBasis const& basis, std::size_t voxel) {
    double sum = 0;
    for (std::size_t f = 0; f < basis.rates.size(); ++f) {
        sum +=
            setup.plan.fields[f].share * static_cast<double>(basis.rates[f].boron_Gy_per_min_per_ppm[voxel]);
    }
    return static_cast<float>(sum);
}

MeanRatio over_body(CaptureSetup const& setup, CaptureBasis const& basis) {
    MeanRatio mean;
    for (std::size_t v = 0; v < setup.body.values.size(); ++v) {
        if (setup.body.values[v] >= 0.5F) {
            mean.add(weight_at(setup, basis, v), basis.ratio.values[v], setup.boron_ratio.values[v]);
        }
    }
    return mean;
}

MeanRatio over_mask(CaptureSetup const& setup, CaptureBasis const& basis, StructureMask const& mask,
                    double& volume_cm3) {
    MeanRatio mean;
    std::size_t n = 0;
    double share = 0;
    auto const& grid = setup.patient.grid;
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i, ++n) {
                if (mask.weight[n] > 0) {
                    auto const v = grid.index(mask.first[0] + i, mask.first[1] + j, mask.first[2] + k);
                    mean.add(static_cast<double>(mask.weight[n]) * weight_at(setup, basis, v),
                             basis.ratio.values[v], setup.boron_ratio.values[v]);
                    share += mask.weight[n];
                }
            }
        }
    }
    volume_cm3 = share * grid.voxel_cm3();
    return mean;
}

/// A level in blood for all fields, by their shares.
double mean_of(CaptureSetup const& setup, std::vector<double> const& levels) {
    double sum = 0;
    for (std::size_t f = 0; f < levels.size(); ++f) {
        sum += setup.plan.fields[f].share * levels[f];
    }
    return sum;
}

} // namespace

ShieldingEstimate shielding_estimate(CaptureSetup const& setup, CaptureBasis const& basis,
                                     std::vector<double> const& blood_ppm) {
    double const before = mean_of(setup, basis.blood_ppm), now = mean_of(setup, blood_ppm);
    ShieldingEstimate made;
    auto const add = [&](std::string name, ShieldedPlace const& place, double calculated, double evaluated) {
        double const change = flux_change(basis.absorption, place);
        made.places.push_back({std::move(name), calculated, evaluated, change});
        if (made.worst_place.empty() || std::abs(change) > std::abs(made.worst_change)) {
            made.worst_change = change;
            made.worst_place = made.places.back().name;
        }
    };
    auto const body = over_body(setup, basis);
    ShieldedPlace const around{body.calculated_ppm(before), body.evaluated_ppm(now), 0, 0, 0};
    add("body", around, around.around_calculated_ppm, around.around_wanted_ppm);
    for (std::size_t s = 0; s < setup.masks.size(); ++s) {
        auto place = around;
        auto const inside = over_mask(setup, basis, setup.masks[s], place.volume_cm3);
        place.inside_calculated_ppm = inside.calculated_ppm(before);
        place.inside_wanted_ppm = inside.evaluated_ppm(now);
        add(setup.plan.structures[s].structure, place, place.inside_calculated_ppm, place.inside_wanted_ppm);
    }
    made.new_run_advised = std::abs(made.worst_change) > most_self_shielding_error;
    bool const same = std::abs(made.worst_change) < 1e-6;
    made.text =
        same ? fmt::format("as in the transport ({:.3g} ppm in blood)", now)
             : fmt::format("transport at {:.3g} ppm in blood, evaluated at {:.3g} ppm: thermal flux {:+.1f} "
                           "% in '{}' (estimate){}",
                           before, now, 100 * made.worst_change, made.worst_place,
                           made.new_run_advised ? "; above 2 %: calculate again at this level" : "");
    return made;
}

double worst_flux_change(CaptureSetup const& setup, CaptureBasis const& basis,
                         std::vector<double> const& blood_ppm) {
    return shielding_estimate(setup, basis, blood_ppm).worst_change;
}

Json to_json(ShieldingEstimate const& estimate) {
    Json places = Json::array();
    for (auto const& place : estimate.places) {
        places.push_back({{"place", place.name},
                          {"ppm_in_transport", place.calculated_ppm},
                          {"ppm_evaluated", place.evaluated_ppm},
                          {"flux_change", place.flux_change}});
    }
    return {{"text", estimate.text},
            {"flux_change", estimate.worst_change},
            {"place", estimate.worst_place},
            {"new_run_advised", estimate.new_run_advised},
            {"places", places}};
}

} // namespace beamwright
