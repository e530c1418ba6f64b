// Volumes where too few particles came, against shares counted by hand.
#include "jobs/capture_trust.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

/// Four voxels in a row; the structure holds the first three whole and half of the last.
struct Row {
    Grid grid;
    Volume<float> body, boron_ratio;
    std::vector<CaptureTissue> tissues{1};
    std::vector<std::uint8_t> tissue_index = std::vector<std::uint8_t>(4, 0);
    ComponentDoses components;
    std::array<Volume<float>, capture_component_count> sigmas;

    Row() {
        grid.size = {4, 1, 1};
        auto& c = components;
        for (auto* volume : {&body, &boron_ratio, &c.boron_Gy, &c.nitrogen_Gy, &c.fast_Gy, &c.photon_Gy}) {
            fill(*volume, 1);
        }
        for (auto& volume : sigmas) {
            fill(volume, 0.05F);
        }
        tissues[0].weights.weight = {1, 1, 1, 1};
    }
    void fill(Volume<float>& volume, float value) const {
        volume = Volume<float>(grid);
        std::fill(volume.values.begin(), volume.values.end(), value);
    }
    UncertainShares shares() const {
        StructureVoxels structure;
        structure.name = "Brain";
        structure.runs = {{{0, 0, 0}, 4}};
        structure.weight = {1, 1, 1, 0.5F};
        structure.voxel_cm3 = 1;
        structure.whole_voxels = 3.5;
        return uncertain_shares(structure,
                                {grid, body, boron_ratio, tissues, tissue_index, components, sigmas});
    }
};

constexpr double whole = 100 / 3.5, half = 50 / 3.5; // percent of the structure

TEST(CaptureTrust, well_known_doses_leave_no_volume) {
    Row row;
    auto const shares = row.shares();
    for (double const percent : shares.component_percent) {
        EXPECT_EQ(percent, 0);
    }
    EXPECT_EQ(shares.weighted_percent, 0);
}

TEST(CaptureTrust, counts_voxels_above_the_line_by_their_partial_volume) {
    Row row;
    float const above = 1.01F * static_cast<float>(trusted_relative_sigma);
    row.sigmas[0].values[1] = above; // boron, one voxel
    row.sigmas[2].values[3] = above; // fast, the half voxel
    row.sigmas[3].values[2] = 0.99F * static_cast<float>(trusted_relative_sigma);
    row.components.nitrogen_Gy.values[0] = 0; // scored nothing though others did: none there to come
    row.sigmas[1].values[0] = 0;
    auto const shares = row.shares();
    EXPECT_NEAR(shares.component_percent[0], whole, 1e-9);
    EXPECT_EQ(shares.component_percent[1], 0);
    EXPECT_NEAR(shares.component_percent[2], half, 1e-9);
    EXPECT_EQ(shares.component_percent[3], 0);
    EXPECT_NEAR(shares.weighted_percent, whole + half, 1e-9);
}

TEST(CaptureTrust, a_component_that_hardly_counts_does_not_touch_the_weighted_dose) {
    Row row;
    auto& fast = row.components.fast_Gy.values;
    fast[1] = 0.99F * 3 / 9; // of 3 + 3/9 a tenth, less a little
    fast[2] = 1.01F * 3 / 9;
    row.sigmas[2].values[1] = row.sigmas[2].values[2] = 0.2F;
    auto const shares = row.shares();
    EXPECT_NEAR(shares.component_percent[2], 2 * whole, 1e-9);
    EXPECT_NEAR(shares.weighted_percent, whole, 1e-9);
}

TEST(CaptureTrust, no_boron_is_known_no_particle_is_not) {
    Row row;
    row.boron_ratio.values[0] = 0; // no boron in the tissue
    for (std::size_t const v : {std::size_t{0}, std::size_t{1}}) {
        row.components.boron_Gy.values[v] = 0;
        row.sigmas[0].values[v] = 0;
    }
    row.body.values[2] = 0; // outside the body: no dose is asked for
    for (auto& volume : row.sigmas) {
        volume.values[2] = 1;
    }
    auto const shares = row.shares();
    EXPECT_NEAR(shares.component_percent[0], whole, 1e-9); // the second voxel alone
    EXPECT_EQ(shares.component_percent[3], 0);
    EXPECT_EQ(shares.weighted_percent, 0); // what did not come does not count in the sum
}

} // namespace
} // namespace beamwright
