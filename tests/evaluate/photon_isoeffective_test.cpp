// Photon-isoeffective dose: time factors against their definition, the printed form of the model, limits and
// relations.
#include "evaluate/biology/capture_sets.hpp"
#include "refusal_of.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

using Dose = PerComponent<double>;

/// G by its definition: midpoints of both times, n x n.
double by_definition(Irradiation const& run, double constant_min, bool a_is_boron, bool b_is_boron) {
    constexpr int n = 1500;
    double const step = run.minutes / n;
    auto const rate = [&](bool boron, int i) {
        return boron ? run.blood.ppm_at(run.start_min + (i + 0.5) * step) : 1.0;
    };
    double sum = 0, a = 0, b = 0;
    for (int i = 0; i < n; ++i) {
        a += rate(a_is_boron, i);
        b += rate(b_is_boron, i);
        for (int j = 0; j < n; ++j) {
            sum +=
                rate(a_is_boron, i) * rate(b_is_boron, j) * std::exp(-std::abs(i - j) * step / constant_min);
        }
    }
    return sum / (a * b);
}

TEST(RepairFactors, is_the_formula_of_lea_and_catcheside) {
    for (double const x : {0.05, 0.3, 1.0, 7.0}) { // time constant over duration
        double const printed = 2 * x * (1 - x * (1 - std::exp(-1 / x)));
        EXPECT_NEAR(steady_repair_factor(x * 60, 60), printed, 1e-13);
        auto const factors = repair_factors({60, 0, BloodLevel::constant(20)}, x * 60);
        EXPECT_NEAR(factors.boron_boron, printed, 1e-12);
        EXPECT_NEAR(factors.boron_steady, printed, 1e-12);
    }
    EXPECT_NEAR(steady_repair_factor(1e6, 1), 1, 1e-6);     // no time for repair
    EXPECT_NEAR(steady_repair_factor(1, 1e6), 2e-6, 1e-11); // all is repaired: 2x
    EXPECT_NEAR(steady_repair_factor(100, 0.9999), steady_repair_factor(100, 1.0001),
                1e-6); // where series and formula meet
}

TEST(RepairFactors, follows_the_blood_as_the_double_integral_does) {
    Irradiation const run{90, 25, {{{18, 0.02}, {9, 0.002}}}};
    // The midpoint rule misses the kink of |t - w| by step / (3 time constant) of the diagonal: 1e-6 relative
    for (double const constant_min : {24.0, 200.0}) {
        auto const made = repair_factors(run, constant_min);
        EXPECT_NEAR(made.boron_boron, by_definition(run, constant_min, true, true), 2e-5);
        EXPECT_NEAR(made.boron_steady, by_definition(run, constant_min, true, false), 2e-5);
        EXPECT_NEAR(made.steady_steady, by_definition(run, constant_min, false, false), 2e-5);
    }
    // A decay that equals the repair rate is no special case
    auto const equal = repair_factors({60, 0, {{{10, 1 / 30.0}}}}, 30),
               near = repair_factors({60, 0, {{{10, 1 / 30.0 + 1e-9}}}}, 30);
    EXPECT_NEAR(equal.boron_boron, near.boron_boron, 1e-7);
}

IsoeffectiveTissue<double> ready(char const* tissue, Irradiation const& run) {
    return isoeffective_tissue(parameters_of(find_isoeffective_set("transcribed_2026"), tissue), run);
}

/// The model as users of it print it, for constant boron: four components, pair by pair.
double printed_form(IsoeffectiveParameters const& p, Dose d, double minutes) {
    auto const lea = [](double constant, double time) {
        double const x = constant / time;
        return 2 * x * (1 - x * (1 - std::exp(-1 / x)));
    };
    double const gf = lea(p.fast_repair_min, minutes), gs = lea(p.slow_repair_min, minutes);
    double const pb = p.fast_share_capture, pg = p.fast_share_photon;
    double const total = d.boron + d.nitrogen + d.fast + d.photon;
    double const fb = d.boron / total, fn = (d.nitrogen + d.fast) / total, fg = d.photon / total;
    double const g11 = pb * gf + (1 - pb) * gs, g33 = pg * gf + (1 - pg) * gs;
    double const g12 = gs - (fb / (fb + fn) * pb + fn / (fb + fn) * pb) * (gs - gf);
    double const g23 = gs - (fn / (fn + fg) * pb + fg / (fn + fg) * pg) * (gs - gf);
    double const g31 = gs - (fg / (fb + fg) * pg + fb / (fb + fg) * pb) * (gs - gf);
    auto const& a = p.alpha_per_Gy;
    auto const& b = p.beta_per_Gy2;
    double const linear = a.boron * d.boron + a.nitrogen * d.nitrogen + a.fast * d.fast + a.photon * d.photon;
    double const square = g11 * b.boron * d.boron * d.boron + g11 * b.nitrogen * d.nitrogen * d.nitrogen +
                          g11 * b.fast * d.fast * d.fast + g33 * b.photon * d.photon * d.photon +
                          2 * g12 * std::sqrt(b.boron * b.nitrogen) * d.boron * d.nitrogen +
                          2 * g12 * std::sqrt(b.boron * b.fast) * d.boron * d.fast +
                          2 * g31 * std::sqrt(b.boron * b.photon) * d.boron * d.photon +
                          2 * g11 * std::sqrt(b.nitrogen * b.fast) * d.nitrogen * d.fast +
                          2 * g23 * std::sqrt(b.nitrogen * b.photon) * d.nitrogen * d.photon +
                          2 * g23 * std::sqrt(b.fast * b.photon) * d.fast * d.photon;
    double const gr = pg * lea(p.fast_repair_min, p.reference_minutes) +
                      (1 - pg) * lea(p.slow_repair_min, p.reference_minutes);
    return 0.5 * (a.photon / b.photon / gr) *
           (std::sqrt(1 + 4 * gr * b.photon / (a.photon * a.photon) * (linear + square)) - 1);
}

