#include "core/atomic_file.hpp"
#include "core/data_files.hpp"
#include "machine_testing.hpp"
#include "support.hpp"

using namespace beamwright;
using namespace beamwright::test;

namespace {

MachineModel from_json_text(std::string const& text) {
    return machine_from_json(JsonReader::from_text(text, "m.json"));
}

/// The shipped cyclotron with one change to its JSON.
template <class Change> Refusal refusal_of_changed(Change change) {
    Json json = Json::parse(read_file(data_dir() / "machines/generic_cyclotron.json"));
    change(json);
    return refusal_of([&] { (void)from_json_text(json.dump()); });
}

char const* const csv_header =
    "energy_nominal_MeV,energy_real_MeV,energy_sigma_MeV,protons_per_MU,sigma_x_mm,"
    "sigma_y_mm,div_x_rad,div_y_rad,cor_xx,cor_yy\n";
char const* const csv_rows = "70,71.38,1.23,2106924,4.472,3.629,0.0061,0.0056,0.306094,0.7405621\n"
                             "80,81.14,1.19,2300976,4.299,3.504,0.0055,0.0050,0.2474148,0.6992009\n";

/// Figures of the IBA dedicated nozzle as public beam data libraries state them.
char const* const bdl_text = R"(--UPenn beam model (double gaussian)--
# comment

Nozzle exit to Isocenter distance
410.0

SMX to Isocenter distance
2234.8
SMY to Isocenter distance
1859.1

Range Shifter parameters
RS_ID = RS_Block
RS_type = binary
RS_material = 64 # PMMA
RS_density = 1.20
RS_WET = 74.1

Beam parameters
2 energies

NominalEnergy 	 MeanEnergy 	 EnergySpread 	 ProtonsMU 	 Weight1 	 SpotSize1x 	 Divergence1x 	 Correlation1x 	 SpotSize1y 	 Divergence1y 	 Correlation1y 	 Weight2 	 SpotSize2x 	 Divergence2x 	 Correlation2x 	 SpotSize2y 	 Divergence2y 	 Correlation2y
100.000 100.305 0.665290 86703300.0 0.948000 3.985307 0.006356 0.072822 5.586431 0.006545 -0.266240 0.052000 38.949745 0.045088 -0.125083 22.339186 0.036249 -0.222186
105.000 105.422 0.666242 89871181.4 0.949500 3.833945 0.006042 0.073534 5.367650 0.006287 -0.274306 0.050500 36.982519 0.044140 -0.137515 21.012691 0.034217 -0.218228
)";

std::string replaced(std::string text, std::string const& old, std::string const& by) {
    auto const at = text.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    return text.replace(at, old.size(), by);
}

} // namespace

TEST(MachineJson, writing_and_reading_gives_the_same_machine) {
    for (auto const& name : data_names("machines")) {
        auto const machine = find_machine(name);
        Json const written = machine_to_json(machine);
        EXPECT_EQ(machine_to_json(from_json_text(written.dump())), written) << name;
    }
    Json const written = machine_to_json(small_machine());
    auto const back = from_json_text(written.dump());
    EXPECT_EQ(back.energies[1].optics.gaussians[1].x.divergence_rad, 0.02);
    EXPECT_EQ(back.virtual_source_y_mm, 2500);
}

TEST(MachineJson, unknown_keys_are_refused_with_the_nearest) {
    auto const refusal = refusal_of_changed([](Json& m) { m["optics_plane_mm"] = 420; });
    EXPECT_TRUE(holds(refusal.problem, "m.json: $: unknown key 'optics_plane_mm'"));
    EXPECT_EQ(refusal.what_to_do, "did you mean 'optics_plane_z_mm'?");
    EXPECT_TRUE(
        holds(refusal_of_changed([](Json& m) { m["energies"][3]["gaussians"][0]["x"]["sigma"] = 4; }).problem,
              "$.energies[3].gaussians[0].x: unknown key 'sigma'"));
}

