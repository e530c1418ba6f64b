#include "machine/port/port_figures.hpp"
#include "lanes/constants.hpp"
#include <algorithm>
#include <cmath>
#include <numeric>

namespace beamwright {

namespace {

constexpr double Gy_per_MeV_per_g = 1.602176634e-10;
constexpr double thermal_eV = 0.5, epithermal_eV = 1e4;

/// Mean of a function over the part of a group that lies between two energies, and that part's share of the
/// group; 16 midpoints in the group's own variable.
struct GroupPart {
    double share = 0, mean = 0;
};
template <class Function>
GroupPart part_of(PortSpectrum const& spectrum, std::size_t group, double from_eV, double to_eV,
                  Function const& f) {
    bool const logarithm = spectrum.within == PortBinShape::even_in_logarithm;
    auto const up = [&](double energy) { return logarithm ? std::log(energy) : energy; };
    auto const down = [&](double place) { return logarithm ? std::exp(place) : place; };
    double const low = up(spectrum.edges_eV[group]), high = up(spectrum.edges_eV[group + 1]);
    double const first = std::max(low, from_eV > 0 ? up(from_eV) : low), last = std::min(high, up(to_eV));
    if (!(last > first)) {
        return {};
    }
    constexpr int points = 16;
    double sum = 0;
    for (int i = 0; i < points; ++i) {
        sum += f(down(first + (i + 0.5) / points * (last - first)));
    }
    return {(last - first) / (high - low), sum / points};
}

/// Fluence per source current between two energies, times a function.
template <class Function>
double integral(PortModel const& port, PortSpectrum const& spectrum, double from_eV, double to_eV,
                Function const& f) {
    std::vector<double> current, fluence;
    for (std::size_t i = 0; i < spectrum.shares.size(); ++i) {
        double const middle = std::sqrt(spectrum.edges_eV[i] * spectrum.edges_eV[i + 1]);
        double const ratio = fluence_per_current(port.angles[angle_law_at(port, middle)]);
        bool const is_fluence = spectrum.quantity == SpectrumQuantity::fluence;
        fluence.push_back(is_fluence ? spectrum.shares[i] : spectrum.shares[i] * ratio);
        current.push_back(is_fluence ? spectrum.shares[i] / ratio : spectrum.shares[i]);
    }
    double const all = std::accumulate(current.begin(), current.end(), 0.0);
    double sum = 0;
    for (std::size_t i = 0; i < fluence.size(); ++i) {
        auto const part = part_of(spectrum, i, from_eV, to_eV, f);
        sum += fluence[i] / all * part.share * part.mean;
    }
    return sum;
}

} // namespace

InAirFigures in_air_figures(PortModel const& port, FigureTissue const& tissue) {
    double const current_per_cm2_s = port.strength.neutrons_per_s / port.aperture_cm2();
    auto const one = [](double) { return 1.0; };
    auto const kerma_Gy_cm2 = [&](double energy_eV) {
        auto const at = neutron_material_at(tissue.neutrons, tissue.neutron_material, energy_eV);
        return Gy_per_MeV_per_g * (at.nitrogen_kerma_MeV_cm2_per_g + at.other_kerma_MeV_cm2_per_g);
    };
    auto const neutrons = [&](double from, double to, auto const& f) {
        return current_per_cm2_s * integral(port, port.neutrons, from, to, f);
    };
    constexpr double top = 1e9;
    InAirFigures figures;
    figures.thermal_per_cm2_s = neutrons(0, thermal_eV, one);
    figures.epithermal_per_cm2_s = neutrons(thermal_eV, epithermal_eV, one);
    figures.fast_per_cm2_s = neutrons(epithermal_eV, top, one);
    figures.current_over_fluence = current_per_cm2_s / neutrons(0, top, one);
    if (figures.epithermal_per_cm2_s > 0) {
        figures.thermal_over_epithermal = figures.thermal_per_cm2_s / figures.epithermal_per_cm2_s;
        figures.fast_dose_Gy_cm2 = neutrons(epithermal_eV, top, kerma_Gy_cm2) / figures.epithermal_per_cm2_s;
        if (port.photons) {
            auto const photon_kerma = [&](double energy_eV) {
                return Gy_per_MeV_per_g * 1e-6 * energy_eV *
                       photon_material_at(tissue.photons, tissue.photon_material, energy_eV).absorbed;
            };
            figures.photon_dose_Gy_cm2 = current_per_cm2_s * port.photons->per_neutron *
                                         integral(port, port.photons->spectrum, 0, top, photon_kerma) /
                                         figures.epithermal_per_cm2_s;
        }
    }
    return figures;
}

std::vector<FigureAndTarget> figures_and_targets(InAirFigures const& figures) {
    char const* const source = "IAEA-TECDOC-1223 as listed in Appl. Sci. 15 (2025) 10248; to be verified";
    char const* const relaxed = "newer IAEA document as listed in Appl. Sci. 15 (2025) 10248; to be verified";
    bool const any = figures.epithermal_per_cm2_s > 0;
    auto const if_any = [&](double value) { return any ? std::optional<double>(value) : std::nullopt; };
    return {
        {"epithermal fluence rate", "1/(cm2 s)", figures.epithermal_per_cm2_s, 5e8, true, source},
        {"fast neutron dose per epithermal neutron", "Gy cm2", if_any(figures.fast_dose_Gy_cm2), 2e-13, false,
         source},
        {"fast neutron dose per epithermal neutron, relaxed", "Gy cm2", if_any(figures.fast_dose_Gy_cm2),
         7e-13, false, relaxed},
        {"photon dose per epithermal neutron", "Gy cm2", figures.photon_dose_Gy_cm2, 2e-13, false, source},
        {"thermal over epithermal fluence", "1", if_any(figures.thermal_over_epithermal), 0.05, false,
         source},
        {"current over fluence", "1", figures.current_over_fluence, 0.7, true, source}};
}

} // namespace beamwright