TEST(PhotonIsoeffective, is_the_printed_formula) {
    auto const set = find_isoeffective_set("transcribed_2026");
    for (auto const& p : set.tissues) {
        for (double const minutes : {10.0, 45.0, 180.0}) {
            for (Dose const dose : {Dose{8, 0.6, 0.4, 2.5}, Dose{0.3, 0.02, 0.2, 0.1}, Dose{30, 2, 1, 6}}) {
                auto const tissue = isoeffective_tissue(p, {minutes, 0, BloodLevel::constant(25)});
                double const printed = printed_form(p, dose, minutes);
                EXPECT_NEAR(photon_isoeffective_dose_Gy(tissue, dose), printed, 1e-10 * printed) << p.tissue;
            }
        }
    }
}

TEST(PhotonIsoeffective, photons_given_as_the_reference_count_as_themselves) {
    for (char const* name : {"brain", "mucosa", "glioblastoma_U87"}) {
        auto const tissue = ready(name, {30, 0, BloodLevel::constant(20)}); // 30 min as the reference
        EXPECT_NEAR(photon_isoeffective_dose_Gy(tissue, {0, 0, 0, 7.3}), 7.3, 1e-12);
        auto const longer = ready(name, {120, 0, BloodLevel::constant(20)});
        EXPECT_LT(photon_isoeffective_dose_Gy(longer, {0, 0, 0, 7.3}), 7.3); // more time for repair
    }
}

TEST(PhotonIsoeffective, with_one_repair_it_is_a_perfect_square) {
    // Equal shares and times: synergy makes (sum of sqrt(beta) D)^2 G
    auto const p = parameters_of(find_isoeffective_set("transcribed_2026"), "gliosarcoma_coderre_in_vitro");
    auto const tissue = isoeffective_tissue(p, {60, 0, BloodLevel::constant(20)});
    Dose const d{6, 0.5, 0.3, 3};
    double const g = steady_repair_factor(60, 60), gr = steady_repair_factor(60, 30);
    double const root = std::sqrt(0.01) * 6 + std::sqrt(0.17) * 0.8 + std::sqrt(0.01) * 3;
    double const effect = 2.32 * 6 + 0.41 * 0.8 + 0.13 * 3 + g * root * root;
    double const photon = photon_isoeffective_dose_Gy(tissue, d);
    EXPECT_NEAR(0.13 * photon + gr * 0.01 * photon * photon, effect, 1e-11 * effect); // equal survival
}

