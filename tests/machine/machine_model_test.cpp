#include "core/data_files.hpp"
#include "machine_testing.hpp"
#include "support.hpp"

using namespace beamwright;
using namespace beamwright::test;

TEST(MachineModel, optics_are_linear_between_energies) {
    auto const machine = small_machine();
    auto const at = optics_at(machine, 125);
    EXPECT_DOUBLE_EQ(at.mean_energy_MeV, 0.75 * 100.4 + 0.25 * 200.2);
    EXPECT_DOUBLE_EQ(at.energy_sigma_MeV, 0.75 * 0.8 + 0.25 * 1.0);
    ASSERT_EQ(at.gaussians.size(), 2u);
    EXPECT_DOUBLE_EQ(at.gaussians[0].x.sigma_mm, 0.75 * 4 + 0.25 * 3);
    EXPECT_DOUBLE_EQ(at.gaussians[0].y.correlation, 0.75 * -0.2 + 0.25 * 0.1);
    // A second Gaussian that begins at 200 MeV fades in by its weight, not by its shape
    EXPECT_DOUBLE_EQ(at.gaussians[1].weight, 0.25 * 0.1);
    EXPECT_DOUBLE_EQ(at.gaussians[0].weight + at.gaussians[1].weight, 1);
    EXPECT_DOUBLE_EQ(protons_per_MU_at(machine, 125), 1.25e8);
}

TEST(MachineModel, tabulated_energies_are_met_exactly) {
    auto const machine = small_machine();
    EXPECT_EQ(optics_at(machine, 100).mean_energy_MeV, 100.4);
    EXPECT_EQ(optics_at(machine, 200).mean_energy_MeV, 200.2);
    EXPECT_EQ(protons_per_MU_at(machine, 200), 2e8);
    EXPECT_EQ(optics_at(machine, 200.004f).nominal_energy_MeV, 200); // rounding of a plan is forgiven
}

TEST(MachineModel, energy_outside_is_refused_with_the_range) {
    for (double const energy : {99.0, 200.5, -1.0, std::nan("")}) {
        auto const refusal = refusal_of([&] { (void)optics_at(small_machine(), energy); });
        EXPECT_TRUE(holds(refusal.why, "100 to 200 MeV")) << refusal.why;
    }
}

TEST(MachineModel, a_list_of_energies_binds) {
    auto machine = small_machine();
    machine.limits.energies_MeV = {100, 150.2, 200};
    EXPECT_NO_THROW((void)optics_at(machine, 150.2));
    EXPECT_TRUE(holds(refusal_of([&] { (void)optics_at(machine, 151); }).why, "100, 150.2, 200"));
}

TEST(MachineModel, unsound_figures_are_refused) {
    auto const broken = [](auto change) {
        auto machine = small_machine();
        change(machine);
        return refusal_of([&] { check_machine(machine, "m.json"); }).problem;
    };
    EXPECT_TRUE(holds(broken([](auto& m) { m.energies.clear(); }), "no energies"));
    EXPECT_TRUE(holds(broken([](auto& m) { std::swap(m.energies[0], m.energies[1]); }), "follows 200 MeV"));
    EXPECT_TRUE(holds(broken([](auto& m) { m.energies[0].protons_per_MU = 0; }), "protons per MU"));
    EXPECT_TRUE(
        holds(broken([](auto& m) { m.energies[0].optics.energy_sigma_MeV = 30; }), "energy spread 30 MeV"));
    EXPECT_TRUE(
        holds(broken([](auto& m) { m.energies[0].optics.mean_energy_MeV = 260; }), "mean energy 260 MeV"));
    EXPECT_TRUE(
        holds(broken([](auto& m) { m.energies[1].optics.gaussians[1].weight = 0.5; }), "weights sum"));
    EXPECT_TRUE(holds(broken([](auto& m) { m.energies[0].optics.gaussians[0].x.correlation = 1.2; }),
                      "correlation 1.2"));
    EXPECT_TRUE(holds(broken([](auto& m) { m.energies[0].optics.gaussians[0].x.sigma_mm = std::nan(""); }),
                      "sigma nan"));
    EXPECT_TRUE(holds(broken([](auto& m) { m.virtual_source_x_mm = 400; }), "virtual source 400"));
    EXPECT_TRUE(holds(broken([](auto& m) { m.optics_plane_z_mm = -5; }), "optics plane"));
}

TEST(MachineModel, every_shipped_machine_is_sound_and_has_range_shifters) {
    auto const names = data_names("machines");
    EXPECT_GE(names.size(), 4u);
    for (auto const& name : names) {
        auto const machine = find_machine(name);
        EXPECT_EQ(machine.name, name);
        EXPECT_FALSE(machine.sources.empty()) << name;
        EXPECT_FALSE(machine.trust.empty()) << name;
        EXPECT_FALSE(machine.range_shifters.empty()) << name;
        EXPECT_TRUE(machine.virtual_source_x_mm && machine.virtual_source_y_mm) << name;
        for (auto const& shifter : machine.range_shifters) {
            EXPECT_TRUE(shifter.material && (shifter.thickness_mm || shifter.wet_mm)) << name;
        }
    }
}

// Thinning the DCPT table to 1 MeV may cost what no measurement of it can see: 0.1 % in protons per MU, 0.02
// MeV in energy (0.03 mm of range), 2 % of the spot size (0.1 mm).
TEST(MachineModel, thinned_dcpt_models_agree_with_the_whole_tables) {
    BW_NEEDS_SHARED(shared);
    for (std::string const version : {"v2", "v5"}) {
        auto const thin = find_machine("dcpt_probeam_" + version);
        auto const whole = load_machine(shared / "reference/proton/beam_models" /
                                        ("dcpt_varian_probeam_" + version + ".csv"));
        EXPECT_EQ(whole.optics_plane_z_mm, thin.optics_plane_z_mm);
        EXPECT_GT(whole.energies.size(), 1700u);
        double worst_protons = 0, worst_energy = 0, worst_sigma = 0;
        for (auto const& energy : whole.energies) {
            auto const& exact = energy.optics;
            auto const here = optics_at(thin, exact.nominal_energy_MeV);
            double const protons = protons_per_MU_at(thin, exact.nominal_energy_MeV);
            worst_protons = std::max(worst_protons, std::abs(protons / energy.protons_per_MU - 1));
            worst_energy = std::max(worst_energy, std::abs(here.mean_energy_MeV - exact.mean_energy_MeV));
            auto const at_isocenter = [](AxisOptics const& axis, double z) {
                double const d = axis.divergence_rad * z;
                return std::sqrt(axis.sigma_mm * axis.sigma_mm + 2 * axis.correlation * axis.sigma_mm * d +
                                 d * d);
            };
            double const z = whole.optics_plane_z_mm;
            worst_sigma = std::max(
                worst_sigma,
                std::abs(at_isocenter(here.gaussians[0].x, z) / at_isocenter(exact.gaussians[0].x, z) - 1));
        }
        EXPECT_LT(worst_protons, 1e-3) << version;
        EXPECT_LT(worst_energy, 0.02) << version;
        EXPECT_LT(worst_sigma, 0.02) << version;
    }
}
