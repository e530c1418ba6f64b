#include "core/data_files.hpp"
#include "machine/treatment/beam_sources.hpp"
#include "machine_testing.hpp"
#include "tables/material_library.hpp"
#include "tables/proton_materials.hpp"

using namespace beamwright;
using namespace beamwright::test;

namespace {

Plan small_plan() {
    Plan plan;
    TreatmentBeam beam;
    beam.number = 2;
    beam.name = "left";
    beam.gantry_deg = 90;
    beam.isocenter_mm = {10, 20, 30};
    beam.layers = {{150, {{10, -20, 2.5}, {0, 0, 0}, {-30, 5, 1.25}}}, {120, {{4, 4, 0.5}}}};
    plan.beams = {beam};
    return plan;
}

Plan with_shifter(RangeShifterSetting setting) {
    Plan plan = small_plan();
    plan.beams[0].range_shifters = {std::move(setting)};
    return plan;
}

MachineModel with_shifter_model(RangeShifterModel shifter) {
    auto machine = small_machine();
    machine.range_shifters = {std::move(shifter)};
    return machine;
}

std::string problem_of(Plan const& plan, MachineModel const& machine) {
    Warnings warnings;
    auto const refusal = refusal_of([&] { (void)make_beam_sources(plan, machine, warnings); });
    return refusal.problem + " | " + refusal.why + " | " + refusal.what_to_do;
}

} // namespace

// Acceptance test 17, first part: protons follow from metersets without loss
TEST(BeamSources, protons_are_metersets_times_protons_per_MU) {
    Warnings warnings;
    auto const sources = make_beam_sources(small_plan(), small_machine(), warnings);
    ASSERT_EQ(sources.size(), 1u);
    auto const& source = sources[0];
    ASSERT_EQ(source.elements.size(), 3u); // the spot without meterset is left out
    EXPECT_DOUBLE_EQ(source.elements[0].protons, 2.5 * 1.5e8);
    EXPECT_DOUBLE_EQ(source.elements[1].protons, 1.25 * 1.5e8);
    EXPECT_DOUBLE_EQ(source.elements[2].protons, 0.5 * 1.2e8);
    EXPECT_EQ(source.optics[static_cast<std::size_t>(source.elements[2].optics)].nominal_energy_MeV, 120);
    EXPECT_EQ(source.elements[1].x_mm, -30);
    EXPECT_TRUE(warnings.empty());

    auto doubled = small_plan();
    for (auto& layer : doubled.beams[0].layers) {
        for (auto& spot : layer.spots) {
            spot.meterset_MU *= 2;
        }
    }
    auto const twice = make_beam_sources(doubled, small_machine(), warnings);
    EXPECT_EQ(twice[0].elements[0].protons, 2 * source.elements[0].protons);
}

// Acceptance test 17: the spot list of the DCPT plan "mono 160 MeV" (58 414.549 MU) holds 2.13731e11 protons
// by beam model v2 (APTG/2022_DCPT_LET); the list is rounded to six digits
TEST(BeamSources, dcpt_mono_160_MeV_has_the_published_number_of_protons) {
    Plan plan = small_plan();
    plan.beams[0].layers = {{160, {{0, 0, 58414.549}}}};
    Warnings warnings;
    auto const sources = make_beam_sources(plan, find_machine("dcpt_probeam_v2"), warnings);
    EXPECT_NEAR(sources[0].elements[0].protons, 2.13731e11, 1e6);
    EXPECT_NEAR(sources[0].optics[0].mean_energy_MeV, 160.36, 1e-9); // as the same list says
}

TEST(BeamSources, frame_and_steering_come_from_plan_and_machine) {
    Warnings warnings;
    auto const sources = make_beam_sources(small_plan(), small_machine(), warnings);
    auto const& source = sources[0];
    auto const direction = source.gantry_to_patient.direction({0, 0, -1});
    EXPECT_NEAR(direction.x, -1, 1e-12); // gantry 90, HFS: from the patient's left (+x) to the right
    EXPECT_EQ(source.gantry_to_patient.point({0, 0, 0}).z, 30);
    EXPECT_EQ(source.virtual_source_x_mm, 2000);
    EXPECT_EQ(source.source_plane_z_mm, 500);

    auto plan = small_plan();
    plan.beams[0].virtual_source_x_mm = 1900;
    plan.beams[0].virtual_source_y_mm = 2500;
    EXPECT_EQ(make_beam_sources(plan, small_machine(), warnings)[0].virtual_source_x_mm, 2000);
    ASSERT_EQ(warnings.all().size(), 1u); // 1900 against 2000 is said
    auto machine = small_machine();
    machine.virtual_source_x_mm = machine.virtual_source_y_mm = {};
    EXPECT_EQ(make_beam_sources(plan, machine, warnings)[0].virtual_source_x_mm, 1900);
    EXPECT_TRUE(holds(problem_of(small_plan(), machine), "steered from in x is not known"));
}

