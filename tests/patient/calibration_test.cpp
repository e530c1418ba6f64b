#include "core/atomic_file.hpp"
#include "core/data_files.hpp"
#include "patient/hu_converter.hpp"
#include "patient_testing.hpp"
#include "support.hpp"
#include "tables/material_library.hpp"
#include "tables/proton_materials.hpp"
#include <cstdlib>

using namespace beamwright;
using namespace beamwright::test;

namespace {

Calibration from_text(std::string const& text) {
    return calibration_from_json(JsonReader::from_text(text, "c.json"));
}

/// The shipped Schneider calibration with one change to its JSON.
template <class Change> std::string refusal_of_changed(Change change) {
    Json json = Json::parse(read_file(data_dir() / "calibrations/schneider2000.json"));
    change(json);
    return refusal_text([&] { (void)from_text(json.dump()); });
}

/// The table read at any HU, by the test itself.
double table_at(Calibration const& calibration, double hu) {
    auto const& curve = calibration.curve;
    std::size_t i = 1;
    while (i + 1 < curve.size() && curve[i].hu < hu) {
        ++i;
    }
    return curve[i - 1].value +
           (curve[i].value - curve[i - 1].value) * (hu - curve[i - 1].hu) / (curve[i].hu - curve[i - 1].hu);
}

/// A made-up clinic's table: nothing of it is shipped.
char const* const clinic_csv =
    "# our scanner\nHU,relative_stopping_power\n-1000,0.0012\n-800,0.21\n-100,0.943\n0,1.0\n"
    "60,1.048\n250,1.131\n1000,1.532\n2200,2.18\n";

} // namespace

TEST(Calibration, every_shipped_one_loads_and_covers_its_limits) {
    auto const names = data_names("calibrations");
    EXPECT_GE(names.size(), 3u);
    for (auto const& name : names) {
        auto const calibration = find_calibration(name);
        EXPECT_EQ(calibration.name, name);
        EXPECT_FALSE(calibration.sources.empty()) << name;
        HuConverter const converter(calibration);
        for (double hu = calibration.least_hu; hu <= calibration.most_hu; hu += 1) {
            auto const tissue = converter.at(hu);
            ASSERT_GT(tissue.density_g_per_cm3, 0) << name << " " << hu;
            // CT curves end in bone below 3.5; a stopping power map reaches 4.07 of water, as bone that is 5 g/cm3
            ASSERT_LT(tissue.density_g_per_cm3, calibration.curve_is_stopping_power ? 5.5 : 3.5)
                << name << " " << hu;
        }
    }
}

// Values as printed: Schneider et al. 2000 table 6 and the density points
TEST(Calibration, schneider2000_gives_the_published_tissues) {
    HuConverter const converter(find_calibration("schneider2000"));
    auto const at = [&](double hu) { return converter.at(hu); };
    EXPECT_DOUBLE_EQ(at(-98).density_g_per_cm3, 0.93);
    EXPECT_DOUBLE_EQ(at(14).density_g_per_cm3, 1.03);
    EXPECT_DOUBLE_EQ(at(100).density_g_per_cm3, 1.1199);
    EXPECT_DOUBLE_EQ(at(101).density_g_per_cm3, 1.0762); // the step down is in the original
    EXPECT_NEAR(at(-40).density_g_per_cm3, 0.930486 + 57.0 / 111 * (1.03 - 0.930486), 1e-12);
    EXPECT_EQ(converter.materials()[at(-1000).material].name, "Schneider_Air");
    EXPECT_EQ(converter.materials()[at(-951).material].name, "Schneider_Air");
    EXPECT_EQ(converter.materials()[at(-950).material].name, "Schneider_Lung");
    EXPECT_EQ(converter.materials()[at(40).material].name, "Schneider_SoftTissue");
    EXPECT_EQ(converter.materials()[at(1599).material].name, "Schneider_Marrow_Bone15");
    auto const& bone = converter.materials()[at(1050).material]; // bin 1000..1100: H 4.9 C 22.7 ... Ca 18.1
    ASSERT_EQ(bone.mass_fractions.back().first, 20);
    EXPECT_NEAR(bone.mass_fractions.back().second, 0.181, 0.001);
    EXPECT_EQ(at(-2000).density_g_per_cm3, at(-1024).density_g_per_cm3); // clamps, and says so
    EXPECT_EQ(at(4000).density_g_per_cm3, 2.8);
}

