#include "machine/port/port_model.hpp"
#include "core/contracts.hpp"
#include "lanes/constants.hpp"
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace beamwright {

namespace {

/// The same spectrum as shares of the current, by the angular law of each group.
std::vector<double> current_shares(PortModel const& port, PortSpectrum const& spectrum) {
    std::vector<double> shares = spectrum.shares;
    for (std::size_t i = 0; i < shares.size() && spectrum.quantity == SpectrumQuantity::fluence; ++i) {
        double const middle_eV = std::sqrt(spectrum.edges_eV[i] * spectrum.edges_eV[i + 1]);
        shares[i] /= fluence_per_current(port.angles[angle_law_at(port, middle_eV)]);
    }
    double const sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    for (double& share : shares) {
        share /= sum;
    }
    return shares;
}

void add_bins(PortModel const& port, PortSpectrum const& spectrum, PortParticle particle, double all,
              PortSource& source) {
    auto const shares = current_shares(port, spectrum);
    for (std::size_t i = 0; i < shares.size(); ++i) {
        double const low = spectrum.edges_eV[i], high = spectrum.edges_eV[i + 1];
        auto const law = static_cast<std::uint32_t>(angle_law_at(port, std::sqrt(low * high)));
        source.bins.push_back({low, high, spectrum.within, particle, law, 1.0});
        source.shares.push_back(all * shares[i]);
    }
}

constexpr double fast_from_eV = 1e4;

enum class Drawn : std::uint8_t { slow, fast, photon };
Drawn kind_of(PortBin const& bin) {
    return bin.particle == PortParticle::photon ? Drawn::photon
           : bin.low_eV >= fast_from_eV         ? Drawn::fast
                                                : Drawn::slow;
}

/// Draws some kinds more often than they come, the others less. A kind that the port does not have gets nothing.
std::vector<double> drawn_shares(PortSource const& source, PortSourceOptions const& options) {
    std::array<double, 3> is{}, weighed{};
    std::vector<double> drawn = source.shares;
    for (std::size_t i = 0; i < source.bins.size(); ++i) {
        auto const& bin = source.bins[i];
        auto const kind = kind_of(bin);
        // What a fast neutron gives grows with its energy: drawn by it, all give alike and none has a large weight
        drawn[i] *= kind == Drawn::fast ? bin.low_eV + bin.high_eV : 1;
        is[static_cast<std::size_t>(kind)] += source.shares[i];
        weighed[static_cast<std::size_t>(kind)] += drawn[i];
    }
    double const all = is[0] + is[1] + is[2];
    double const photon = is[2] > 0 ? options.drawn_photon_share.value_or(is[2] / all) : 0;
    double const fast_of_neutrons = is[1] > 0 && is[0] > 0
                                        ? options.drawn_fast_share.value_or(is[1] / (is[0] + is[1]))
                                        : (is[1] > 0 ? 1 : 0);
    std::array<double, 3> const wanted{(1 - photon) * (1 - fast_of_neutrons), (1 - photon) * fast_of_neutrons,
                                       photon};
    for (std::size_t i = 0; i < drawn.size(); ++i) {
        auto const kind = static_cast<std::size_t>(kind_of(source.bins[i]));
        drawn[i] *= weighed[kind] > 0 ? wanted[kind] / weighed[kind] : 0;
    }
    return drawn;
}

void check_share(std::optional<double> const& share, char const* what) {
    if (share && !(*share > 0 && *share < 1)) {
        refuse(fmt::format("{} shall be {} of the drawn particles", what, *share), "all kinds must be drawn",
               "state a share between 0 and 1");
    }
}

} // namespace

double PortModel::aperture_cm2() const {
    double const mm2 =
        aperture == PortAperture::disk ? constants::pi * radius_mm * radius_mm : 4 * half_x_mm * half_y_mm;
    return 0.01 * mm2;
}

double PortModel::reach_mm() const {
    return aperture == PortAperture::disk ? radius_mm : std::hypot(half_x_mm, half_y_mm);
}

std::size_t angle_law_at(PortModel const& port, double energy_eV) {
    std::size_t law = 0;
    while (law + 1 < port.angles.size() && !(energy_eV < port.angles[law].below_eV)) {
        ++law;
    }
    return law;
}

double fluence_per_current(PortAngleLaw const& law) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    if (law.law == PortAngularLaw::cosine_power) { // integral of (n + 1) mu^(n - 1)
        return law.power > 0 ? (law.power + 1) / law.power : infinite;
    }
    if (law.law != PortAngularLaw::table) {
        return 1;
    }
    double sum = 0;
    for (std::size_t i = 1; i < law.cosines.size(); ++i) {
        double const share = law.cumulative[i] - law.cumulative[i - 1];
        double const low = law.cosines[i - 1], high = law.cosines[i];
        if (share > 0) {
            sum += low > 0 ? share * std::log(high / low) / (high - low) : infinite;
        }
    }
    return sum;
}