TEST(BeamSources, limits_of_the_machine_are_kept) {
    auto machine = small_machine();
    machine.limits.scan_field = ScanField{-20, 20, -20, 20};
    EXPECT_TRUE(holds(problem_of(small_plan(), machine),
                      "beam 2 'left', layer 1 (150 MeV), spot 3: -30.00, 5.00 mm is outside the scan field"));
    machine = small_machine();
    machine.limits.least_MU = 1.0;
    EXPECT_TRUE(holds(problem_of(small_plan(), machine), "layer 2 (120 MeV), spot 1: 0.5 MU"));
    machine.limits.least_MU = {};
    machine.limits.most_MU = 2.0;
    EXPECT_TRUE(holds(problem_of(small_plan(), machine), "at most 2 MU"));
    auto plan = small_plan();
    plan.beams[0].layers[1].energy_MeV = 230;
    EXPECT_TRUE(holds(problem_of(plan, small_machine()),
                      "layer 2 (230 MeV): energy 230 MeV is outside machine 'small'"));
}

TEST(BeamSources, broken_plans_are_refused) {
    auto plan = small_plan();
    plan.beams[0].layers[0].spots[0].x_mm = std::nan("");
    EXPECT_TRUE(holds(problem_of(plan, small_machine()), "must be finite"));
    plan = small_plan();
    plan.beams[0].layers[0].spots[0].meterset_MU = -1;
    EXPECT_TRUE(holds(problem_of(plan, small_machine()), "-1 MU"));
    plan = small_plan();
    plan.beams[0].layers.clear();
    EXPECT_TRUE(holds(problem_of(plan, small_machine()), "no spot has a meterset"));
    plan.beams.clear();
    EXPECT_TRUE(holds(problem_of(plan, small_machine()), "no beams"));
    plan = small_plan();
    plan.patient_position = "SITTING";
    EXPECT_TRUE(holds(problem_of(plan, small_machine()), "SITTING"));
}

TEST(RangeShifter, thickness_and_place_come_from_machine_and_plan) {
    Warnings warnings;
    auto const machine = find_machine("dcpt_probeam_v2");
    auto const plan = with_shifter({.id = "RS_5CM", .isocenter_to_tray_mm = 275.5, .wet_mm = 57});
    auto const source = make_beam_sources(plan, machine, warnings)[0];
    ASSERT_EQ(source.slabs.size(), 1u);
    EXPECT_EQ(source.slabs[0].downstream_z_mm, 275.5);
    EXPECT_DOUBLE_EQ(source.slabs[0].upstream_z_mm, 325.5);
    EXPECT_EQ(source.slabs[0].material.name, "Lexan");
    // 50 mm of Lexan are 57 mm of water by the centre's plan: our stopping powers agree within 2 %, so no
    // warning
    EXPECT_TRUE(warnings.empty());
    double const wet =
        50 * relative_stopping_power(source.slabs[0].material, source.slabs[0].density_g_per_cm3, 100);
    EXPECT_NEAR(wet, 57, 0.02 * 57);
}

TEST(RangeShifter, thickness_follows_from_water_equivalence) {
    auto const pmma = MaterialLibrary::shipped().named("PMMA");
    auto const machine =
        with_shifter_model({.id = "RS1", .aliases = {"Block"}, .material = pmma, .density_g_per_cm3 = 1.19});
    Warnings warnings;
    auto const slab = make_beam_sources(with_shifter({"Block", 300, 60}), machine, warnings)[0].slabs.at(0);
    double const thickness = slab.upstream_z_mm - slab.downstream_z_mm;
    EXPECT_NEAR(thickness * relative_stopping_power(pmma, 1.19, 100), 60, 1e-9);
    EXPECT_NEAR(thickness, 60 / 1.16, 0.6); // PMMA stops as 1.16 of water (1 %)
    EXPECT_TRUE(holds(problem_of(with_shifter({"Block", 300, {}}), machine), "its thickness is not known"));
    EXPECT_TRUE(holds(problem_of(with_shifter({"Block", {}, 60}), machine),
                      "its distance from the isocenter is not known"));
}

TEST(RangeShifter, unknown_ones_are_refused_unless_a_material_is_named) {
    auto const machine = find_machine("dcpt_probeam_v2");
    auto const plan = with_shifter({"RS_9", 300, 40});
    auto const problem = problem_of(plan, machine);
    EXPECT_TRUE(holds(problem, "beam 2 'left': range shifter 'RS_9': its material is not known"));
    EXPECT_TRUE(holds(problem, "RS_2CM, RS_3CM, RS_5CM"));
    EXPECT_TRUE(holds(problem, "--range-shifter-material"));
    Warnings warnings;
    BeamSourceOptions const options{.range_shifter_material = MaterialLibrary::shipped().named("lexan")};
    auto const slab = make_beam_sources(plan, machine, warnings, options)[0].slabs.at(0);
    EXPECT_NEAR(slab.upstream_z_mm - slab.downstream_z_mm, 40 / 1.15, 0.6);
    // Without material or thickness even the option does not help
    EXPECT_TRUE(
        holds(refusal_of([&] {
                  (void)make_beam_sources(with_shifter({"RS_9", 300, {}}), machine, warnings, options);
              }).problem,
              "its thickness is not known"));
    for (std::string const none : {"", "None", "NONE"}) {
        EXPECT_TRUE(make_beam_sources(with_shifter({none, {}, {}}), machine, warnings)[0].slabs.empty());
    }
}

