// What is drawn from a port against its file: energies, places, directions, kinds of particle.
#include "port_testing.hpp"
#include "refusal_of.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

using test::chi_square_over_limit;

constexpr int draws = 400000;

std::vector<PortParticleState> drawn_from(PreparedPort const& port, std::uint32_t seed) {
    PortSampler const sampler{port.source.view()};
    std::vector<PortParticleState> particles;
    for (int i = 0; i < draws; ++i) {
        RandomStream random({seed, 0, static_cast<std::uint64_t>(i), 0});
        double const share = random.uniform();
        particles.push_back(sampler(share, random));
    }
    return particles;
}

/// Uniform numbers in 40 bins.
double uniformity(std::vector<double> const& numbers) {
    std::vector<double> counts(40), shares(40, 1.0);
    for (double const u : numbers) {
        counts[std::min(static_cast<std::size_t>(u * 40), std::size_t{39})] += 1;
    }
    return chi_square_over_limit(counts, shares);
}

PreparedPort prepared(PortModel const& port, PortSourceOptions options = {}) {
    Warnings warnings;
    return prepare_port(port, options, warnings);
}

// Every test below fails for a right sampler once in a million seeds (seeds are fixed)
TEST(PortSource, energies_follow_the_table_of_every_shipped_port) {
    for (char const* name : {"generic_epithermal", "fir1_k63", "accelerator_30MeV_beryllium"}) {
        auto const port = find_port(name);
        std::vector<double> counts(port.neutrons.shares.size());
        auto const& edges = port.neutrons.edges_eV;
        for (auto const& particle : drawn_from(prepared(port), 3)) {
            auto const above = std::upper_bound(edges.begin(), edges.end(), particle.energy_eV);
            ASSERT_TRUE(above != edges.begin() && above != edges.end()) << particle.energy_eV;
            counts[static_cast<std::size_t>(above - edges.begin()) - 1] += 1;
        }
        // One angular law for all energies: shares of the fluence are those of the current
        EXPECT_LT(chi_square_over_limit(counts, port.neutrons.shares), 1) << name;
    }
}

TEST(PortSource, a_wrong_table_is_seen) {
    auto const port = find_port("fir1_k63");
    auto wrong = port;
    for (std::size_t i = 0; i < wrong.neutrons.shares.size(); ++i) {
        wrong.neutrons.shares[i] *= 1 + 0.05 * std::sin(0.2 * static_cast<double>(i));
    }
    std::vector<double> counts(port.neutrons.shares.size());
    auto const& edges = port.neutrons.edges_eV;
    for (auto const& particle : drawn_from(prepared(wrong), 3)) {
        auto const above = std::upper_bound(edges.begin(), edges.end(), particle.energy_eV);
        counts[static_cast<std::size_t>(above - edges.begin()) - 1] += 1;
    }
    EXPECT_GT(chi_square_over_limit(counts, port.neutrons.shares), 1);
}

TEST(PortSource, within_a_group_energies_are_even_as_stated) {
    auto const small = test::port_of(test::port_text());
    std::vector<double> neutron, photon;
    for (auto const& particle : drawn_from(prepared(small), 4)) {
        if (particle.particle == PortParticle::neutron && particle.energy_eV >= 0.5 &&
            particle.energy_eV < 1e4) {
            neutron.push_back(std::log(particle.energy_eV / 0.5) / std::log(1e4 / 0.5));
        } else if (particle.particle == PortParticle::photon && particle.energy_eV < 5e5) {
            photon.push_back((particle.energy_eV - 1e5) / 4e5);
        }
    }
    EXPECT_LT(uniformity(neutron), 1);
    EXPECT_LT(uniformity(photon), 1);
}

