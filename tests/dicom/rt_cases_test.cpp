// Plans and structure sets of real systems and the made-up odd ones, against what other programs read from them.
#include "case_files.hpp"
#include "csv_rows.hpp"
#include "dicom/fit.hpp"
#include "dicom/plan_in.hpp"
#include "geometry/frames.hpp"
#include "patient/masks_stack.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <map>
#include <sstream>

using namespace beamwright;
using namespace beamwright::test;
using ::testing::HasSubstr;

namespace {

std::vector<std::vector<std::string>> table_of(std::filesystem::path const& file) {
    std::ifstream in(file);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(in, line);)
        rows.push_back(csv_cells(line));
    return rows;
}

Plan plan_of(std::filesystem::path const& file) {
    Warnings warnings;
    return read_ion_plan(file, warnings);
}

std::size_t spots_of(TreatmentBeam const& beam) {
    std::size_t spots = 0;
    for (auto const& layer : beam.layers)
        spots += layer.spots.size();
    return spots;
}

double meterset_of(TreatmentBeam const& beam) {
    double sum_MU = 0;
    for (auto const& layer : beam.layers)
        for (auto const& spot : layer.spots)
            sum_MU += spot.meterset_MU;
    return sum_MU;
}

/// A spot list made by another program: energy, x, y (mm) and protons per spot.
struct ListedSpot {
    double energy_MeV, x_mm, y_mm, protons;
};

std::vector<ListedSpot> listed_spots(std::filesystem::path const& file) {
    std::ifstream in(file);
    std::vector<ListedSpot> spots;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#')
            continue;
        std::istringstream row(line);
        double energy_GeV, spread, x_cm, y_cm, width_x, width_y, protons;
        row >> energy_GeV >> spread >> x_cm >> y_cm >> width_x >> width_y >> protons;
        spots.push_back({energy_GeV * 1e3, x_cm * 10, y_cm * 10, protons});
    }
    return spots;
}

/// Same places, and in each layer one number of protons per MU.
void expect_same_spots(TreatmentBeam const& beam, std::vector<ListedSpot> const& list) {
    ASSERT_EQ(spots_of(beam), list.size());
    auto listed = list.begin();
    for (auto const& layer : beam.layers) {
        double const protons_per_MU = listed->protons / layer.spots.front().meterset_MU;
        for (auto const& spot : layer.spots) {
            // The list has six digits
            ASSERT_NEAR(spot.x_mm, listed->x_mm, 1e-3);
            ASSERT_NEAR(spot.y_mm, listed->y_mm, 1e-3);
            ASSERT_NEAR(listed->protons / spot.meterset_MU / protons_per_MU, 1.0, 2e-5);
            ++listed;
        }
    }
}

StructuresIn set_of(std::filesystem::path const& file, Warnings& warnings) {
    return read_structures(file, warnings);
}

Structure const& named(StructuresIn const& in, std::string const& name) {
    auto const found = std::find_if(in.set.structures.begin(), in.set.structures.end(),
                                    [&](auto const& structure) { return structure.name == name; });
    if (found == in.set.structures.end())
        throw std::runtime_error("no structure " + name);
    return *found;
}

} // namespace

TEST(RtCases, every_plan_reads_as_in_the_table_of_facts) {
    BW_NEEDS_SHARED(shared);
    auto const rows = table_of(shared / "cases/open/expected/plan_facts.csv");
    ASSERT_EQ(rows.size(), 11U);
    for (std::size_t i = 1; i < rows.size(); ++i) {
        auto const& row = rows[i];
        SCOPED_TRACE(row[0] + " beam " + row[4]);
        auto const plan = plan_of(case_file(shared, row[0]));
        auto const beam = std::find_if(plan.beams.begin(), plan.beams.end(),
                                       [&](auto const& b) { return b.number == std::stoi(row[4]); });
        ASSERT_NE(beam, plan.beams.end());
        if (!row[2].empty()) {
            EXPECT_EQ(plan.label, row[2]);
        }
        EXPECT_EQ(plan.fractions, std::stoi(row[3]));
        EXPECT_EQ(beam->name, row[5]);
        EXPECT_EQ(beam->machine_name, row[6]);
        EXPECT_EQ(beam->gantry_deg, std::stod(row[7]));
        EXPECT_EQ(beam->couch_deg, std::stod(row[8]));
        double x, y, z;
        ASSERT_EQ(std::sscanf(row[9].c_str(), "%lf, %lf, %lf", &x, &y, &z), 3);
        EXPECT_EQ(beam->isocenter_mm, (Vec3<double>{x, y, z}));
        EXPECT_EQ(beam->layers.size(), std::stoul(row[10]));
        auto const [least, most] =
            std::minmax_element(beam->layers.begin(), beam->layers.end(),
                                [](auto const& a, auto const& b) { return a.energy_MeV < b.energy_MeV; });
        EXPECT_EQ(least->energy_MeV, std::stod(row[11]));
        EXPECT_EQ(most->energy_MeV, std::stod(row[12]));
        EXPECT_EQ(spots_of(*beam), std::stoul(row[13]));
        EXPECT_EQ(beam->meterset_MU, std::stod(row[14]));
        double least_MU = 1e300, most_MU = 0;
        for (auto const& layer : beam->layers) {
            for (auto const& spot : layer.spots) {
                least_MU = std::min(least_MU, spot.meterset_MU);
                most_MU = std::max(most_MU, spot.meterset_MU);
            }
        }
        double const MU_per_weight = std::stod(row[14]) / std::stod(row[15]);
        // The table has 5 decimals of weights between 1 and 70
        EXPECT_NEAR(least_MU, std::stod(row[16]) * MU_per_weight, 1e-5 * MU_per_weight);
        EXPECT_NEAR(most_MU, std::stod(row[17]) * MU_per_weight, 1e-5 * MU_per_weight);
        // Weights are float32 and BeamMeterset has 16 characters: 1e-6
        EXPECT_NEAR(meterset_of(*beam) / beam->meterset_MU, 1.0, 1e-6);
        EXPECT_EQ(beam->range_shifters.size(), row[19] == "-" ? 0U : 1U);
    }
}

