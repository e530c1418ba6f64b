/// Sums the neutron data of materials: one table per material, thinned, with a hashed search.
#pragma once
#include "tables/neutron_library.hpp"
#include "tables/neutron_material_view.hpp"
#include <memory>
#include <string>
#include <vector>

namespace beamwright {

/// What hydrogen of a material is bound in.
enum class HydrogenLaw { water, polyethylene, free };

struct NeutronMaterialRequest {
    Material material;
    HydrogenLaw hydrogen = HydrogenLaw::water;
};

class NeutronMaterials {
public:
    /// Material ids of the view are positions in `requests`. \throws Refusal for an element without data or a
    /// temperature that the library does not have.
    NeutronMaterials(NeutronLibrary const& library, std::vector<NeutronMaterialRequest> const& requests,
                     double kelvin);
    ~NeutronMaterials();
    NeutronMaterials(NeutronMaterials&&) noexcept;
    NeutronMaterials& operator=(NeutronMaterials&&) noexcept;

    /// Valid as long as this object and the library live.
    NeutronMaterialsView view() const;
    /// Sentences on isotopes without data, material by material, for run.json and the report.
    std::vector<std::string> const& replaced() const;
    /// Points of a material's table, for documentation and tests.
    std::size_t points_of(std::uint32_t material) const;

private:
    struct Memory;
    std::unique_ptr<Memory> memory_;
};

/// Relative tolerance of straight lines in these tables, on top of the library's 0.1 %.
inline constexpr double neutron_material_tolerance = 5e-4;

} // namespace beamwright
