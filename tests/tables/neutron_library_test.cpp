#include "core/refusal.hpp"
#include "csv_rows.hpp"
#include "head_tissues.hpp"
#include "support.hpp"
#include "tables/neutron_library.hpp"
#include <cmath>
#include <gtest/gtest.h>

using namespace beamwright;
using beamwright::test::brain_material;
using beamwright::test::number;
using beamwright::test::read_csv;

namespace {

NeutronLibrary const& library() {
    static NeutronLibrary const loaded;
    return loaded;
}

double barn(char const* nuclide, int mt, double energy_eV) {
    return library().cross_section_barn(library().nuclide(nuclide), mt, energy_eV, 0);
}

/// Everything that does not leave a neutron of the same kind: all but elastic, at thermal energy.
double absorbed_barn(char const* nuclide) { return barn(nuclide, 1, 0.0253) - barn(nuclide, 2, 0.0253); }

} // namespace

// Values that the evaluators print for 2200 m/s (specification; ENDF/B-VIII.1). The library is linear to 0.1 %.
TEST(NeutronLibrary, has_the_evaluated_values_at_2200_m_per_s) {
    EXPECT_NEAR(barn("B10", 107, 0.0253), 3844.15, 4.0);
    EXPECT_NEAR(barn("H1", 102, 0.0253), 0.3326, 0.0004);
    EXPECT_NEAR(barn("N14", 103, 0.0253), 1.8271, 0.002);
    EXPECT_NEAR(barn("Cl35", 102, 0.0253), 43.60, 0.05);
    EXPECT_NEAR(barn("Na23", 102, 0.0253), 0.528, 0.001);
    EXPECT_NEAR(barn("K39", 102, 0.0253), 2.127, 0.003); // the reference transport code's value
}

// Measured absorption at 2200 m/s: V. F. Sears, Neutron News 3 (1992) 26. The bound is 3 of its uncertainties,
// at least 2 % (evaluations have moved since).
TEST(NeutronLibrary, absorption_agrees_with_measured_values) {
    struct Row {
        char const* nuclide;
        double barn, uncertainty;
    };
    for (Row const& r : {Row{"H1", 0.3326, 0.0007},
                         {"B10", 3835, 9},
                         {"N14", 1.91, 0.03},
                         {"Na23", 0.530, 0.005},
                         {"P31", 0.172, 0.006},
                         {"Cl35", 44.1, 0.4},
                         {"Cl37", 0.433, 0.006},
                         {"K39", 2.1, 0.1},
                         {"Ca40", 0.41, 0.02},
                         {"Al27", 0.231, 0.003},
                         {"Fe56", 2.59, 0.14},
                         {"S32", 0.54, 0.04},
                         {"Ar40", 0.660, 0.010},
                         {"Mg25", 0.19, 0.03}}) {
        double const bound = std::max(3 * r.uncertainty, 0.02 * r.barn);
        EXPECT_NEAR(absorbed_barn(r.nuclide), r.barn, bound) << r.nuclide;
    }
}

// Resonance integral above 0.5 eV of a 1/v absorber is 0.4498 sigma(2200 m/s); B-10 is one to about 1 %
// (Mughabghab, Atlas of Neutron Resonances 2006, gives 1722 +- 5 b).
TEST(NeutronLibrary, resonance_integral_of_boron) {
    double integral = 0;
    int const steps = 20000;
    double const low = std::log(0.5), high = std::log(1e5);
    for (int i = 0; i < steps; ++i) { // midpoints in the logarithm: error far below 0.01 %
        double const energy = std::exp(low + (i + 0.5) / steps * (high - low));
        integral += barn("B10", 107, energy) * (high - low) / steps;
    }
    EXPECT_NEAR(integral, 1722, 3 * 5);
}

TEST(NeutronLibrary, doppler_broadening_leaves_reactions_as_one_over_v_alone) {
    auto const b10 = library().nuclide("B10");
    for (double energy : {1e-4, 1e-2, 1.0, 100.0}) {
        double const cold = library().cross_section_barn(b10, 107, energy, library().temperature(293.6));
        double const warm = library().cross_section_barn(b10, 107, energy, library().temperature(310.0));
        EXPECT_NEAR(warm / cold, 1.0, 2e-3); // both are linear to 0.1 %
    }
}

