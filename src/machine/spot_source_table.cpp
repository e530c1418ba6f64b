#include "machine/spot_source_table.hpp"
#include "core/contracts.hpp"
#include <cmath>

namespace beamwright {

namespace {

SpotAxis axis_of(AxisOptics const& optics) {
    BW_EXPECT(optics.sigma_mm >= 0 && optics.divergence_rad >= 0);
    BW_EXPECT(optics.correlation >= -1 && optics.correlation <= 1);
    double const across = std::sqrt(1.0 - optics.correlation * optics.correlation);
    return {optics.sigma_mm, optics.correlation * optics.divergence_rad, across * optics.divergence_rad};
}

SpotOptics optics_of(EnergyOptics const& energy) {
    BW_EXPECT(energy.gaussians.size() == 1 || energy.gaussians.size() == 2);
    BW_EXPECT(energy.mean_energy_MeV > 0 && energy.energy_sigma_MeV >= 0);
    SpotOptics optics;
    optics.mean_energy_MeV = energy.mean_energy_MeV;
    optics.energy_sigma_MeV = energy.energy_sigma_MeV;
    auto const& first = energy.gaussians.front();
    auto const& second = energy.gaussians.back();
    optics.first_weight = energy.gaussians.size() == 1 ? 1.0 : first.weight / (first.weight + second.weight);
    optics.first_x = axis_of(first.x);
    optics.first_y = axis_of(first.y);
    optics.second_x = axis_of(second.x);
    optics.second_y = axis_of(second.y);
    return optics;
}

} // namespace

SpotSourceTable::SpotSourceTable(BeamSource const& beam) {
    for (auto const& energy : beam.optics) {
        optics_.push_back(optics_of(energy));
    }
    for (auto const& element : beam.elements) {
        BW_EXPECT(element.optics >= 0 && static_cast<std::size_t>(element.optics) < optics_.size());
        aims_.push_back({element.optics, element.x_mm, element.y_mm});
    }
    view_.aim_count = static_cast<int>(aims_.size());
    view_.source_plane_z_mm = beam.source_plane_z_mm;
    auto const inverse = [](double distance_mm) { return distance_mm > 0 ? 1.0 / distance_mm : 0.0; };
    view_.inverse_virtual_source_x_per_mm = inverse(beam.virtual_source_x_mm);
    view_.inverse_virtual_source_y_per_mm = inverse(beam.virtual_source_y_mm);
}

SpotSourceView SpotSourceTable::view() const {
    SpotSourceView view = view_;
    view.optics = optics_.data();
    view.aims = aims_.data();
    return view;
}

} // namespace beamwright