// The clinic's table must come back at 100 MeV within 0.1 %: in the shipped example and in a table of a file
TEST(Calibration, stopping_power_tables_come_back_within_a_tenth_of_a_percent) {
    ScratchFolder const folder;
    for (auto const& calibration : {find_calibration("matrad_default_rsp"), find_calibration("spr_map"),
                                    load_calibration(folder.write("clinic.csv", clinic_csv))}) {
        ASSERT_TRUE(calibration.curve_is_stopping_power);
        HuConverter const converter(calibration);
        // What transport will use: the tables of this material list
        ProtonMaterialTables const tables(converter.materials());
        for (double hu = calibration.least_hu; hu <= calibration.most_hu; hu += 7) {
            double const wanted = table_at(calibration, hu);
            EXPECT_NEAR(converter.relative_stopping_power(hu, 100), wanted, 1e-3 * wanted) << hu;
            auto const tissue = converter.at(hu);
            double const engine =
                tissue.density_g_per_cm3 * stopping_ratio(tables.view(), tissue.material, 100.0);
            EXPECT_NEAR(engine, wanted, 1e-3 * wanted) << hu;
        }
    }
}

TEST(Calibration, the_printed_table_lists_points_and_edges) {
    auto const rows = calibration_table(find_calibration("schneider2000"));
    EXPECT_GT(rows.size(), 25u);
    for (std::size_t i = 1; i < rows.size(); ++i) {
        EXPECT_GT(rows[i].hu, rows[i - 1].hu);
    }
    for (auto const& row : rows) {
        if (row.hu > -100 && row.hu < 60) { // soft tissue stops like water within 10 %
            EXPECT_NEAR(row.relative_stopping_power, 1.0, 0.1) << row.hu;
        }
    }
}

TEST(Calibration, writing_and_reading_gives_the_same) {
    for (auto const& name : data_names("calibrations")) {
        Json const written = calibration_to_json(find_calibration(name));
        EXPECT_EQ(calibration_to_json(from_text(written.dump())), written) << name;
    }
}

TEST(Calibration, bad_json_is_refused_with_path_and_value) {
    EXPECT_TRUE(has(refusal_of_changed([](Json& c) { c["densities"] = 1; }), "unknown key 'densities'"));
    EXPECT_TRUE(has(refusal_of_changed([](Json& c) { c["density_g_per_cm3"][3][0] = -98; }),
                    "$.density_g_per_cm3[3]: -98 HU follows -98 HU"));
    EXPECT_TRUE(
        has(refusal_of_changed([](Json& c) { c["density_g_per_cm3"][3][1] = -1; }), "-1 is out of range"));
    EXPECT_TRUE(
        has(refusal_of_changed([](Json& c) { c["density_g_per_cm3"][3][1] = "1"; }), "is not a number"));
    EXPECT_TRUE(has(refusal_of_changed([](Json& c) {
                        c["density_g_per_cm3"][3] = {1, 2, 3};
                    }),
                    "is not a pair"));
    EXPECT_TRUE(
        has(refusal_of_changed([](Json& c) { c.erase("density_g_per_cm3"); }), "one curve is needed"));
    EXPECT_TRUE(has(refusal_of_changed([](Json& c) { c["base"] = "schneider2000"; }),
                    "compositions are needed once"));
    EXPECT_TRUE(
        has(refusal_of_changed([](Json& c) { c["hu_limits"]["outside"] = "guess"; }), "clamp or refuse"));
    EXPECT_TRUE(has(refusal_of_changed([](Json& c) { c["hu_limits"]["most"] = 9000; }),
                    "the curve holds -1024 to 3071 HU"));
    EXPECT_TRUE(
        has(refusal_of_changed([](Json& c) { c["hu_limits"].erase("outside"); }), "'outside' is missing"));
    EXPECT_TRUE(has(refusal_of_changed([](Json& c) { c["materials"][2]["from_HU"] = -2000; }),
                    "-2000 HU follows -950 HU"));
    EXPECT_TRUE(has(refusal_of_changed([](Json& c) { c["materials"][2]["mass_fractions"]["H"] = 0.5; }),
                    "mass fractions sum to"));
    EXPECT_TRUE(has(refusal_of_changed([](Json& c) { c["materials"][2]["mass_fractions"]["Xx"] = 0.1; }),
                    "'Xx' is no element"));
    EXPECT_TRUE(has(refusal_of_changed([](Json& c) { c["format"] = "x"; }), "beamwright calibration 1"));
    EXPECT_TRUE(has(refusal_of_changed([](Json& c) {
                        c.erase("materials");
                        c["base"] = "matrad_default_rsp";
                    }),
                    "has no compositions itself"));
}

