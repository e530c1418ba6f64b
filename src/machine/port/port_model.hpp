/// A neutron port as data: aperture, spectra, angles, strength, published figures. docs/formats/port.md
#pragma once
#include "core/json.hpp"
#include "core/refusal.hpp"
#include "machine/port_source.hpp"
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// Directions of particles up to an energy; the laws of a port rise in `below_eV`, the last one holds to the
/// top.
struct PortAngleLaw {
    double below_eV = std::numeric_limits<double>::infinity();
    PortAngularLaw law = PortAngularLaw::parallel;
    double power = 0; ///< of cosine_power (of the current: fluence has one power less)
    std::vector<double> cosines{}, cumulative{}; ///< of table, of the current
};

enum class SpectrumQuantity : std::uint8_t { current, fluence };

/// Particles in groups.
struct PortSpectrum {
    std::vector<double> edges_eV; ///< rising, one more than shares
    std::vector<double> shares;   ///< any sum
    PortBinShape within = PortBinShape::even_in_logarithm;
    SpectrumQuantity quantity = SpectrumQuantity::fluence;
};

struct PortPhotons {
    PortSpectrum spectrum;
    double per_neutron = 0; ///< photon current over neutron current
};

/// Neutrons through the aperture per second at the stated setting.
struct PortStrength {
    std::string setting; ///< "250 kW reactor power", "1 mA proton current"
    std::string unit;    ///< of `amount`: "MW", "mA", "monitor count"
    double amount = 0;
    double neutrons_per_s = 0;
    std::string derivation, trust;
};

/// A published figure, as printed.
struct PortFigure {
    std::string quantity, unit, trust, source;
    double value = 0;
    std::optional<double> sigma;
};

struct PortModel {
    std::string name, description;
    std::string kind; ///< "reactor", "accelerator", "reference"
    std::string trust;
    std::vector<std::string> sources;
    std::vector<std::string> missing; ///< what is not known about this port, in sentences
    PortAperture aperture = PortAperture::disk;
    double radius_mm = 0, half_x_mm = 0, half_y_mm = 0;
    std::optional<double> housing_radius_mm; ///< of what surrounds the aperture and may not enter the patient
    PortSpectrum neutrons;
    std::optional<PortPhotons> photons;
    std::vector<PortAngleLaw> angles;
    PortStrength strength;
    std::vector<PortFigure> figures;

    double aperture_cm2() const;
    /// From the axis to the farthest point of the aperture.
    double reach_mm() const;
};

PortModel port_from_json(JsonReader const& json);
/// \throws Refusal naming `source` and the field
void check_port(PortModel const& port, std::string const& source);
/// data/ports/<name>.json or a path. \throws Refusal
PortModel find_port(std::string const& name_or_path);

/// Index of the law that holds at an energy.
std::size_t angle_law_at(PortModel const& port, double energy_eV);
/// Fluence over current of a law: the mean of 1/cosine of the current. Infinite where particles graze the
/// plane.
double fluence_per_current(PortAngleLaw const& law);

/// Neutrons through the aperture per second at another setting, in the port's unit (0.1 MW). \throws Refusal
/// unless > 0
double neutrons_per_s_at(PortModel const& port, double amount);

/// What transport takes, and how many source particles (neutrons and photons) leave the port in a second.
struct PreparedPort {
    PortSource source;
    double particles_per_s = 0;
    double neutrons_per_s = 0;
};
struct PortSourceOptions {
    /// Share of drawn particles that are photons, where the port has them; absent: the true one. Weights make
    /// up for it.
    std::optional<double> drawn_photon_share;
    /// Share of drawn neutrons above 10 keV, among them by energy: few, but they make the fast dose.
    std::optional<double> drawn_fast_share;
};
/// Shares of fluence become shares of current, bin by bin. Warns for a port whose own photons are not known.
PreparedPort prepare_port(PortModel const& port, PortSourceOptions const& options, Warnings& warnings);

} // namespace beamwright