TEST(MachineJson, the_unit_of_the_energy_spread_must_be_said) {
    auto const none =
        refusal_of_changed([](Json& m) { m["energies"][0].erase("energy_sigma_percent_of_nominal"); });
    EXPECT_TRUE(holds(none.problem, "$.energies[0]: the energy spread must be given once"));
    auto const bare = refusal_of_changed([](Json& m) { m["energies"][0]["energy_sigma"] = 0.7; });
    EXPECT_TRUE(holds(bare.problem, "unknown key 'energy_sigma'"));
    auto const both = refusal_of_changed([](Json& m) { m["energies"][0]["energy_sigma_MeV"] = 0.7; });
    EXPECT_TRUE(holds(both.problem, "must be given once"));
}

TEST(MachineJson, the_three_units_of_the_spread_mean_what_they_say) {
    Json json = machine_to_json(small_machine());
    auto& energy = json["energies"][0];
    energy.erase("energy_sigma_MeV");
    energy["energy_sigma_percent_of_nominal"] = 0.7;
    EXPECT_DOUBLE_EQ(from_json_text(json.dump()).energies[0].optics.energy_sigma_MeV, 0.7);
    energy.erase("energy_sigma_percent_of_nominal");
    energy["energy_sigma_percent_of_mean"] = 0.7;
    EXPECT_DOUBLE_EQ(from_json_text(json.dump()).energies[0].optics.energy_sigma_MeV, 0.7028);
}

TEST(MachineJson, wrong_values_are_refused_with_path_and_range) {
    auto const problem = [](auto change) {
        auto const refusal = refusal_of_changed(change);
        return refusal.problem + " | " + refusal.why;
    };
    EXPECT_TRUE(holds(problem([](Json& m) { m["energies"][1]["nominal_MeV"] = "70"; }),
                      "$.energies[1].nominal_MeV: is not a number"));
    EXPECT_TRUE(holds(problem([](Json& m) { m["energies"][1]["protons_per_MU"] = -1; }), "allowed: 1 to"));
    EXPECT_TRUE(holds(problem([](Json& m) { m["energies"][1]["nominal_MeV"] = 70; }),
                      "energy 70 MeV follows 70 MeV"));
    EXPECT_TRUE(holds(problem([](Json& m) { m["energies"][1]["gaussians"][0]["x"]["sigma_mm"] = -2; }),
                      "sigma_mm: -2 is out of range"));
    EXPECT_TRUE(holds(problem([](Json& m) { m["energies"][1]["gaussians"][0]["weight"] = 0.5; }),
                      "weights sum to 0.5"));
    EXPECT_TRUE(
        holds(problem([](Json& m) { m["energies"][1]["gaussians"] = Json::array(); }), "holds 0 Gaussians"));
    EXPECT_TRUE(holds(problem([](Json& m) { m["medium_after_plane"] = "helium"; }), "known: air, vacuum"));
    EXPECT_TRUE(holds(problem([](Json& m) { m["kind"] = "laser"; }), "cyclotron, synchrotron, other"));
    EXPECT_TRUE(holds(problem([](Json& m) { m["format"] = "beamwright machine 9"; }),
                      "expected \"beamwright machine 1\""));
    EXPECT_TRUE(holds(problem([](Json& m) { m["virtual_source_mm"]["x"] = "far"; }),
                      "neither a number nor \"parallel\""));
    EXPECT_TRUE(holds(problem([](Json& m) {
                          m["limits"]["scan_field_mm"]["x"] = {10, -10};
                      }),
                      "-10 is out of range"));
    EXPECT_TRUE(holds(problem([](Json& m) { m["range_shifters"][0]["material"] = "Lexam"; }),
                      "no material named 'Lexam'"));
    EXPECT_TRUE(holds(problem([](Json& m) { m.erase("energies"); }), "'energies' is missing"));
    EXPECT_TRUE(
        holds(refusal_of([] { (void)from_json_text(R"({"format": NaN})"); }).problem, "not valid JSON"));
}