TEST(RangeShifter, plan_and_machine_that_disagree_are_said) {
    Warnings warnings;
    (void)make_beam_sources(with_shifter({"RS_5CM", 275.5, 50}), find_machine("dcpt_probeam_v2"), warnings);
    ASSERT_EQ(warnings.all().size(), 1u);
    EXPECT_TRUE(holds(warnings.all()[0].problem, "50.0 mm in the plan"));
}

TEST(RangeShifter, places_must_be_free) {
    auto const machine = find_machine("dcpt_probeam_v2");
    EXPECT_TRUE(
        holds(problem_of(with_shifter({"RS_5CM", 480, {}}), machine), "the plane of the beam's optics"));
    auto plan = with_shifter({"RS_5CM", 275, {}});
    plan.beams[0].range_shifters.push_back({"RS_2CM", 300, {}});
    EXPECT_TRUE(holds(problem_of(plan, machine), "another plate in the beam"));
    plan.beams[0].range_shifters[1].isocenter_to_tray_mm = 326;
    Warnings warnings;
    auto const slabs = make_beam_sources(plan, machine, warnings)[0].slabs;
    ASSERT_EQ(slabs.size(), 2u);
    EXPECT_EQ(slabs[0].name, "RS_2CM"); // upstream first
}

namespace {
BlockSetting square_block() {
    return {.id = "A",
            .material = "brass",
            .thickness_mm = 60,
            .isocenter_to_downstream_mm = 100,
            .x_mm = {-40, 40, 40, -40},
            .y_mm = {-20, -20, 20, 20}};
}
} // namespace

TEST(Blocks, straight_walls_are_drawn_at_the_face_towards_the_patient) {
    auto const plates = block_slabs(square_block(), 2000, 1000, "beam 1");
    ASSERT_EQ(plates.size(), 1u);
    EXPECT_EQ(plates[0].downstream_z_mm, 100);
    EXPECT_EQ(plates[0].upstream_z_mm, 160);
    EXPECT_NEAR(plates[0].density_g_per_cm3, 8.5, 0.2);
    ASSERT_EQ(plates[0].openings.size(), 1u);
    EXPECT_DOUBLE_EQ(plates[0].openings[0].x_mm[1], 40 * 0.95); // 1900 of 2000 mm from the source
    EXPECT_DOUBLE_EQ(plates[0].openings[0].y_mm[2], 20 * 0.9);
    EXPECT_EQ(block_slabs(square_block(), 0, 0, "beam 1")[0].openings[0].x_mm[1], 40); // parallel
}

TEST(Blocks, divergent_walls_follow_the_rays) {
    auto block = square_block();
    block.divergent = true;
    auto const plates = block_slabs(block, 2000, 2000, "beam 1");
    ASSERT_EQ(plates.size(), 8u);
    EXPECT_DOUBLE_EQ(plates.front().upstream_z_mm, 160);
    EXPECT_DOUBLE_EQ(plates.back().downstream_z_mm, 100);
    for (auto const& plate : plates) {
        double const middle = 0.5 * (plate.upstream_z_mm + plate.downstream_z_mm);
        EXPECT_NEAR(plate.openings[0].x_mm[1], 40 * (1 - middle / 2000), 1e-9);
    }
}

TEST(Blocks, shielding_is_solid_within_its_outline) {
    auto block = square_block();
    block.is_aperture = false;
    EXPECT_EQ(block_slabs(block, 0, 0, "beam 1")[0].openings.size(), 2u);
}

TEST(Blocks, need_material_area_and_place) {
    auto const said = [](BlockSetting const& block) {
        auto const refusal = refusal_of([&] { (void)block_slabs(block, 2000, 2000, "beam 1"); });
        return refusal.problem + " | " + refusal.why + " | " + refusal.what_to_do;
    };
    auto block = square_block();
    block.material = "moonstone";
    EXPECT_NE(said(block).find("--block-material"), std::string::npos);
    block = square_block();
    block.x_mm = {0, 0, 0, 0};
    EXPECT_NE(said(block).find("no area"), std::string::npos);
    block = square_block();
    block.isocenter_to_downstream_mm = 2100;
    EXPECT_NE(said(block).find("steered from"), std::string::npos);
}

TEST(Blocks, stand_in_the_beam_with_range_shifters) {
    auto plan = small_plan();
    plan.beams[0].blocks = {square_block()};
    Warnings warnings;
    EXPECT_EQ(make_beam_sources(plan, small_machine(), warnings)[0].slabs.size(), 1u);
    plan.beams[0].blocks.push_back(square_block());
    EXPECT_NE(problem_of(plan, small_machine()).find("another plate"), std::string::npos);
}