TEST(PortSource, groups_with_their_own_angles_carry_their_own_current) {
    // Shares of fluence 1, 8, 1 with fluence over current 2 (cosine), the table's, 1 (parallel); photons 0.25
    // per neutron
    auto const small = test::port_of(test::port_text());
    double const table = fluence_per_current(small.angles[1]);
    double const neutrons = 1 / 2.0 + 8 / table + 1;
    std::vector<double> const shares{0.5 / neutrons, 8 / table / neutrons, 1 / neutrons, 0.25 * 0.75,
                                     0.25 * 0.25};
    auto const port = prepared(small);
    EXPECT_NEAR(port.particles_per_s, 1.25e12, 1);
    auto const count = [](std::vector<PortParticleState> const& particles, bool weighted) {
        std::vector<double> counts(5);
        for (auto const& p : particles) {
            bool const photon = p.particle == PortParticle::photon;
            std::size_t const group = photon              ? (p.energy_eV < 5e5 ? 3 : 4)
                                      : p.energy_eV < 0.5 ? 0
                                      : p.energy_eV < 1e4 ? 1
                                                          : 2;
            counts[group] += weighted ? p.weight : 1;
        }
        return counts;
    };
    EXPECT_LT(chi_square_over_limit(count(drawn_from(port, 5), false), shares), 1);
    // Photons drawn half of the time carry less weight: 0.2 of the particles over 0.5
    PortSourceOptions often;
    often.drawn_photon_share = 0.5;
    auto const more = drawn_from(prepared(small, often), 6);
    for (auto const& p : more) {
        ASSERT_NEAR(p.weight, p.particle == PortParticle::photon ? 0.4 : 1.6, 1e-12);
    }
    auto const plain = count(more, false), weighted = count(more, true);
    double const photons = (plain[3] + plain[4]) / draws;
    EXPECT_NEAR(photons, 0.5, 5 * 0.5 / std::sqrt(double{draws})); // 5 sigma: once in 2 million
    EXPECT_NEAR((weighted[3] + weighted[4]) / draws, 0.2, 5 * 0.4 * 0.5 / std::sqrt(double{draws}));
}

TEST(PortSource, places_fill_the_aperture_evenly) {
    auto const disk = find_port("fir1_k63");
    std::vector<double> radius, turn, x, y;
    for (auto const& p : drawn_from(prepared(disk), 7)) {
        ASSERT_EQ(p.position_mm.z, 0);
        radius.push_back((p.position_mm.x * p.position_mm.x + p.position_mm.y * p.position_mm.y) /
                         (70.0 * 70.0));
        turn.push_back(std::atan2(p.position_mm.y, p.position_mm.x) / (2 * 3.14159265358979) + 0.5);
        ASSERT_LE(radius.back(), 1 + 1e-12);
    }
    EXPECT_LT(uniformity(radius), 1);
    EXPECT_LT(uniformity(turn), 1);
    for (auto const& p : drawn_from(prepared(test::port_of(test::port_text())), 8)) {
        x.push_back((p.position_mm.x + 40) / 80);
        y.push_back((p.position_mm.y + 60) / 120);
    }
    EXPECT_LT(uniformity(x), 1);
    EXPECT_LT(uniformity(y), 1);
}

TEST(PortSource, directions_follow_their_law) {
    auto const port = find_port("fir1_k63");
    double const power = port.angles[0].power;
    std::vector<double> polar, turn;
    double inverse = 0;
    for (auto const& p : drawn_from(prepared(port), 9)) {
        ASSERT_NEAR(norm(p.direction), 1, 1e-12);
        double const mu = -p.direction.z;
        ASSERT_GT(mu, 0);
        polar.push_back(std::pow(mu, power + 1)); // cumulative share of the current
        turn.push_back(std::atan2(p.direction.y, p.direction.x) / (2 * 3.14159265358979) + 0.5);
        inverse += 1 / mu / draws;
    }
    EXPECT_LT(uniformity(polar), 1);
    EXPECT_LT(uniformity(turn), 1);
    // Fluence over current as seen: its variance is (n+1)/(n-1) - ((n+1)/n)^2
    double const mean = (power + 1) / power, sigma = std::sqrt((power + 1) / (power - 1) - mean * mean);
    EXPECT_NEAR(inverse, mean, 5 * sigma / std::sqrt(double{draws}));
    EXPECT_NEAR(1 / mean, 0.77, 1e-5);
    // The table of the small port: linear cumulative between its points
    std::vector<double> tabulated;
    for (auto const& p : drawn_from(prepared(test::port_of(test::port_text())), 10)) {
        if (p.particle == PortParticle::neutron && p.energy_eV >= 0.5 && p.energy_eV < 1e4) {
            double const mu = -p.direction.z;
            tabulated.push_back(mu < 0.8 ? 0.25 * (mu - 0.5) / 0.3 : 0.25 + 0.75 * (mu - 0.8) / 0.2);
        }
    }
    EXPECT_LT(uniformity(tabulated), 1);
}

} // namespace
} // namespace beamwright
