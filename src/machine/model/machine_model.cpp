#include "machine/model/machine_model.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// Plans carry energies as 32-bit numbers or with two decimals.
constexpr double energy_tolerance_MeV = 0.01;

struct Between {
    std::size_t below;
    double share; ///< of the energy above
    double energy_MeV;
};

std::string shown_energies(std::vector<double> const& energies) {
    std::string text;
    for (double const energy : energies) {
        text += fmt::format("{}{}", text.empty() ? "" : ", ", energy);
        if (text.size() > 200) {
            return text + ", ...";
        }
    }
    return text;
}

Between find_energy(MachineModel const& machine, double nominal_energy_MeV) {
    auto const nominal = [&](std::size_t i) { return machine.energies[i].optics.nominal_energy_MeV; };
    std::size_t const last = machine.energies.size() - 1;
    auto const& list = machine.limits.energies_MeV;
    bool const listed = list.empty() || std::any_of(list.begin(), list.end(), [&](double energy) {
                            return std::abs(energy - nominal_energy_MeV) <= energy_tolerance_MeV;
                        });
    if (!listed) {
        refuse(fmt::format("energy {} MeV is none of machine '{}'", nominal_energy_MeV, machine.name),
               "it delivers " + shown_energies(list) + " MeV",
               "check the plan's machine, or use the right machine file");
    }
    if (!(nominal_energy_MeV >= nominal(0) - energy_tolerance_MeV &&
          nominal_energy_MeV <= nominal(last) + energy_tolerance_MeV)) {
        refuse(fmt::format("energy {} MeV is outside machine '{}'", nominal_energy_MeV, machine.name),
               fmt::format("its beam model holds {} to {} MeV", nominal(0), nominal(last)),
               "check the plan's machine, or use a machine file that holds this energy");
    }
    double const energy = std::clamp(nominal_energy_MeV, nominal(0), nominal(last));
    std::size_t below = 0;
    while (below + 2 < machine.energies.size() && nominal(below + 1) <= energy) {
        ++below;
    }
    if (last == 0) {
        return {0, 0.0, energy};
    }
    return {below, (energy - nominal(below)) / (nominal(below + 1) - nominal(below)), energy};
}

double mixed(double a, double b, double share) { return a + share * (b - a); }

AxisOptics mixed(AxisOptics const& a, AxisOptics const& b, double share) {
    return {mixed(a.sigma_mm, b.sigma_mm, share), mixed(a.divergence_rad, b.divergence_rad, share),
            mixed(a.correlation, b.correlation, share)};
}

/// The n-th Gaussian of an energy; a missing second one has the shape of the first and no weight.
SpotGaussian gaussian(EnergyOptics const& energy, std::size_t n) {
    if (n < energy.gaussians.size()) {
        return energy.gaussians[n];
    }
    SpotGaussian none = energy.gaussians.front();
    none.weight = 0;
    return none;
}

void check_axis(AxisOptics const& axis, std::string const& where) {
    bool const sound = axis.sigma_mm > 0 && axis.sigma_mm < 100 && axis.divergence_rad >= 0 &&
                       axis.divergence_rad < 0.1 && axis.correlation >= -1 && axis.correlation <= 1;
    if (!sound) {
        refuse(fmt::format("{}: sigma {} mm, divergence {} rad, correlation {}", where, axis.sigma_mm,
                           axis.divergence_rad, axis.correlation),
               "allowed: sigma above 0 and below 100 mm, divergence 0 to 0.1 rad, correlation -1 to 1",
               "correct the figures (and check their units)");
    }
}

