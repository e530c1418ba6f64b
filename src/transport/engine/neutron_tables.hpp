/// Owner of all tables that a neutron run reads: library, materials, what the flight between collisions needs.
#pragma once
#include "patient/voxel_world.hpp"
#include "tables/neutron_materials.hpp"
#include "tables/photon_materials.hpp"
#include "transport/step/neutron_media.hpp"
#include "transport/step/neutron_score_view.hpp"
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

class NeutronTables {
public:
    /// Material ids of the views are positions in `materials`. \throws Refusal for an element without data or a
    /// temperature that the library does not have.
    NeutronTables(std::vector<NeutronMaterialRequest> const& materials,
                  std::optional<Material> const& reference, double kelvin);

    /// Without a world: grid, materials of voxels, boron and majorant are the caller's.
    NeutronMediaView view() const;
    NeutronLibrary const& library() const { return library_; }
    /// Sentences on isotopes without data.
    std::vector<std::string> const& replaced() const { return neutrons_.replaced(); }
    std::size_t materials() const { return count_; }
    double nitrogen_share(std::uint32_t material) const { return nitrogen_share_[material]; }
    /// 0 without a reference tissue
    double reference_nitrogen() const { return reference_nitrogen_; }
    bool has_reference() const { return has_reference_; }
    /// Powers of two that no response exceeds, by NeutronQuantity.
    std::array<double, neutron_quantity_count> most_response() const;
    /// Greatest macroscopic total cross section of the world per cell of NeutronEnergyGrid.
    std::vector<float> majorant(VoxelWorld const& world, std::vector<float> const& boron_ppm) const;

private:
    void build_flight(std::uint32_t material);
    void build_notes();

    NeutronLibrary library_;
    std::size_t count_; ///< materials of the world; reference and nitrogen follow
    bool has_reference_;
    NeutronMaterials neutrons_;
    PhotonMaterials photons_;
    std::vector<NeutronTable> tables_;
    std::vector<NeutronFlightPoint> points_;
    std::vector<std::uint32_t> hash_;
    std::vector<NeutronNuclideNotes> notes_;
    std::vector<std::uint8_t> law_start_;
    std::vector<double> nitrogen_share_;
    double reference_nitrogen_ = 0;
    std::uint32_t boron_nuclide_;
};

} // namespace beamwright