TEST(RtCases, range_shifters_and_snouts_of_the_head_phantom) {
    BW_NEEDS_SHARED(shared);
    Warnings warnings;
    auto const plan = read_ion_plan(case_file(shared, "sets/dcpt_head_phantom/plan.dcm"), warnings);
    EXPECT_TRUE(warnings.empty()) << all_of(warnings);
    EXPECT_EQ(plan.patient_position, "HFS");
    double const distances_mm[] = {275.5312194824219, 293.6173400878906, 252.23472595214844};
    ASSERT_EQ(plan.beams.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_EQ(plan.beams[i].range_shifters.size(), 1U);
        EXPECT_EQ(plan.beams[i].range_shifters[0].id, "RS_5CM");
        EXPECT_EQ(plan.beams[i].range_shifters[0].isocenter_to_tray_mm, distances_mm[i]);
        EXPECT_EQ(plan.beams[i].range_shifters[0].wet_mm, 57.0);
        EXPECT_NEAR(*plan.beams[i].snout_position_mm, distances_mm[i] - 43.0, 1e-4);
        EXPECT_EQ(plan.beams[i].virtual_source_x_mm, 2000);
        EXPECT_EQ(plan.beams[i].virtual_source_y_mm, 2560);
    }
}

TEST(RtCases, spots_agree_with_the_lists_of_another_program) {
    BW_NEEDS_SHARED(shared);
    auto const expected = shared / "cases/open/expected";
    auto const mono = plan_of(case_file(shared, "plans/eclipse_mono160_1layer.dcm"));
    auto const list = listed_spots(expected / "spotlist_eclipse_mono160_BMv2_c7.dat");
    expect_same_spots(mono.beams[0], list);
    // 3,658,874 protons per MU at 160 MeV by their beam model
    double protons = 0;
    for (auto const& spot : list)
        protons += spot.protons;
    EXPECT_NEAR(meterset_of(mono.beams[0]) * 3658874 / protons, 1.0, 1e-5);

    auto const ramp = plan_of(case_file(shared, "sets/raystation_opposed_ramp/plan.dcm"));
    expect_same_spots(ramp.beams[0],
                      listed_spots(case_file(shared, "expected/spotlist_raystation_ramp_field01.dat.xz")));
}

TEST(RtCases, plan_that_breaks_the_standard_is_read_with_warnings) {
    BW_NEEDS_SHARED(shared);
    Warnings warnings;
    auto const plan = read_ion_plan(case_file(shared, "plans/opentps_box_8layers.dcm"), warnings);
    EXPECT_EQ(plan.patient_position, "");
    auto const said = all_of(warnings);
    for (auto const word : {"instead of RTPLAN", "RTPlanLabel", "CumulativeMetersetWeight",
                            "VirtualSourceAxisDistances", "SOPInstanceUID", "no patient position"}) {
        EXPECT_THAT(said, HasSubstr(word));
    }
}