TEST(MachineCsv, the_beam_model_layout_is_read) {
    TestFolder const folder;
    auto const file = folder.write(
        "m.csv", std::string("# fitted, defined 500 mm upstream of the isocentre\n") + csv_header + csv_rows);
    auto const machine = load_machine(file);
    EXPECT_EQ(machine.optics_plane_z_mm, 500);
    // not in this layout: the plan or the user must say
    EXPECT_FALSE(machine.virtual_source_x_mm.has_value());
    ASSERT_EQ(machine.energies.size(), 2u);
    EXPECT_EQ(machine.energies[1].protons_per_MU, 2300976);
    EXPECT_EQ(machine.energies[0].optics.gaussians[0].y.correlation, 0.7405621);
    auto const told =
        load_machine(file, {.optics_plane_z_mm = 450, .virtual_source_x_mm = 2000, .virtual_source_y_mm = 0});
    EXPECT_EQ(told.optics_plane_z_mm, 450);
    EXPECT_EQ(told.virtual_source_y_mm, 0);
}

TEST(MachineCsv, bad_tables_are_refused_with_file_and_line) {
    TestFolder const folder;
    std::string const comment = "# 500 mm upstream\n";
    auto const problem = [&](std::string const& text) {
        auto const refusal = refusal_of([&] { (void)load_machine(folder.write("m.csv", text)); });
        return refusal.problem + " | " + refusal.why;
    };
    EXPECT_TRUE(holds(problem(std::string(csv_header) + csv_rows), "plane of the optics is not stated"));
    EXPECT_TRUE(holds(problem(comment + replaced(csv_header, "energy_sigma_MeV", "energy_sigma") + csv_rows),
                      "line 2: column 'energy_sigma'"));
    EXPECT_TRUE(
        holds(problem(comment + csv_header + replaced(csv_rows, "4.299", "4,299")), "line 4: 11 values"));
    EXPECT_TRUE(holds(problem(comment + csv_header + replaced(csv_rows, "4.299", "nan")),
                      "line 4: sigma_x_mm is 'nan'"));
    EXPECT_TRUE(
        holds(problem(comment + csv_header + replaced(csv_rows, "4.299", "4.3mm")), "sigma_x_mm is '4.3mm'"));
    EXPECT_TRUE(holds(problem(comment + csv_header + replaced(csv_rows, "80,", "70,")), "follows 70 MeV"));
    EXPECT_TRUE(holds(problem(comment + csv_header), "no energies"));
    EXPECT_TRUE(holds(problem(""), "plane of the optics"));
}

TEST(MachineBdl, the_upenn_layout_is_read) {
    TestFolder const folder;
    auto const machine = load_machine(folder.write("m.txt", bdl_text));
    EXPECT_EQ(machine.optics_plane_z_mm, 410);
    EXPECT_EQ(machine.virtual_source_x_mm, 2234.8);
    EXPECT_EQ(machine.virtual_source_y_mm, 1859.1);
    ASSERT_EQ(machine.energies.size(), 2u);
    auto const& optics = machine.energies[0].optics;
    EXPECT_DOUBLE_EQ(optics.energy_sigma_MeV, 0.66529); // percent of the nominal energy, 100 MeV
    ASSERT_EQ(optics.gaussians.size(), 2u);
    EXPECT_DOUBLE_EQ(optics.gaussians[1].weight, 0.052);
    EXPECT_EQ(optics.gaussians[1].y.divergence_rad, 0.036249);
    ASSERT_EQ(machine.range_shifters.size(), 1u);
    EXPECT_EQ(machine.range_shifters[0].id, "RS_Block");
    EXPECT_EQ(machine.range_shifters[0].material->name, "PMMA");
    EXPECT_EQ(machine.range_shifters[0].density_g_per_cm3, 1.20);
    EXPECT_EQ(machine.range_shifters[0].wet_mm, 74.1);
    // As JSON and back it is the same machine
    Json const written = machine_to_json(machine);
    EXPECT_EQ(machine_to_json(from_json_text(written.dump())), written);
}