void check_energy(MachineEnergy const& energy, std::string const& source) {
    auto const& optics = energy.optics;
    std::string const where = fmt::format("{}: energy {} MeV", source, optics.nominal_energy_MeV);
    auto const need = [&](bool holds, std::string const& problem, std::string const& why) {
        if (!holds) {
            refuse(where + ": " + problem, why, "correct the figure (and check its unit)");
        }
    };
    need(optics.nominal_energy_MeV >= 1 && optics.nominal_energy_MeV <= 255, "not usable",
         "this program transports protons from 0.5 to 250 MeV");
    need(optics.mean_energy_MeV >= 1 && optics.mean_energy_MeV <= 250.0,
         fmt::format("mean energy {} MeV", optics.mean_energy_MeV), "allowed: 1 to 250 MeV");
    need(optics.energy_sigma_MeV >= 0 && optics.energy_sigma_MeV <= 0.2 * optics.mean_energy_MeV,
         fmt::format("energy spread {} MeV", optics.energy_sigma_MeV),
         "allowed: 0 to 20 % of the mean energy");
    need(energy.protons_per_MU > 0, fmt::format("{} protons per MU", energy.protons_per_MU),
         "must be positive");
    need(optics.gaussians.size() == 1 || optics.gaussians.size() == 2,
         fmt::format("{} Gaussians", optics.gaussians.size()), "one or two are known");
    double weights = 0;
    for (auto const& one : optics.gaussians) {
        need(one.weight >= 0, fmt::format("weight {}", one.weight), "weights are not negative");
        weights += one.weight;
        check_axis(one.x, where + ": x");
        check_axis(one.y, where + ": y");
    }
    need(std::abs(weights - 1) < 1e-3, fmt::format("weights sum to {}", weights), "they must sum to 1");
}

} // namespace

EnergyOptics optics_at(MachineModel const& machine, double nominal_energy_MeV) {
    auto const [below, share, energy_MeV] = find_energy(machine, nominal_energy_MeV);
    auto const& a = machine.energies[below].optics;
    auto const& b = machine.energies[std::min(below + 1, machine.energies.size() - 1)].optics;
    EnergyOptics optics;
    optics.nominal_energy_MeV = energy_MeV;
    optics.mean_energy_MeV = mixed(a.mean_energy_MeV, b.mean_energy_MeV, share);
    optics.energy_sigma_MeV = mixed(a.energy_sigma_MeV, b.energy_sigma_MeV, share);
    double weights = 0;
    for (std::size_t n = 0; n < std::max(a.gaussians.size(), b.gaussians.size()); ++n) {
        SpotGaussian const one = gaussian(a, n), other = gaussian(b, n);
        optics.gaussians.push_back({mixed(one.weight, other.weight, share), mixed(one.x, other.x, share),
                                    mixed(one.y, other.y, share)});
        weights += optics.gaussians.back().weight;
    }
    for (auto& one : optics.gaussians) {
        one.weight /= weights;
    }
    return optics;
}

double protons_per_MU_at(MachineModel const& machine, double nominal_energy_MeV) {
    auto const [below, share, energy_MeV] = find_energy(machine, nominal_energy_MeV);
    auto const above = std::min(below + 1, machine.energies.size() - 1);
    return mixed(machine.energies[below].protons_per_MU, machine.energies[above].protons_per_MU, share);
}

void check_machine(MachineModel const& machine, std::string const& source) {
    if (machine.energies.empty()) {
        refuse(source + ": no energies", "a machine needs at least one", "add the beam model's table");
    }
    for (std::size_t i = 0; i < machine.energies.size(); ++i) {
        check_energy(machine.energies[i], source);
        double const energy = machine.energies[i].optics.nominal_energy_MeV;
        if (i > 0 && !(energy > machine.energies[i - 1].optics.nominal_energy_MeV)) {
            refuse(fmt::format("{}: energy {} MeV follows {} MeV", source, energy,
                               machine.energies[i - 1].optics.nominal_energy_MeV),
                   "nominal energies must rise", "sort the table and remove doubled energies");
        }
    }
    if (!(machine.optics_plane_z_mm >= 0 && machine.optics_plane_z_mm <= 10000)) {
        refuse(fmt::format("{}: optics plane at {} mm", source, machine.optics_plane_z_mm),
               "allowed: 0 to 10000 mm upstream of the isocenter", "correct it (and check its unit)");
    }
    for (auto const& distance : {machine.virtual_source_x_mm, machine.virtual_source_y_mm}) {
        if (distance && *distance != 0 && !(*distance > machine.optics_plane_z_mm && *distance <= 1e9)) {
            refuse(
                fmt::format("{}: virtual source {} mm from the isocenter", source, *distance),
                fmt::format("it must lie upstream of the optics plane at {} mm", machine.optics_plane_z_mm),
                "correct it (and check its unit); a parallel beam is written \"parallel\"");
        }
    }
}

} // namespace beamwright
