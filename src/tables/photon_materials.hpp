/// Sums the photon data of materials on one energy grid.
#pragma once
#include "tables/neutron_library.hpp"
#include "tables/photon_material_view.hpp"
#include <memory>
#include <vector>

namespace beamwright {

class PhotonMaterials {
public:
    /// Material ids of the view are positions in `materials`. \throws Refusal for an element without data.
    PhotonMaterials(NeutronLibrary const& library, std::vector<Material> const& materials);
    ~PhotonMaterials();
    PhotonMaterials(PhotonMaterials&&) noexcept;
    PhotonMaterials& operator=(PhotonMaterials&&) noexcept;

    /// Valid as long as this object lives.
    PhotonMaterialsView view() const;

private:
    struct Memory;
    std::unique_ptr<Memory> memory_;
};

} // namespace beamwright