TEST(MachineBdl, bad_files_are_refused_with_file_and_line) {
    TestFolder const folder;
    auto const problem = [&](std::string const& old, std::string const& by) {
        auto const refusal =
            refusal_of([&] { (void)load_machine(folder.write("m.txt", replaced(bdl_text, old, by))); });
        return refusal.problem + " | " + refusal.why + " | " + refusal.what_to_do;
    };
    EXPECT_TRUE(holds(problem("410.0", "near"), "line 5: 'near' is no number"));
    EXPECT_TRUE(holds(problem("RS_material = 64", "RS_material = 640"), "RS_material '640' is not known"));
    EXPECT_TRUE(holds(problem("RS_density", "RS_densty"), "did you mean 'RS_density'?"));
    EXPECT_TRUE(holds(problem("RS_type = binary", "RS_type = analog"), "analog range shifter"));
    EXPECT_TRUE(holds(problem("2 energies", "3 energies"), "ends before row 3 of 3"));
    EXPECT_TRUE(holds(problem("2 energies", "-2 energies"), "-2 energies"));
    EXPECT_TRUE(holds(problem("SpotSize1x", "SpotSize1X"), "did you mean 'SpotSize1x'?"));
    EXPECT_TRUE(holds(problem("86703300.0", "inf"), "ProtonsMU is 'inf'"));
    EXPECT_TRUE(holds(problem("0.052000", "0.552000"), "weights 0.948 and 0.552"));
    EXPECT_TRUE(holds(problem("SMX to Isocenter distance\n2234.8\n", ""), "SMX or SMY distance is missing"));
    EXPECT_TRUE(holds(problem("Beam parameters", "Beam params"), "'Beam params' is not understood"));
}

TEST(MachineFiles, unknown_names_and_endings_are_refused_with_what_exists) {
    auto const unknown = refusal_of([] { (void)find_machine("generic_cyclotrom"); });
    EXPECT_TRUE(holds(unknown.why, "generic_cyclotron"));
    TestFolder const folder;
    EXPECT_TRUE(holds(refusal_of([&] { (void)load_machine(folder.write("m.xlsx", "x")); }).why, ".csv"));
}

TEST(MachineFiles, a_plan_maps_by_name_or_needs_one) {
    EXPECT_EQ(machine_for_plan({"TR3"}, "dcpt_probeam_v2").name, "dcpt_probeam_v2");
    EXPECT_EQ(machine_for_plan({"generic_cyclotron", "generic_cyclotron"}, {}).name, "generic_cyclotron");
    auto const neither = refusal_of([] { (void)machine_for_plan({"TR3"}, {}); });
    EXPECT_TRUE(holds(neither.problem, "'TR3'"));
    EXPECT_TRUE(holds(neither.why, "generic_synchrotron"));
    EXPECT_TRUE(holds(refusal_of([] {
                          (void)machine_for_plan({"generic_cyclotron", "generic_synchrotron"}, {});
                      }).problem,
                      "two machines"));
    EXPECT_TRUE(holds(refusal_of([] { (void)machine_for_plan({}, {}); }).problem, "no machine is named"));
}

TEST(MachineFiles, random_damage_is_refused_or_read_but_never_crashes) {
    TestFolder const folder;
    std::uint32_t state = 12345;
    auto const next = [&] { return state = state * 1664525u + 1013904223u; };
    for (int n = 0; n < 300; ++n) {
        std::string text = bdl_text;
        for (int c = 0; c < 5; ++c) {
            text[(next() >> 8) % text.size()] = static_cast<char>(next() >> 24);
        }
        text = text.substr(0, 1 + (next() >> 8) % text.size());
        try {
            (void)load_machine(folder.write("m.txt", text));
        } catch (Refusal const&) {
        }
    }
}
