#include "core/atomic_file.hpp"
#include "core/refusal.hpp"
#include "volume/volume_file.hpp"
#include <algorithm>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <unistd.h>

namespace beamwright {
namespace {

namespace fs = std::filesystem;

class VolumeFiles : public ::testing::Test {
protected:
    void SetUp() override {
        folder = fs::temp_directory_path() / ("bw_volume_" + std::to_string(::getpid()));
        fs::create_directories(folder);
    }
    void TearDown() override { fs::remove_all(folder); }
    fs::path folder;
    fs::path text_file(std::string const& name, std::string const& text) {
        write_atomically(folder / name, text);
        return folder / name;
    }
    /// The refusal's three parts as one text; empty if there is none.
    static std::string refusal_of(fs::path const& file) {
        try {
            read_volume_file(file);
        } catch (Refusal const& refusal) {
            return refusal.problem + " | " + refusal.why;
        }
        return {};
    }
};

Grid oblique_grid() {
    double const c = std::cos(0.4), s = std::sin(0.4);
    Grid grid;
    grid.size = {7, 5, 4};
    grid.spacing_mm = {0.9765625, 2.5, 3.1};
    grid.origin_mm = {-123.4375, 45.5, -600.25};
    grid.axes = {{c, -s, 0}, {s, c, 0}, {0, 0, 1}};
    return grid;
}

template <class Value> Volume<Value> random_volume(Grid const& grid) {
    Volume<Value> volume(grid);
    std::mt19937 random(11);
    for (auto& value : volume.values) {
        value = static_cast<Value>(std::uniform_real_distribution<double>(-1000.0, 3000.0)(random));
    }
    return volume;
}

void expect_same_place(Grid const& a, Grid const& b, double tolerance_mm) {
    ASSERT_EQ(a.size, b.size);
    for (Vec3<double> const corner :
         {Vec3<double>{0, 0, 0}, Vec3<double>{6, 0, 0}, Vec3<double>{0, 4, 0}, Vec3<double>{0, 0, 3}}) {
        EXPECT_LE(norm(a.to_patient(corner) - b.to_patient(corner)), tolerance_mm);
    }
}

TEST_F(VolumeFiles, come_back_as_they_were) {
    auto left_handed = oblique_grid();
    left_handed.axes = {{1, 0, 0}, {0, -1, 0}, {0, 0, 1}};
    for (auto const& grid : {oblique_grid(), left_handed}) {
        for (auto const* const name : {"a.nrrd", "a.mha", "a.nii", "a.nii.gz"}) {
            // NIfTI keeps positions in single precision: 6e-8 of 600 mm, and its axes as rounded quaternions
            bool const single = std::string(name).find(".nii") != std::string::npos;
            for (bool const compressed : {false, true}) {
                SCOPED_TRACE(name);
                auto const hu = random_volume<std::int16_t>(grid);
                write_volume(folder / name, hu, {}, compressed);
                EXPECT_EQ(read_volume<std::int16_t>(folder / name).values, hu.values);
                expect_same_place(read_volume<std::int16_t>(folder / name).grid, grid, single ? 1e-4 : 1e-12);
                auto const dose = random_volume<float>(grid);
                write_volume(folder / name, dose, {}, compressed);
                EXPECT_EQ(read_volume<float>(folder / name).values, dose.values);
                auto const fine = random_volume<double>(grid);
                write_volume(folder / name, fine, {}, compressed);
                EXPECT_EQ(read_volume<double>(folder / name).values, fine.values);
            }
        }
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 4) << "temporary files are gone";
}

TEST_F(VolumeFiles, keep_axis_aligned_grids_exactly_in_nrrd_and_mha) {
    auto grid = oblique_grid();
    grid.axes = {};
    for (auto const* const name : {"a.nrrd", "a.mha"}) {
        write_volume(folder / name, Volume<float>(grid, 1.0F));
        EXPECT_EQ(read_volume_file(folder / name).grid(), grid) << name;
    }
}

TEST_F(VolumeFiles, nifti_is_turned_from_ras) {
    auto grid = oblique_grid();
    grid.axes = {};
    write_volume(folder / "a.nii", Volume<float>(grid, 1.0F));
    // srow_x of the file (byte 280): NIfTI's x runs to the right, ours to the left
    auto const bytes = read_file(folder / "a.nii");
    float row[4];
    std::memcpy(row, bytes.data() + 280, sizeof row);
    EXPECT_FLOAT_EQ(row[0], -0.9765625F);
    EXPECT_FLOAT_EQ(row[3], 123.4375F);
    expect_same_place(read_volume_file(folder / "a.nii").grid(), grid, 1e-4);
}

TEST_F(VolumeFiles, nrrd_in_ras_is_turned) {
    auto const file =
        text_file("ras.nrrd", "NRRD0004\ntype: short\ndimension: 3\nspace: right-anterior-superior\n"
                              "sizes: 2 1 1\nspace directions: (2,0,0) (0,2,0) (0,0,2)\nendian: little\n"
                              "encoding: raw\nspace origin: (10,20,30)\n\n" +
                                  std::string("\1\0\2\0", 4));
    auto const read = read_volume_file(file);
    EXPECT_EQ(read.grid().origin_mm, (Vec3<double>{-10, -20, 30}));
    EXPECT_EQ(read.grid().axes.column(0), (Vec3<double>{-1, 0, 0}));
    EXPECT_EQ(std::get<Volume<std::int16_t>>(read.volume).values, (std::vector<std::int16_t>{1, 2}));
}

TEST_F(VolumeFiles, notes_stay_with_nrrd_and_mha) {
    VolumeNotes const notes{{"quantity", "dose"}, {"units", "Gy"}};
    for (auto const* const name : {"a.nrrd", "a.mha"}) {
        write_volume(folder / name, Volume<float>(oblique_grid()), notes);
        auto const read = read_volume_file(folder / name).notes;
        EXPECT_EQ(read.count("units") ? read.at("units") : "", "Gy") << name;
        EXPECT_EQ(read.count("quantity") ? read.at("quantity") : "", "dose") << name;
    }
}

TEST_F(VolumeFiles, other_types_are_widened_or_refused) {
    write_volume(folder / "a.nrrd", Volume<float>(oblique_grid(), 1.5F));
    EXPECT_THROW(read_volume<std::int16_t>(folder / "a.nrrd"), Refusal);
    write_volume(folder / "a.nrrd", Volume<float>(oblique_grid(), -40.0F));
    EXPECT_EQ(read_volume<std::int16_t>(folder / "a.nrrd").values.front(), -40);
    write_volume(folder / "a.nrrd", Volume<double>(oblique_grid(), 1e300));
    EXPECT_THROW(read_volume<float>(folder / "a.nrrd"), Refusal);
    write_volume(folder / "a.nrrd", Volume<float>(oblique_grid(), std::numeric_limits<float>::quiet_NaN()));
    EXPECT_THROW(read_volume<std::int16_t>(folder / "a.nrrd"), Refusal);
}

std::string nrrd(std::string const& type, std::string const& sizes, std::string const& directions,
                 std::string const& extra = {}, std::string const& data = std::string(16, '\1')) {
    return "NRRD0004\ntype: " + type + "\ndimension: 3\nspace: left-posterior-superior\nsizes: " + sizes +
           "\nspace directions: " + directions + "\nendian: little\nencoding: raw\nspace origin: (0,0,0)\n" +
           extra + "\n" + data;
}

TEST_F(VolumeFiles, bad_nrrd_is_refused) {
    std::string const straight = "(1,0,0) (0,1,0) (0,0,1)";
    EXPECT_EQ(refusal_of(text_file("good.nrrd", nrrd("short", "2 2 2", straight))), "");
    std::vector<std::pair<std::string, std::string>> const bad{
        {"empty", ""},
        {"words", "hello"},
        {"cut", nrrd("short", "2 2 2", straight, "", "12345")},
        {"huge", nrrd("short", "900000 900000 900000", straight)},
        {"lies", nrrd("double", "1000 1000 1000", straight)},
        {"overflow", nrrd("short", "4294967296 4294967296 2", straight)},
        {"negative", nrrd("short", "-2 2 2", straight)},
        {"nan", nrrd("short", "2 2 2", "(nan,0,0) (0,1,0) (0,0,1)")},
        {"zero", nrrd("short", "2 2 2", "(0,0,0) (0,1,0) (0,0,1)")},
        {"sheared", nrrd("short", "2 2 2", "(1,0,0) (0,1,0) (0.2,0,1)")},
        {"none", nrrd("short", "2 2 2", "none (0,1,0) (0,0,1)")},
        {"long", nrrd("int64", "2 1 1", straight)},
        {"units", nrrd("short", "2 2 2", straight, "space units: \"cm\" \"cm\" \"cm\"\n")},
        {"detached", nrrd("short", "2 2 2", straight, "data file: ../other.raw\n")},
        {"flat", "NRRD0004\ntype: short\ndimension: 2\nsizes: 2 2\nspacings: 1 1\nendian: little\nencoding: "
                 "raw\n\n12345678"},
        {"unplaced", "NRRD0004\ntype: short\ndimension: 3\nsizes: 2 2 2\nspacings: 1 1 1\nendian: "
                     "little\nencoding: raw\n\n" +
                         std::string(16, '\1')}};
    for (auto const& [name, text] : bad) {
        EXPECT_NE(refusal_of(text_file(name + ".nrrd", text)), "") << name;
    }
    EXPECT_NE(refusal_of(folder / "absent.nrrd"), "");
    EXPECT_NE(refusal_of(folder / "what.jpg"), "");
}

TEST_F(VolumeFiles, bad_mha_is_refused) {
    auto const mha = [](std::string const& size, std::string const& spacing, std::string const& extra,
                        std::string const& data) {
        return "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = "
               "False\nCompressedData = False\n" +
               extra + (spacing.empty() ? "" : "ElementSpacing = " + spacing + "\n") + "DimSize = " + size +
               "\nElementType = MET_SHORT\nElementDataFile = LOCAL\n" + data;
    };
    std::string const data(16, '\1'), place = "Offset = 0 0 0\n";
    EXPECT_EQ(refusal_of(text_file("good.mha", mha("2 2 2", "1 1 1", place, data))), "");
    std::vector<std::pair<std::string, std::string>> const bad{
        {"empty", ""},
        {"cut", mha("2 2 2", "1 1 1", place, "123")},
        {"huge", mha("900000 900000 900000", "1 1 1", place, data)},
        {"lies", mha("10000 1000 10", "1 1 1", place, data)},
        {"negative", mha("-2 2 2", "1 1 1", place, data)},
        {"dimensions", mha("2 2 2", "1 1 1", place, data).replace(27, 1, "-3")},
        {"unspaced", mha("2 2 2", "", place, data)},
        {"unplaced", mha("2 2 2", "1 1 1", "", data)},
        {"axes", mha("2 2 2", "1 1 1", place + "TransformMatrix = nan 0 0 0 1 0 0 0 1\n", data)},
        {"zero", mha("2 2 2", "0 1 1", place, data)},
        {"nan", mha("2 2 2", "nan 1 1", place, data)},
        {"channels", mha("2 2 1", "1 1 1", place + "ElementNumberOfChannels = 2\n", data)},
        {"compressed",
         mha("2 2 2", "1 1 1", place, data)
             .replace(mha("2 2 2", "1 1 1", place, data).find("Data = False"), 12, "Data = True")}};
    for (auto const& [name, text] : bad) {
        EXPECT_NE(refusal_of(text_file(name + ".mha", text)), "") << name;
    }
}

TEST_F(VolumeFiles, bad_nifti_is_refused) {
    auto const volume = random_volume<float>(oblique_grid());
    write_volume(folder / "good.nii", volume);
    write_volume(folder / "good.nii.gz", volume);
    auto const good = read_file(folder / "good.nii"), packed = read_file(folder / "good.nii.gz");
    auto const changed = [&](std::size_t at, auto value) {
        auto bytes = good;
        std::memcpy(bytes.data() + at, &value, sizeof value);
        return bytes;
    };
    float const nan = std::numeric_limits<float>::quiet_NaN();
    std::vector<std::pair<std::string, std::string>> const bad{
        {"empty.nii", ""},
        {"header.nii", good.substr(0, 200)},
        {"cut.nii", good.substr(0, good.size() - 100)},
        {"cut.nii.gz", packed.substr(0, packed.size() / 2)},
        {"tail.nii.gz", packed.substr(0, packed.size() - 12)},
        {"huge.nii", changed(42, std::int16_t{32767})},
        {"negative.nii", changed(42, std::int16_t{-5})},
        {"type.nii", changed(70, std::int16_t{1792})},
        {"nan_spacing.nii", changed(80, nan)},
        {"nan_axes.nii", changed(280, nan)}};
    for (auto const& [name, text] : bad) {
        EXPECT_NE(refusal_of(text_file(name, text)), "") << name;
    }
}

TEST_F(VolumeFiles, cut_compressed_files_are_refused) {
    auto const volume = random_volume<float>(oblique_grid());
    for (std::string const name : {"a.nrrd", "a.mha", "a.nii.gz"}) {
        write_volume(folder / name, volume);
        auto const whole = read_file(folder / name);
        for (std::size_t const lost : {std::size_t{16}, std::size_t{200}}) {
            EXPECT_NE(refusal_of(text_file("cut_" + name, whole.substr(0, whole.size() - lost))), "")
                << name << ' ' << lost;
        }
        auto broken = whole;
        broken[whole.size() - 150] = static_cast<char>(~broken[whole.size() - 150]);
        EXPECT_NE(refusal_of(text_file("broken_" + name, broken)), "") << name;
    }
}

TEST_F(VolumeFiles, write_whole_or_not_at_all) {
    auto const volume = random_volume<float>(oblique_grid());
    EXPECT_THROW(write_volume(folder / "a.png", volume), Refusal);
    EXPECT_THROW(write_volume(folder / "a.mhd", volume), Refusal);
    EXPECT_THROW(write_volume(folder / "no" / "such" / "a.nrrd", volume), Refusal);
    EXPECT_TRUE(fs::is_empty(folder));
}

} // namespace
} // namespace beamwright
