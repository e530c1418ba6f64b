// PortSourceOptions::drawn_fast_share: fast source neutrons drawn more often, those of higher energy most; weights make up.
#include "machine/port/port_model.hpp"
#include "runs.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <algorithm>
#include <gtest/gtest.h>

using namespace beamwright;
using namespace beamwright::test;

namespace {

using Part = NeutronVolume NeutronResult::*;
constexpr std::array<Part, 7> parts = {&NeutronResult::boron_per_ppm, &NeutronResult::nitrogen,
                                       &NeutronResult::fast,          &NeutronResult::photon_induced,
                                       &NeutronResult::flux_thermal,  &NeutronResult::flux_epithermal,
                                       &NeutronResult::flux_fast};
constexpr std::size_t depths = 3;

PreparedPort port_with(std::optional<double> fast_share) {
    Warnings warnings;
    PortSourceOptions options;
    options.drawn_fast_share = fast_share;
    return prepare_port(find_port("generic_epithermal"), options, warnings);
}

Sample sample_with(std::optional<double> fast_share, std::int64_t histories, std::uint32_t first_seed) {
    auto world = water_box({10, 10, 12}, 10);
    world.materials = {brain_material()};
    NeutronRequest request;
    request.world = &world;
    request.port = port_with(fast_share).source;
    request.port_to_patient = port_at_z(100);
    request.options.kelvin = 293.6;
    request.options.correlation = false;
    static auto const tables = tables_for(request);
    request.tables = tables;
    return sample_of(request, histories, 20, first_seed, [&](NeutronResult const& result) {
        std::vector<double> numbers;
        for (auto const part : parts) {
            for (std::size_t d = 0; d < depths; ++d) {
                auto const slab = region_where(world.grid, [&](Vec3<double> p) {
                    return std::fabs((60 - p.z) - (30.0 * static_cast<double>(d) + 15)) < 15;
                });
                numbers.push_back(mean_over(slab, (result.*part).value));
            }
        }
        return numbers;
    });
}

} // namespace

// 21 numbers: every component and flux group in three layers of 3 cm. Each sigma comes from 20 runs (38 degrees of freedom
// in the difference): |t| above 5.2 comes once in 1.4e5 numbers, so a right program fails once in 7e3 seeds. Power: a bias
// of 7 sigma is seen with 96 %; the bounds make that 12, 20 and 40 % in the three layers, 12, 40 and 80 % for fast dose and
// fast flux, of which the true shares give little to count. The second test has no such limit.
TEST(DrawnFastShare, leaves_every_component_and_group_where_it_is) {
    auto const plain = sample_with({}, 12'000, 1), often = sample_with(0.4, 8'000, 1001);
    for (std::size_t i = 0; i < parts.size() * depths; ++i) {
        double const sigma = std::hypot(plain.sigma(i), often.sigma(i));
        EXPECT_NEAR(often.mean(i), plain.mean(i), 5.2 * sigma) << "number " << i;
        bool const fast = i / depths == 2 || i / depths == 6;
        std::array<double, depths> const most =
            fast ? std::array{0.12, 0.4, 0.8} : std::array{0.12, 0.2, 0.4};
        EXPECT_LT(7 * sigma / plain.mean(i), most[i % depths]) << "number " << i;
    }
    // What it is for: the fast flux at depth has a smaller spread for the same number of histories
    double const gain = plain.sigma(6 * depths + 2) / often.sigma(6 * depths + 2);
    EXPECT_GT(gain, 1.0);
}

// The shares themselves, without chance: drawn share times weight is the true share of every bin, and the fast bins
// take the share that was asked for.
TEST(DrawnFastShare, weights_make_up_for_it_bin_by_bin) {
    auto const plain = port_with({}).source, often = port_with(0.4).source;
    double all = 0, all_drawn = 0, fast = 0;
    for (std::size_t i = 0; i < plain.bins.size(); ++i) {
        all += plain.shares[i];
        all_drawn += often.drawn[i];
        fast += often.bins[i].low_eV >= 1e4 ? often.drawn[i] : 0;
    }
    EXPECT_NEAR(fast / all_drawn, 0.4, 1e-12);
    for (std::size_t i = 0; i < plain.bins.size(); ++i) {
        EXPECT_NEAR(often.bins[i].weight * often.drawn[i] / all_drawn, plain.shares[i] / all,
                    1e-12 * plain.shares[i] / all)
            << "bin " << i;
    }
}

// What a fast neutron leaves follows its energy; weight times energy alike, so no rare one makes much of a dose.
TEST(DrawnFastShare, fast_neutrons_carry_the_same_weight_times_energy) {
    auto const often = port_with(0.5).source;
    double least = 1e300, most = 0;
    for (auto const& bin : often.bins) {
        if (bin.low_eV >= 1e4) {
            least = std::min(least, bin.weight * (bin.low_eV + bin.high_eV));
            most = std::max(most, bin.weight * (bin.low_eV + bin.high_eV));
        }
    }
    EXPECT_GT(least, 0);
    EXPECT_LT(most, least * (1 + 1e-9));
}
