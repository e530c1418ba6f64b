// How components vary together, down to voxels with little dose.
#include "evaluate/capture/capture_rates.hpp"
#include "runs.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <gtest/gtest.h>

using namespace beamwright;
using namespace beamwright::test;

namespace {

constexpr int batches = 12;
constexpr std::int64_t batch = 2000;

NeutronRequest request_on(VoxelWorld const& world) {
    NeutronRequest request;
    request.world = &world;
    // Some ten thousand source particles for each neutron that is followed (the others are slow photons, drawn once in a
    // thousand), so that doses per source particle are those of a long run
    request.port = goorley_port();
    double neutrons = 0;
    for (auto& share : request.port.shares) {
        request.port.drawn.push_back(0.999 * share);
        neutrons += share;
    }
    PortBin photons;
    photons.low_eV = photons.high_eV = 2e3;
    photons.particle = PortParticle::photon;
    request.port.bins.push_back(photons);
    request.port.shares.push_back(3e4 * neutrons);
    request.port.drawn.push_back(0.001 * neutrons);
    request.port.prepare();
    request.port_to_patient = port_at_z(200);
    request.options.kelvin = 293.6;
    request.options.batch_histories = batch;
    request.tables = tables_for(request);
    return request;
}

CaptureRates rates_of(NeutronResult const& result, double particles_per_s) {
    auto const part = [](NeutronVolume const& volume) {
        return ComponentVolume{&volume.value, &volume.sigma};
    };
    SourceComponents from{part(result.boron_per_ppm),
                          part(result.nitrogen),
                          part(result.fast),
                          part(result.photon_induced),
                          {},
                          {}};
    for (std::size_t pair = 0; pair < from.correlation.size(); ++pair) {
        from.correlation[pair] = &result.correlation[pair];
    }
    return capture_rates(from, particles_per_s);
}

} // namespace

// The sigma of a weighted sum against the spread of the sum itself from batch to batch: what k batches give less what
// k - 1 give. The same histories, so both agree but for single precision.
TEST(NeutronCorrelation, gives_the_sigma_of_a_sum_in_every_voxel) {
    auto world = water_box({6, 6, 24}, 20);
    world.materials = {brain_material()};
    auto const request = request_on(world);
    double const per_s = 1e12;
    PerComponent<double> const weight = {30 * 3.8, 3.2, 3.2, 1.0};
    std::vector<std::vector<double>> sums; // of k batches, voxel by voxel
    CaptureRates rates;
    for (int k = 1; k <= batches; ++k) {
        rates = rates_of(run(request, k * batch), per_s);
        auto& sum = sums.emplace_back(world.grid.voxels());
        for (std::size_t v = 0; v < sum.size(); ++v) {
            sum[v] = k * (weight.boron * double{rates.boron_Gy_per_min_per_ppm[v]} +
                          weight.nitrogen * double{rates.nitrogen_Gy_per_min[v]} +
                          weight.fast * double{rates.fast_Gy_per_min[v]} +
                          weight.photon * double{rates.photon_Gy_per_min[v]});
        }
    }
    double const most = *std::max_element(sums.back().begin(), sums.back().end());
    int low = 0;
    double least = 1;
    for (std::size_t v = 0; v < world.grid.voxels(); ++v) {
        double const mean = sums.back()[v] / batches;
        double spread = 0;
        for (std::size_t k = 0; k < sums.size(); ++k) {
            double const one = sums[k][v] - (k == 0 ? 0.0 : sums[k - 1][v]);
            spread += (one - mean) * (one - mean);
        }
        double const sigma = std::sqrt(spread / (batches - 1) / batches);
        ComponentCovariance<double> covariance;
        for (std::size_t i = 0; i < capture_covariance_count; ++i) {
            covariance.upper[i] = double{rates.covariance[v].upper[i]};
        }
        // Batch sums come as differences of single-precision means: 1e-7 of the sum each; correlations to 1e-6
        double const rounding = 1e-6 * batches * mean + 2e-4 * sigma;
        EXPECT_NEAR(std::sqrt(variance_of(weight, covariance)), sigma, rounding) << "voxel " << v;
        least = mean > 0 ? std::min(least, mean * batches / most) : least;
        low += mean > 0 && mean * batches < 1e-4 * most ? 1 : 0;
    }
    EXPECT_GT(low, 3) << least;
}

TEST(NeutronCorrelation, lies_between_minus_one_and_one_and_is_zero_where_nothing_varies) {
    auto const world = water_box({5, 5, 12}, 30);
    auto const result = run(request_on(world), 4 * batch);
    int together = 0;
    for (auto const& volume : result.correlation) {
        for (std::size_t v = 0; v < world.grid.voxels(); ++v) {
            float const r = volume.values[v];
            EXPECT_LE(std::fabs(r), 1.0F);
            together += std::fabs(r) > 0.2F ? 1 : 0;
        }
    }
    EXPECT_GT(together, 10);
    auto const& boron_nitrogen = result.correlation[static_cast<unsigned>(NeutronPair::boron_nitrogen)];
    for (std::size_t v = 0; v < world.grid.voxels(); ++v) { // water holds no nitrogen
        EXPECT_EQ(boron_nitrogen.values[v], 0.0F);
    }
}
