/// In-air figures of merit of a port, beside the IAEA's targets. docs/methods/neutron_port.md
#pragma once
#include "machine/port/port_model.hpp"
#include "tables/neutron_material_view.hpp"
#include "tables/photon_material_view.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// In the middle of the aperture plane, free in air, at the port's strength.
struct InAirFigures {
    double thermal_per_cm2_s = 0, epithermal_per_cm2_s = 0,
           fast_per_cm2_s = 0;       ///< fluence rates; cuts 0.5 eV, 10 keV
    double current_over_fluence = 0; ///< of all neutrons
    double thermal_over_epithermal = 0;
    double fast_dose_Gy_cm2 = 0; ///< kerma of fast neutrons per epithermal neutron
    std::optional<double>
        photon_dose_Gy_cm2; ///< kerma of the port's photons per epithermal neutron, if they are known
};

/// What stands for tissue in the figures: material numbers of the two views.
struct FigureTissue {
    NeutronMaterialsView neutrons;
    std::uint32_t neutron_material = 0;
    PhotonMaterialsView photons;
    std::uint32_t photon_material = 0;
};

InAirFigures in_air_figures(PortModel const& port, FigureTissue const& tissue);

struct FigureAndTarget {
    std::string quantity, unit;
    std::optional<double> value; ///< none: not known for this port
    double target = 0;
    bool at_least = false; ///< else at most
    std::string source;
    /// Within 1e-5 of the target counts as met: port files hold six digits, and a port laid out for a target meets it.
    bool met() const {
        return value && (at_least ? *value >= target * (1 - 1e-5) : *value <= target * (1 + 1e-5));
    }
};
/// The targets carry a trust mark: the IAEA's documents were not readable here.
std::vector<FigureAndTarget> figures_and_targets(InAirFigures const& figures);

} // namespace beamwright