TEST(RtCases, plans_made_here) {
    BW_NEEDS_SHARED(shared);
    auto const file = [&](char const* name) { return made_here(shared, name) / "RP.dcm"; };
    auto const refused = [&](char const* name) { return refusal_of([&] { plan_of(file(name)); }); };
    EXPECT_THAT(refused("plan_carbon"), HasSubstr("carbon"));
    EXPECT_THAT(refused("plan_uniform_scanning"), HasSubstr("UNIFORM"));
    EXPECT_THAT(refused("plan_nan_position"), HasSubstr("ScanSpotPositionMap"));

    auto const turned = plan_of(file("plan_gantry45_couch30"));
    auto const& beam = turned.beams.front();
    auto const direction = beam_direction({.gantry_deg = beam.gantry_deg,
                                           .couch_deg = beam.couch_deg,
                                           .patient_position = patient_position_from(turned.patient_position),
                                           .isocenter_mm = beam.isocenter_mm});
    EXPECT_NEAR(direction.x, -0.612372, 1e-4);
    EXPECT_NEAR(direction.y, 0.707107, 1e-4);
    EXPECT_NEAR(direction.z, 0.353553, 1e-4);
    EXPECT_NEAR(meterset_of(plan_of(file("plan_meterset_doubled")).beams.front()), 116829.098, 1e-4 * 116829);
}

TEST(RtCases, odd_plans_are_refused_by_name) {
    BW_NEEDS_SHARED(shared);
    auto const refused = [&](char const* name) {
        return refusal_of([&] { plan_of(case_file(shared, name)); });
    };
    EXPECT_THAT(refused("odd/pydicom_rtplan.dcm"), HasSubstr("photon"));
    EXPECT_THAT(refused("sets/dicompyler_breast/rtplan_photon.dcm.xz"), HasSubstr("photon"));
    EXPECT_THAT(refused("odd/pydicom_rtplan_truncated.dcm"), HasSubstr("pydicom_rtplan_truncated"));
    EXPECT_THAT(refused("odd/pydicom_ExplVR_LitEndNoMeta.dcm"), HasSubstr("no beams"));
    EXPECT_THAT(refused("odd/pydicom_MR_small.dcm"), HasSubstr("MR"));
}

TEST(RtCases, head_phantom_structures_fit_its_ct_and_plan) {
    BW_NEEDS_SHARED(shared);
    Warnings warnings;
    auto const in = set_of(case_file(shared, "sets/dcpt_head_phantom/structures.dcm.xz"), warnings);
    ASSERT_EQ(in.set.structures.size(), 11U);
    EXPECT_EQ(in.set.structures[0].name, "BODY");
    std::map<std::string, std::pair<std::size_t, double>> const expected{
        {"BODY", {177, 6870.355}}, {"BrainStem", {44, 33.889}}, {"CTV", {42, 121.186}},
        {"Beekley", {4, 0.039}},   {"M1", {2, 0.002}},          {"M2", {2, 0.003}}};
    for (auto const& [name, facts] : expected) {
        auto const& structure = named(in, name);
        EXPECT_EQ(structure.contours.size(), facts.first) << name;
        // Printed to 0.001 cm3
        EXPECT_NEAR(contour_volume_cm3(structure), facts.second, 0.0006) << name;
    }
    auto const ct = read_ct({case_file(shared, "sets/dcpt_head_phantom/ct_177_slices.tar.xz")}, {}, warnings);
    Warnings fit;
    check_structures_fit_ct(in, ct, {}, fit);
    auto const plan = plan_of(case_file(shared, "sets/dcpt_head_phantom/plan.dcm"));
    fitted_to_ct(plan, in.patient, ct, &in, {}, fit);
    // The plan was made with an earlier export of the structures; nothing else is unusual
    ASSERT_EQ(fit.all().size(), 1U) << all_of(fit);
    EXPECT_THAT(fit.all()[0].problem, HasSubstr("structure set"));
}

TEST(RtCases, structures_of_other_sets) {
    BW_NEEDS_SHARED(shared);
    Warnings warnings;
    auto const ramp = set_of(case_file(shared, "sets/raystation_opposed_ramp/structures.dcm"), warnings);
    ASSERT_EQ(ramp.set.structures.size(), 5U);
    EXPECT_NEAR(contour_volume_cm3(named(ramp, "Cube101010")), 1050, 0.01);
    EXPECT_TRUE(named(ramp, "LoPo").contours.empty());
    auto const prostate = set_of(case_file(shared, "sets/slicerrt_prostate/rtstruct.dcm.xz"), warnings);
    EXPECT_EQ(prostate.set.structures.size(), 6U);
    auto const breast = set_of(case_file(shared, "sets/dicompyler_breast/rtss.dcm.xz"), warnings);
    ASSERT_EQ(breast.set.structures.size(), 10U);
    auto const& heart = named(breast, "Heart");
    EXPECT_EQ(heart.number, 5);
    EXPECT_EQ(heart.type, "ORGAN");
    EXPECT_TRUE(named(breast, "Areola").contours.empty());
    auto const slice = std::find_if(heart.contours.begin(), heart.contours.end(),
                                    [](auto const& c) { return std::abs(c.points_mm[0].z + 47.44) < 1e-6; });
    ASSERT_NE(slice, heart.contours.end());
    EXPECT_EQ(slice->points_mm.size(), 166U);
    EXPECT_EQ(slice->points_mm[0], (Vec3<double>{2.69, -313.11, -47.44}));
    // Area x 3 mm; the README of the cases prints one decimal
    EXPECT_NEAR(contour_volume_cm3(heart), 439.7, 0.06);
    EXPECT_EQ(set_of(case_file(shared, "odd/pydicom_rtstruct.dcm"), warnings).set.structures.size(), 3U);
}