TEST(Calibration, bad_csv_tables_are_refused_with_line) {
    ScratchFolder const folder;
    auto const text = [&](std::string const& table) {
        return refusal_text([&] { (void)load_calibration(folder.write("t.csv", table)); });
    };
    EXPECT_TRUE(has(text("HU,rsp\n0,1\n"), "write 'HU,density_g_per_cm3' or 'HU,relative_stopping_power'"));
    EXPECT_TRUE(has(text("-1000,0.001\n0,1\n"), "columns '-1000', '0.001'"));
    EXPECT_TRUE(has(text("HU,relative_stopping_power\n0,1\n-5,0.9\n"), "line 3: -5 HU follows 0 HU"));
    EXPECT_TRUE(has(text("HU,relative_stopping_power\n0,1\n5,nan\n"), "line 3: value is 'nan'"));
    EXPECT_TRUE(has(text("HU,relative_stopping_power\n0,1\n5,inf\n"), "line 3: value is 'inf'"));
    EXPECT_TRUE(has(text("HU,relative_stopping_power\n0,1\n5,-1\n"), "-1 at 5 HU"));
    EXPECT_TRUE(has(text("HU,relative_stopping_power\n0,1,2\n"), "line 2: 3 values"));
    EXPECT_TRUE(has(text("HU,relative_stopping_power\n0,1\n"), "at least two rows"));
    EXPECT_TRUE(has(text(""), "at least two rows"));
}

TEST(Calibration, csv_clamps_only_when_it_says_so) {
    ScratchFolder const folder;
    EXPECT_FALSE(load_calibration(folder.write("t.csv", clinic_csv)).clamp);
    EXPECT_TRUE(
        load_calibration(folder.write("t.csv", std::string("# outside: clamp\r\n") + clinic_csv)).clamp);
}

TEST(Calibration, mcsquare_text_pair_is_read) {
    ScratchFolder const folder;
    folder.write("HU_Density_Conversion.txt",
                 "# HU\tdensity g/cm3\n\n-1000 0.001\n-98\t0.93\n0 1.0\n1600 1.9642\n");
    folder.write("HU_Material_Conversion.txt",
                 "# HU material\n-1000 39 # Schneider_Air\n-950 40\n-20 17\n200 48\n");
    auto const calibration = load_calibration(folder.path());
    HuConverter const converter(calibration);
    EXPECT_FALSE(calibration.clamp);
    EXPECT_EQ(calibration.most_hu, 1600);
    EXPECT_EQ(converter.materials()[converter.at(0).material].name, "water");
    EXPECT_EQ(converter.at(0).density_g_per_cm3, 1.0);
    EXPECT_EQ(converter.materials()[converter.at(-960).material].name, "Schneider_Air");
    EXPECT_EQ(converter.materials()[converter.at(300).material].name, "Schneider_Marrow_Bone01");
    EXPECT_DOUBLE_EQ(converter.at(800).density_g_per_cm3, 1.4821);
    // A list of one's own numbers the materials otherwise, by name
    folder.write("list.dat", "5 Schneider_Air\n6 Water\n");
    folder.write("HU_Material_Conversion.txt", "-1000 5\n-500 6\n");
    EXPECT_EQ(load_calibration(folder.path()).bins[1].material.name, "water");
    folder.write("HU_Material_Conversion.txt", "-1000 5\n-500 7\n");
    EXPECT_TRUE(
        has(refusal_text([&] { (void)load_calibration(folder.path()); }), "line 2: material 7 is not known"));
}

