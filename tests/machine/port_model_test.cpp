// Port files: what is read, what is refused, and the in-air figures.
#include "core/data_files.hpp"
#include "machine/port/port_figures.hpp"
#include "port_testing.hpp"
#include "refusal_of.hpp"
#include "tables/material_library.hpp"
#include "tables/neutron_materials.hpp"
#include "tables/photon_materials.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

using test::port_of;
using test::port_text;
using test::replaced;

struct Tissue {
    NeutronLibrary library;
    Material brain = MaterialLibrary::shipped().named("Brain");
    NeutronMaterials neutrons{library, {{brain, HydrogenLaw::water}}, 293.6};
    PhotonMaterials photons{library, {brain}};
    FigureTissue view() const { return {neutrons.view(), 0, photons.view(), 0}; }
    static Tissue const& shared() {
        static Tissue const tissue;
        return tissue;
    }
};

TEST(PortFiles, all_shipped_ports_are_sound) {
    auto const names = data_names("ports");
    EXPECT_GE(names.size(), 3U);
    for (auto const& name : names) {
        auto const port = find_port(name);
        EXPECT_EQ(port.name, name);
        EXPECT_FALSE(port.trust.empty());
        Warnings warnings;
        auto const prepared = prepare_port(port, {}, warnings);
        EXPECT_EQ(prepared.particles_per_s, port.strength.neutrons_per_s); // none has photons of its own yet
        EXPECT_EQ(warnings.all().size(), 1U);
    }
}

TEST(PortFiles, everything_is_read) {
    auto const port = port_of(port_text());
    EXPECT_EQ(port.angles.size(), 3U);
    EXPECT_NEAR(port.aperture_cm2(), 8 * 12, 1e-12);
    EXPECT_NEAR(port.reach_mm(), std::hypot(40, 60), 1e-12);
    EXPECT_EQ(port.photons->per_neutron, 0.25);
    EXPECT_EQ(angle_law_at(port, 0.1), 0U);
    EXPECT_EQ(angle_law_at(port, 0.5), 1U);
    EXPECT_EQ(angle_law_at(port, 1e6), 2U);
    EXPECT_EQ(port.figures[0].sigma, 0.1);
}

TEST(PortFiles, strength_goes_with_the_setting) {
    auto const port = find_port("fir1_k63"); // 0.25 MW
    EXPECT_NEAR(neutrons_per_s_at(port, 0.1), 0.4 * port.strength.neutrons_per_s, 1e-3);
    EXPECT_THROW(neutrons_per_s_at(port, 0), Refusal);
}

TEST(PortFiles, are_refused_by_field) {
    auto const refused = [](std::string const& from, std::string const& to) {
        return test::refusal_of([&] { port_of(replaced(port_text(), from, to)); });
    };
    auto const names = [](Refusal const& refusal, char const* field) {
        return refusal.problem.find("small.json") != std::string::npos &&
               refusal.problem.find(field) != std::string::npos && !refusal.why.empty() &&
               !refusal.what_to_do.empty();
    };
    EXPECT_TRUE(names(refused("port 1", "port 9"), "format"));
    EXPECT_TRUE(names(refused("rectangle", "hexagon"), "shape"));
    EXPECT_TRUE(names(refused("\"half_x_mm\": 40", "\"half_x_mm\": -4"), "half_x_mm"));
    EXPECT_TRUE(names(refused("0.01, 0.5, 10000", "0.01, 20000, 10000"), "edges_eV"));
    EXPECT_TRUE(names(refused("[1, 8, 1]", "[1, 8]"), "edges_eV"));
    EXPECT_TRUE(names(refused("[1, 8, 1]", "[1, -8, 1]"), "shares"));
    EXPECT_TRUE(names(refused("[1, 8, 1]", "[0, 0, 0]"), "shares"));
    EXPECT_TRUE(names(refused("\"below_eV\": 10000", "\"below_eV\": 0.2"), "angles"));
    EXPECT_TRUE(
        names(refused("{\"law\": \"parallel\"}", "{\"below_eV\": 20000, \"law\": \"parallel\"}"), "angles"));
    EXPECT_TRUE(names(refused("[0, 0.25, 1]", "[0, 0.25, 0.9]"), "cosines"));
    EXPECT_TRUE(names(refused("\"neutrons_per_s\": 1e12", "\"neutrons_per_s\": 0"), "neutrons_per_s"));
    EXPECT_TRUE(names(refused("\"housing_radius_mm\": 200", "\"housing_radius_mm\": 20"), "housing"));
    EXPECT_TRUE(names(refused("\"power\": 1", "\"power\": 0"), "graze"));
    EXPECT_TRUE(
        names(refused("\"trust\": \"made for tests\",", "\"trust\": \"x\", \"colour\": 1,"), "colour"));
    EXPECT_TRUE(names(refused("[\"none\"]", "[]"), "source"));
}