// The pointwise tables of an independent processing program on the same evaluations, 67 energies, 293.6 K.
// Allowed: 0.3 %. Beyond it only (a) cross sections below 1 mb, to 1.7 %: that program joins
// points loosely where the integral is small (its 1/v capture is up to 1.6 % off the evaluations' own formula);
// (b) points on a flank, where 0.1 % of energy explains it; (c) energies at which the evaluation steps.
TEST(NeutronLibrary, agrees_with_the_reference_processing) {
    BW_NEEDS_SHARED(shared);
    auto const rows = read_csv((shared / "reference/neutron/reference/njoy2016_pointwise_293K.csv").string());
    ASSERT_GT(rows.size(), 2000U);
    NeutronData const& d = library().data();
    int compared = 0, loose = 0, flanks = 0;
    for (std::uint32_t n = 0; n < d.nuclides.size(); ++n) {
        std::string const file = d.evaluations[n].substr(0, d.evaluations[n].find(':'));
        for (auto const& row : rows) {
            double const energy = number(row, "energy_eV");
            if (row.at("file") != file || energy > 19.9e6) {
                continue;
            }
            for (int mt : {2, 102, 103, 107}) {
                double const wanted = number(row, "mt" + std::to_string(mt));
                if (wanted < 1e-6) {
                    continue;
                }
                ++compared;
                auto const at = [&](double e) { return library().cross_section_barn(n, mt, e, 0); };
                double const here = at(energy), left = at(energy * 0.999), right = at(energy * 1.001);
                if (std::abs(here / wanted - 1) <= 3e-3) {
                    continue;
                }
                bool const inside = wanted > std::min({left, here, right}) * 0.997 &&
                                    wanted < std::max({left, here, right}) * 1.003;
                if (inside) {
                    ++flanks;
                } else if (wanted < 1e-3 && std::abs(here / wanted - 1) < 0.017) {
                    ++loose;
                } else {
                    ADD_FAILURE() << d.nuclide_names[n] << " MT=" << mt << " at " << energy << " eV: " << here
                                  << " against " << wanted;
                }
            }
        }
    }
    std::printf("  %d values compared, %d on flanks or steps, %d loose in the reference\n", compared, flanks,
                loose);
    EXPECT_GT(compared, 4000);
    EXPECT_LT(flanks, compared / 100);
}

// Kerma of whole nuclides against the same program; the spec's bound is 0.5 %. Beyond it: points on flanks, and
// nuclides whose capture kerma that program takes from the evaluation's recoil spectra, O-18 (its spectra have the
// share 0.5, which is not normalized there; 0.2 % of oxygen), P-31, which that program leaves cold above a few keV, N-15's loose 1/v (docs/methods/neutron_data.md).
TEST(NeutronLibrary, kerma_agrees_with_the_reference_processing) {
    BW_NEEDS_SHARED(shared);
    auto const rows = read_csv((shared / "reference/neutron/reference/njoy2016_pointwise_293K.csv").string());
    NeutronData const& d = library().data();
    int compared = 0, beyond = 0;
    for (std::uint32_t n = 0; n < d.nuclides.size(); ++n) {
        std::string const file = d.evaluations[n].substr(0, d.evaluations[n].find(':'));
        std::string const& name = d.nuclide_names[n];
        bool const own_recoil = name == "Ar40" || name == "Ca44" || name == "Ti48" || name == "O18";
        for (auto const& row : rows) {
            double const energy = number(row, "energy_eV");
            double const wanted = number(row, "h301");
            if (row.at("file") != file || energy > 19.9e6 || wanted <= 0 || own_recoil) {
                continue;
            }
            ++compared;
            auto const at = [&](double e) {
                return library().other_kerma_eV_barn(n, e, 0) + library().named_kerma_eV_barn(n, e, 0);
            };
            double const here = at(energy), left = at(energy * 0.999), right = at(energy * 1.001);
            if (std::abs(here / wanted - 1) <= 5e-3) {
                continue;
            }
            ++beyond;
            bool const inside = wanted > std::min({left, here, right}) * 0.995 &&
                                wanted < std::max({left, here, right}) * 1.005;
            if (!inside) {
                std::printf("  %s at %g eV: %+.2f %%\n", name.c_str(), energy, 100 * (here / wanted - 1));
                if (name != "P31" && name != "N15") {
                    EXPECT_GT(energy, 1e6) << name; // below 1 MeV every difference is a flank
                }
                EXPECT_LT(std::abs(here / wanted - 1), 0.025) << name;
            }
        }
    }
    std::printf("  %d kerma values compared, %d beyond 0.5 %%\n", compared, beyond);
    EXPECT_GT(compared, 1700);
    EXPECT_LT(beyond, compared / 50);
}