TEST(Calibration, bad_mcsquare_pairs_are_refused) {
    ScratchFolder const folder;
    auto const text = [&](std::string const& density, std::string const& material) {
        folder.write("HU_Density_Conversion.txt", density);
        folder.write("HU_Material_Conversion.txt", material);
        return refusal_text([&] { (void)load_calibration(folder.path()); });
    };
    EXPECT_TRUE(has(text("0 1\n0 2\n", "-1000 17\n"), "line 2: 0 HU follows 0 HU"));
    EXPECT_TRUE(has(text("0 -1\n10 2\n", "-1000 17\n"), "density -1 g/cm3"));
    EXPECT_TRUE(has(text("0 1 2\n", "-1000 17\n"), "line 1: 3 words"));
    EXPECT_TRUE(has(text("0 1\n10 2\n", "-1000 400\n"), "material 400 is not known"));
    EXPECT_TRUE(has(text("0 1\n10 2\n", "-1000\n"), "is not understood"));
    EXPECT_TRUE(has(text("# nothing\n", "-1000 17\n"), "no table"));
    std::filesystem::remove(folder.path() / "HU_Material_Conversion.txt");
    EXPECT_THROW((void)load_calibration(folder.path()), Refusal);
}

TEST(Calibration, none_chosen_is_refused_with_the_names) {
    auto const text = refusal_text([] { (void)calibration_for({}, {"Siemens Healthineers", "syngo", 120}); });
    EXPECT_TRUE(has(text, "schneider2000"));
    EXPECT_TRUE(has(text, "Siemens Healthineers syngo, 120 kV"));
    EXPECT_TRUE(has(text, "--calibration"));
    EXPECT_TRUE(has(refusal_text([] { (void)find_calibration("schneider2001"); }), "schneider2000"));
    EXPECT_EQ(calibration_for("schneider2000", {}).name, "schneider2000");
}

TEST(Calibration, scanners_map_to_calibrations) {
    ScratchFolder const data;
    std::filesystem::create_directories(data.path() / "calibrations");
    std::filesystem::copy(data_dir() / "materials", data.path() / "materials");
    Json json = Json::parse(read_file(data_dir() / "calibrations/schneider2000.json"));
    json["name"] = "ours";
    json["scanners"] = Json::array({Json{{"manufacturer", "Siemens"}, {"model", "Drive"}, {"kvp", 120}}});
    data.write("calibrations/ours.json", json.dump());
    char const* const before = std::getenv("BEAMWRIGHT_DATA");
    ::setenv("BEAMWRIGHT_DATA", data.path().c_str(), 1);
    EXPECT_EQ(calibration_for({}, {"SIEMENS", "drive", 120}).name, "ours");
    EXPECT_TRUE(has(refusal_text([] {
                        (void)calibration_for({}, {"Siemens", "Drive", 100});
                    }),
                    "none is mapped"));
    json["name"] = "second";
    data.write("calibrations/second.json", json.dump());
    EXPECT_TRUE(has(refusal_text([] {
                        (void)calibration_for({}, {"Siemens", "Drive", 120});
                    }),
                    "two calibrations"));
    before ? ::setenv("BEAMWRIGHT_DATA", before, 1) : ::unsetenv("BEAMWRIGHT_DATA");
}

TEST(MaterialLibrary, knows_names_aliases_and_mcsquare_numbers) {
    auto const& library = MaterialLibrary::shipped();
    EXPECT_EQ(library.named("polycarbonate").name, "Lexan");
    EXPECT_EQ(library.named("Adipose tissue").name, "Adipose_Tissue");
    EXPECT_EQ(library.find_mcsquare(17)->name, "water");
    EXPECT_EQ(library.find_mcsquare(9999), nullptr);
    EXPECT_TRUE(has(refusal_text([&] { (void)library.named("watr"); }), "did you mean 'water'?"));
    for (auto const& name : library.names()) {
        double sum = 0;
        for (auto const& [atomic_number, fraction] : library.named(name).mass_fractions) {
            sum += fraction;
        }
        EXPECT_NEAR(sum, 1, 1e-9) << name;
    }
}
