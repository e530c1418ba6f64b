#include "jobs/capture_figures.hpp"
#include "machine/port/port_figures.hpp"
#include "tables/material_library.hpp"
#include "tables/neutron_materials.hpp"
#include "tables/photon_materials.hpp"

namespace beamwright {

namespace {

constexpr double kelvin = 310;

NeutronMaterials tissue_of(NeutronLibrary const& library) {
    return {library, {{MaterialLibrary::shipped().named(figure_tissue), HydrogenLaw::water}}, kelvin};
}

} // namespace

BoronAbsorption absorption_of(NeutronLibrary const& library) {
    auto const tissue = tissue_of(library);
    return boron_absorption(tissue.view(), 0);
}

Json in_air_json(PortModel const& port, double strength, NeutronLibrary const& library) {
    auto const neutrons = tissue_of(library);
    PhotonMaterials const photons(library, {MaterialLibrary::shipped().named(figure_tissue)});
    auto at_setting = port;
    at_setting.strength.amount *= strength;
    at_setting.strength.neutrons_per_s *= strength;
    auto const figures = in_air_figures(at_setting, {neutrons.view(), 0, photons.view(), 0});
    Json json{{"tissue", figure_tissue},
              {"thermal_per_cm2_s", figures.thermal_per_cm2_s},
              {"epithermal_per_cm2_s", figures.epithermal_per_cm2_s},
              {"fast_per_cm2_s", figures.fast_per_cm2_s},
              {"figures", Json::array()}};
    for (auto const& row : figures_and_targets(figures)) {
        json["figures"].push_back({{"quantity", row.quantity},
                                   {"unit", row.unit},
                                   {"value", row.value ? Json(*row.value) : Json()},
                                   {"target", row.target},
                                   {"at_least", row.at_least},
                                   {"met", row.met()},
                                   {"source", row.source}});
    }
    return json;
}

} // namespace beamwright