TEST(PhotonIsoeffective, an_irradiation_cut_in_two_is_the_same_irradiation) {
    auto const p = parameters_of(find_isoeffective_set("transcribed_2026"), "glioblastoma_U87");
    Irradiation const whole{60, 10, BloodLevel::constant(20)}, early{24, 10, BloodLevel::constant(20)},
        late{36, 34, BloodLevel::constant(20)};
    Dose const d{6, 0.5, 0.4, 2}, a{2.4, 0.2, 0.16, 0.8}, b{3.6, 0.3, 0.24, 1.2};
    auto const tissue = isoeffective_tissue(p, whole);
    double const one = capture_effect(tissue, d).effect;
    double const two = capture_effect(isoeffective_tissue(p, early), a, d).effect +
                       capture_effect(isoeffective_tissue(p, late), b, d).effect +
                       crossed_effect(tissue, a, b, d, crossed_factors(early, late, p.fast_repair_min),
                                      crossed_factors(early, late, p.slow_repair_min));
    EXPECT_NEAR(two, one, 1e-11 * one);
    // With falling boron the shares of the pairs differ between the halves, the factors still join: boron
    // alone
    BloodLevel const falling{{{20, 0.02}, {5, 0.001}}};
    Irradiation const w{60, 10, falling}, e{24, 10, falling}, l{36, 34, falling};
    double const x = e.blood_ppm_min(), y = l.blood_ppm_min();
    auto const boron_only = [&](Irradiation const& run, double dose) {
        return capture_effect(isoeffective_tissue(
                                  parameters_of(find_isoeffective_set("transcribed_2026"), "brain"), run),
                              Dose{dose, 0, 0, 0})
            .effect;
    };
    auto const brain = parameters_of(find_isoeffective_set("transcribed_2026"), "brain");
    double const joined =
        boron_only(e, 0.01 * x) + boron_only(l, 0.01 * y) +
        crossed_effect(isoeffective_tissue(brain, w), {0.01 * x, 0, 0, 0}, {0.01 * y, 0, 0, 0},
                       {0.01 * (x + y), 0, 0, 0}, crossed_factors(e, l, brain.fast_repair_min),
                       crossed_factors(e, l, brain.slow_repair_min));
    EXPECT_NEAR(joined, boron_only(w, 0.01 * (x + y)), 1e-10 * joined);
    // A day between them: nothing is left to meet
    auto const next_day = crossed_factors(early, {36, 1474, BloodLevel::constant(20)}, 60);
    EXPECT_LT(next_day.steady_steady, 1e-9);
    EXPECT_THROW(crossed_factors(early, {36, 20, BloodLevel::constant(20)}, 60), Refusal);
}

TEST(PhotonIsoeffective, small_doses_go_with_the_ratio_of_alphas) {
    auto const tissue = ready("head_neck_tumor_in_vitro", {40, 0, BloodLevel::constant(20)});
    // The next term is beta / alpha^2 of the effect: 2e-6 for 1e-6 Gy
    EXPECT_NEAR(photon_isoeffective_dose_Gy(tissue, {1e-6, 0, 0, 0}) / 1e-6, 2.5095 / 0.235, 1e-4);
    EXPECT_EQ(photon_isoeffective_dose_Gy(tissue, {0, 0, 0, 0}), 0);
}

TEST(PhotonIsoeffective, slopes_are_those_of_the_dose) {
    for (char const* name : {"brain", "mucosa", "glioblastoma_U87"}) {
        auto const tissue = ready(name, {70, 20, {{{20, 0.01}, {8, 0.001}}}});
        Dose const d{5, 0.5, 0.4, 2};
        auto const slopes = photon_isoeffective_slopes(tissue, d);
        auto const numeric = [&](double Dose::*part) {
            Dose up = d, down = d;
            up.*part += 1e-5;
            down.*part -= 1e-5;
            return (photon_isoeffective_dose_Gy(tissue, up) - photon_isoeffective_dose_Gy(tissue, down)) /
                   2e-5;
        };
        // central differences: rounding 1e-10, third derivative below
        EXPECT_NEAR(slopes.boron, numeric(&Dose::boron), 1e-7 * slopes.boron + 1e-8);
        EXPECT_NEAR(slopes.nitrogen, numeric(&Dose::nitrogen), 1e-7 * slopes.nitrogen + 1e-8);
        EXPECT_NEAR(slopes.fast, numeric(&Dose::fast), 1e-7 * slopes.fast + 1e-8);
        EXPECT_NEAR(slopes.photon, numeric(&Dose::photon), 1e-7 * slopes.photon + 1e-8);
    }
}

TEST(CaptureSets, are_read_with_their_sources_and_refused_by_field) {
    auto const weights = find_capture_weights("bpa_common");
    EXPECT_EQ(weights_of(weights, "tumor").weight.boron, 3.8);
    EXPECT_EQ(weights_of(weights, "brain").weight.boron, 1.35);
    EXPECT_EQ(weights_of(weights, "brain").weight.fast, 3.2);
    EXPECT_FALSE(weights.trust.empty());
    auto const unknown = test::refusal_of([&] { weights_of(weights, "lung"); });
    EXPECT_NE(unknown.why.find("tumor, brain, skin"), std::string::npos);
    auto const text =
        R"({"format": "beamwright capture weights 1", "name": "x", "description": "", "trust": "",
        "sources": ["a"], "tissues": [{"tissue": "t", "source": "s",
        "weights": {"boron": -1, "nitrogen": 1, "fast": 1, "photon": 1}}]})";
    auto const wrong =
        test::refusal_of([&] { capture_weights_from_json(JsonReader::from_text(text, "mine.json")); });
    EXPECT_NE(wrong.problem.find("mine.json"), std::string::npos);
    EXPECT_NE(wrong.problem.find("boron"), std::string::npos);
    auto const brain = parameters_of(find_isoeffective_set("transcribed_2026"), "brain");
    EXPECT_NE(brain.note.find("half-times"), std::string::npos);
}

} // namespace
} // namespace beamwright