TEST(RtCases, structures_made_here) {
    BW_NEEDS_SHARED(shared);
    Warnings warnings;
    auto const read = [&](char const* name) { return set_of(made_here(shared, name) / "RS.dcm", warnings); };
    // 3 % as the table of answers allows for polygons
    EXPECT_NEAR(contour_volume_cm3(named(read("rtstruct_keyhole"), "RING")) / 39.6, 1, 0.03);
    EXPECT_NEAR(contour_volume_cm3(named(read("rtstruct_hole_two_contours"), "RING")) / 39.6, 1, 0.03);
    EXPECT_NEAR(contour_volume_cm3(named(read("rtstruct_disjoint_parts"), "TWO")) / 20.701, 1, 0.03);
    EXPECT_NEAR(contour_volume_cm3(named(read("rtstruct_off_plane"), "BOX")) / 48, 1, 0.05);
    auto const empty = read("rtstruct_empty_and_point_rois");
    EXPECT_EQ(std::count_if(empty.set.structures.begin(), empty.set.structures.end(),
                            [](auto const& s) { return contour_volume_cm3(s) > 0; }),
              1);
    EXPECT_EQ(read("rtstruct_many_structures").set.structures.size(), 300U);
    EXPECT_EQ(read("rtstruct_duplicate_and_odd_names").set.structures.size(), 6U);
    auto const japanese = read("rtstruct_japanese_iso2022");
    ASSERT_EQ(japanese.set.structures.size(), 2U);
    EXPECT_EQ(japanese.set.structures[0].name, "\u6A19\u7684"); // target
    EXPECT_EQ(japanese.set.structures[1].name, "\u80BA");       // lung
}

TEST(RtCases, structures_made_here_against_their_ct) {
    BW_NEEDS_SHARED(shared);
    Warnings warnings;
    auto const fit = [&](char const* name) {
        auto const folder = made_here(shared, name);
        auto const in = set_of(folder / "RS.dcm", warnings);
        auto const ct = read_ct({folder}, {}, warnings);
        Warnings own;
        check_structures_fit_ct(in, ct, {}, own);
        return all_of(own);
    };
    EXPECT_THAT(fit("rtstruct_off_plane"), HasSubstr("between slices"));
    EXPECT_THAT(refusal_of([&] { fit("rtstruct_wrong_frame_of_reference"); }),
                HasSubstr("frame of reference"));
    for (auto const name : {"ct_hfs", "ct_ffs", "ct_hfp", "ct_hfdl", "rtstruct_keyhole"})
        EXPECT_EQ(fit(name), "") << name;
}

TEST(RtCases, phantom_with_wrong_words_fits_with_warnings) {
    BW_NEEDS_SHARED(shared);
    auto const folder = case_file(shared, "sets/opentps_phantom/ct200_and_rtstruct.tar.xz");
    Warnings warnings;
    std::filesystem::path structures;
    for (auto const& file : files_under({folder})) {
        if (DicomFile::open(file, warnings, DicomExtent::without_pixels).kind() == DicomKind::structures)
            structures = file;
    }
    ASSERT_FALSE(structures.empty());
    auto const in = set_of(structures, warnings);
    ASSERT_EQ(in.set.structures.size(), 1U);
    EXPECT_EQ(in.set.structures[0].name, "TargetVolume");
    EXPECT_EQ(in.set.structures[0].contours.size(), 41U);
    EXPECT_NEAR(contour_volume_cm3(in.set.structures[0]), 31.636, 0.0006);
    auto const ct = read_ct({folder}, {}, warnings);
    Warnings fit;
    check_structures_fit_ct(in, ct, {}, fit);
    EXPECT_THAT(all_of(fit), HasSubstr("neither the CT nor"));
    EXPECT_THAT(all_of(fit), HasSubstr("patient id"));
    EXPECT_THAT(all_of(warnings), HasSubstr("instead of RTSTRUCT"));
}