void check_port(PortModel const& port, std::string const& source) {
    if (port.sources.empty()) {
        refuse(fmt::format("{}: port '{}' names no source", source, port.name),
               "figures without a source cannot be checked by anybody",
               "name where they come from in 'sources'");
    }
    if (port.housing_radius_mm && *port.housing_radius_mm < port.reach_mm()) {
        refuse(fmt::format("{}: the housing of port '{}' ({} mm) is narrower than its aperture", source,
                           port.name, *port.housing_radius_mm),
               fmt::format("the aperture reaches {:.1f} mm from the axis", port.reach_mm()),
               "correct aperture.housing_radius_mm");
    }
    for (auto const& law : port.angles) {
        bool const fluence = port.neutrons.quantity == SpectrumQuantity::fluence ||
                             (port.photons && port.photons->spectrum.quantity == SpectrumQuantity::fluence);
        if (fluence && !std::isfinite(fluence_per_current(law))) {
            refuse(fmt::format("{}: port '{}' has particles that graze its plane", source, port.name),
                   "their fluence is infinite, so shares of fluence cannot be turned into shares of current",
                   "give the spectrum as current, or angles that end before 90 degrees");
        }
    }
}

double neutrons_per_s_at(PortModel const& port, double amount) {
    if (!(amount > 0) || !std::isfinite(amount)) {
        refuse(fmt::format("port '{}' at {} {}", port.name, amount, port.strength.unit),
               "it would send out nothing", fmt::format("state a setting above 0 {}", port.strength.unit));
    }
    return port.strength.neutrons_per_s * amount / port.strength.amount;
}

PreparedPort prepare_port(PortModel const& port, PortSourceOptions const& options, Warnings& warnings) {
    PreparedPort prepared;
    auto& source = prepared.source;
    source.name = port.name;
    source.aperture = port.aperture;
    source.radius_mm = port.radius_mm;
    source.half_x_mm = port.half_x_mm;
    source.half_y_mm = port.half_y_mm;
    for (auto const& law : port.angles) {
        source.angles.push_back({law.law, law.power, static_cast<std::uint32_t>(source.cosines.size()),
                                 static_cast<std::uint32_t>(law.cosines.size())});
        source.cosines.insert(source.cosines.end(), law.cosines.begin(), law.cosines.end());
        source.cosine_cumulative.insert(source.cosine_cumulative.end(), law.cumulative.begin(),
                                        law.cumulative.end());
    }
    add_bins(port, port.neutrons, PortParticle::neutron, 1.0, source);
    double per_neutron = 0;
    if (port.photons && port.photons->per_neutron > 0) {
        per_neutron = port.photons->per_neutron;
        add_bins(port, port.photons->spectrum, PortParticle::photon, per_neutron, source);
    } else {
        warnings.add(fmt::format("the photons of port '{}' itself are not known", port.name),
                     "the photon dose is that of capture in the patient alone",
                     "add 'photons' to the port file if they are measured");
    }
    check_share(options.drawn_photon_share, "photons");
    check_share(options.drawn_fast_share, "fast neutrons");
    if (options.drawn_photon_share || options.drawn_fast_share) {
        source.drawn = drawn_shares(source, options);
    }
    source.prepare();
    prepared.neutrons_per_s = port.strength.neutrons_per_s;
    prepared.particles_per_s = port.strength.neutrons_per_s * (1 + per_neutron);
    return prepared;
}

} // namespace beamwright