TEST(PortFiles, fluence_over_current_is_the_closed_form) {
    EXPECT_NEAR(fluence_per_current({.law = PortAngularLaw::cosine_power, .power = 1}), 2,
                1e-14); // isotropic fluence
    EXPECT_NEAR(fluence_per_current({.law = PortAngularLaw::cosine_power, .power = 4}), 1.25, 1e-14);
    EXPECT_EQ(fluence_per_current({}), 1);
    PortAngleLaw table{.law = PortAngularLaw::table, .cosines = {0.5, 1}, .cumulative = {0, 1}};
    EXPECT_NEAR(fluence_per_current(table), 2 * std::log(2.0), 1e-14); // mean of 1/mu over 0.5 to 1
}

TEST(PortFigures, of_the_generic_beam_are_its_definition) {
    auto const figures = in_air_figures(find_port("generic_epithermal"), Tissue::shared().view());
    // shares are printed with six digits
    EXPECT_NEAR(figures.epithermal_per_cm2_s, 0.89e10, 1e-5 * 1e10);
    EXPECT_NEAR(figures.thermal_per_cm2_s, 0.1e10, 1e-5 * 1e10);
    EXPECT_NEAR(figures.fast_per_cm2_s, 0.01e10, 1e-5 * 1e10);
    EXPECT_NEAR(figures.current_over_fluence, 1, 1e-9);
    EXPECT_NEAR(figures.thermal_over_epithermal, 0.1 / 0.89, 1e-5);
}

TEST(PortFigures, of_fir1_are_the_published_ones) {
    auto const port = find_port("fir1_k63");
    auto const figures = in_air_figures(port, Tissue::shared().view());
    // Seppala 2002, table 4; the builder scales each region to them and prints six digits
    EXPECT_NEAR(figures.epithermal_per_cm2_s, 1.07e9, 1e-5 * 1.07e9);
    EXPECT_NEAR(figures.fast_per_cm2_s, 3.45e7, 1e-5 * 3.45e7);
    EXPECT_NEAR(figures.thermal_per_cm2_s, 7.19e7, 1e-5 * 7.19e7);
    EXPECT_NEAR(figures.current_over_fluence, 0.77, 1e-5);
    auto const targets = figures_and_targets(figures);
    EXPECT_TRUE(targets[0].met());              // epithermal fluence rate
    EXPECT_FALSE(targets[3].value.has_value()); // photons: not known, and not made up
    EXPECT_FALSE(targets[3].met());
    EXPECT_FALSE(targets[4].met()); // 0.067 thermal
    EXPECT_TRUE(targets[5].met());
}

TEST(PortFigures, a_port_laid_out_for_a_target_meets_it) {
    auto const figures = in_air_figures(find_port("accelerator_30MeV_beryllium"), Tissue::shared().view());
    auto const target = figures_and_targets(figures)[5];
    EXPECT_NEAR(*target.value, 0.7, 1e-5);
    EXPECT_TRUE(target.met());
    EXPECT_FALSE((FigureAndTarget{"", "", 0.69998, 0.7, true, ""}.met()));
    EXPECT_FALSE((FigureAndTarget{"", "", 0.70002, 0.7, false, ""}.met()));
}

TEST(PortFigures, fast_dose_is_the_kerma_of_the_fast_part) {
    // A line at 1 MeV beside the epithermal part; the kerma is the table's own, the integral is what is
    // tested
    auto port = find_port("generic_epithermal");
    port.neutrons = {
        {1.0, 10.0, 9.99e5, 1.001e6}, {1, 0, 0.02}, PortBinShape::even_in_energy, SpectrumQuantity::current};
    auto const tissue = Tissue::shared().view();
    auto const figures = in_air_figures(port, tissue);
    auto const at = neutron_material_at(tissue.neutrons, 0, 1e6);
    double const kerma = 1.602176634e-10 * (at.nitrogen_kerma_MeV_cm2_per_g + at.other_kerma_MeV_cm2_per_g);
    EXPECT_NEAR(figures.fast_dose_Gy_cm2, 0.02 * kerma,
                0.01 * 0.02 * kerma); // oxygen's resonance at 1.0 MeV: 1 %
    port.photons =
        PortPhotons{{{1.24e6, 1.26e6}, {1}, PortBinShape::even_in_energy, SpectrumQuantity::current}, 0.1};
    auto const with = in_air_figures(port, tissue);
    // mu_en/rho of brain at 1.25 MeV: 0.02955 cm2/g (NIST, ICRU-44 brain); 1 % is the library's own bound
    double const photon = 0.1 * 1.25 * 0.02955 * 1.602176634e-10;
    EXPECT_NEAR(*with.photon_dose_Gy_cm2, photon * 1.02, 0.01 * photon); // per epithermal neutron, 1 of 1.02
}

} // namespace
} // namespace beamwright
