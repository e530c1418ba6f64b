#include "patient/hu_converter.hpp"
#include "core/contracts.hpp"
#include "tables/proton_materials.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright {

HuConverter::HuConverter(Calibration calibration) : calibration_(std::move(calibration)) {
    for (auto const& bin : calibration_.bins) {
        materials_.push_back(bin.material);
        stopping_per_density_.push_back(
            calibration_.curve_is_stopping_power
                ? beamwright::relative_stopping_power(bin.material, 1.0, calibration_.energy_MeV)
                : 1.0);
    }
}

bool HuConverter::accepts(double hu) const {
    return std::isfinite(hu) &&
           (calibration_.clamp || (hu >= calibration_.least_hu && hu <= calibration_.most_hu));
}

HuConverter::Tissue HuConverter::at(double hu) const {
    BW_EXPECT(accepts(hu));
    hu = std::clamp(hu, calibration_.least_hu, calibration_.most_hu);

    // Composition: the last bin that begins at or below
    auto const& bins = calibration_.bins;
    auto const bin = std::upper_bound(bins.begin(), bins.end(), hu,
                                      [](double value, HuBin const& b) { return value < b.from_HU; });
    auto const index = static_cast<std::size_t>(std::max<std::ptrdiff_t>(bin - bins.begin() - 1, 0));

    // The curve, linear between its points
    auto const& curve = calibration_.curve;
    auto above = std::upper_bound(curve.begin(), curve.end(), hu,
                                  [](double value, HuPoint const& p) { return value < p.hu; });
    above = std::clamp(above, curve.begin() + 1, curve.end() - 1);
    auto const& a = *(above - 1);
    double const value = a.value + (hu - a.hu) / (above->hu - a.hu) * (above->value - a.value);
    return {static_cast<MaterialId>(index), value / stopping_per_density_[index]};
}

double HuConverter::relative_stopping_power(double hu, double energy_MeV) const {
    auto const tissue = at(hu);
    return beamwright::relative_stopping_power(materials_[tissue.material], tissue.density_g_per_cm3,
                                               energy_MeV);
}

std::vector<HuTissueRow> calibration_table(Calibration const& calibration) {
    HuConverter const converter(calibration);
    std::vector<double> places;
    for (auto const& point : calibration.curve) {
        places.push_back(point.hu);
    }
    for (auto const& bin : calibration.bins) {
        places.push_back(bin.from_HU);
    }
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    std::vector<HuTissueRow> rows;
    for (double const hu : places) {
        if (hu >= calibration.least_hu && hu <= calibration.most_hu) {
            auto const tissue = converter.at(hu);
            rows.push_back({hu, converter.materials()[tissue.material].name, tissue.density_g_per_cm3,
                            converter.relative_stopping_power(hu)});
        }
    }
    return rows;
}

} // namespace beamwright