// Brain without boron: the kerma factors behind the published head phantom (ICRU 63, ENDF/B-VI). The spec asks for
// 1 % below 1 MeV; leaving out the evaluation's narrow lines at 398 eV (Cl-35) and 4.25 keV.
TEST(NeutronLibrary, brain_kerma_agrees_with_the_published_table) {
    BW_NEEDS_SHARED(shared);
    auto const rows =
        read_csv((shared / "reference/neutron/reference/goorley2002_kerma_brain_neutron.csv").string());
    NeutronMixture const mixture = library().mixture(brain_material());
    double worst = 0;
    for (auto const& row : rows) {
        double const energy = number(row, "energy_MeV") * 1e6;
        if (energy < 0.0253 || energy > 1e6 || (energy > 300 && energy < 500) ||
            (energy > 4e3 && energy < 4.6e3)) {
            continue;
        }
        double eV_cm2_per_g = 0;
        for (auto const& part : mixture.parts) {
            eV_cm2_per_g += part.atoms_per_g_e24 * (library().other_kerma_eV_barn(part.nuclide, energy, 0) +
                                                    library().named_kerma_eV_barn(part.nuclide, energy, 0));
        }
        double const Gy_cm2 = eV_cm2_per_g * 1.602176634e-19 * 1e3;
        double const ratio = Gy_cm2 / (number(row, "kerma_cGy_cm2") * 1e-2);
        worst = std::max(worst, std::abs(ratio - 1));
        EXPECT_NEAR(ratio, 1.0, 0.0125) << energy; // K counts here, not there: up to 0.3 % of the kerma
    }
    std::printf("  worst deviation of the brain's kerma below 1 MeV: %.2f %%\n", 100 * worst);
}

TEST(NeutronLibrary, boron_kerma_per_ppm) {
    // 8.666e-14 Gy cm2 per ppm at 0.0253 eV (Goorley et al. 2002, deposited tables); evaluations differ by 0.1 %
    double const atoms = 1e-6 / 10.0129370 * 6.02214076e23;
    double const Gy_cm2 = atoms * library().named_kerma_eV_barn(library().nuclide("B10"), 0.0253, 0) * 1e-24 *
                          1.602176634e-19 * 1e3;
    EXPECT_NEAR(Gy_cm2, 8.666e-14, 0.003 * 8.666e-14);
}

TEST(NeutronLibrary, says_which_isotopes_had_to_be_replaced) {
    NeutronMixture const mixture = library().mixture(brain_material());
    bool potassium = false;
    for (std::string const& sentence : mixture.replaced) {
        potassium = potassium || sentence.find("K41 has no data") == 0;
    }
    EXPECT_TRUE(potassium);
    double mass = 0; // nothing is lost: the parts weigh a gram
    for (auto const& part : mixture.parts) {
        mass += part.atoms_per_g_e24 * library().data().nuclides[part.nuclide].mass_ratio * 1.00866491595 /
                0.602214076;
    }
    EXPECT_NEAR(mass, 1.0, 1e-3); // K39 weighs 1.3 % less than potassium
}

TEST(NeutronLibrary, refuses_what_it_does_not_hold) {
    EXPECT_THROW(library().mixture({"uranium", 19.0, {{92, 1.0}}, 0}), Refusal);
    EXPECT_THROW(library().nuclide("U235"), Refusal);
    EXPECT_THROW(library().temperature(600.0), Refusal);
    EXPECT_THROW(library().law("H in ZrH", 293.6), Refusal);
}
