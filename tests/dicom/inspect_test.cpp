// inspect: everything found is listed, everything wrong is a problem, nothing throws.
#include "dicom/inspect.hpp"
#include "image_builder.hpp"
#include <gmock/gmock.h>

namespace beamwright {
namespace {

using namespace test;
using ::testing::HasSubstr;

TEST(Inspect, lists_a_ct_and_a_dose_and_compares_them) {
    CtBuilder builder;
    auto const folder = builder.write();
    auto dose = DoseBuilder{}.dataset();
    std::filesystem::copy(written(dose), folder / "dose.dcm");
    auto const json = inspect({folder});
    EXPECT_EQ(json["ct"]["size"], Json({12, 10, 5}));
    EXPECT_EQ(json["ct"]["images"], 5);
    EXPECT_EQ(json["dose"]["type"], "PHYSICAL");
    EXPECT_EQ(json["objects"].size(), 2u);
    EXPECT_TRUE(json["problems"].empty()) << json["problems"];
    set(dose, DCM_FrameOfReferenceUID, "1.2.77");
    std::filesystem::copy(written(dose), folder / "dose2.dcm");
    auto const other = inspect({folder});
    ASSERT_EQ(other["problems"].size(), 1u);
    EXPECT_THAT(std::string(other["problems"][0]["problem"]), HasSubstr("another frame of reference"));
    for (auto const* const part : {"problem", "why", "do"}) {
        EXPECT_FALSE(std::string(other["problems"][0][part]).empty());
    }
}

TEST(Inspect, goes_on_behind_a_bad_file) {
    CtBuilder builder;
    auto const folder = builder.write();
    auto const whole = bytes_of(DoseBuilder{}.dataset());
    std::ofstream(folder / "cut.dcm", std::ios::binary) << whole.substr(0, whole.size() - 10);
    auto const json = inspect({folder});
    EXPECT_EQ(json["ct"]["images"], 5);
    ASSERT_EQ(json["problems"].size(), 1u);
    EXPECT_THAT(std::string(json["problems"][0]["problem"]), HasSubstr("cut.dcm"));
}

TEST(Inspect, other_objects_are_named) {
    auto image = CtBuilder{}.slice(0);
    set(image, DCM_SOPClassUID, UID_MRImageStorage);
    auto const json = inspect({written(image)});
    EXPECT_EQ(json["objects"][0]["kind"], "MRImageStorage");
    EXPECT_THAT(std::string(json["problems"][0]["problem"]), HasSubstr("MRImageStorage"));
}

TEST(Inspect, an_empty_folder_is_a_problem) {
    auto const folder = scratch() / "nothing";
    std::filesystem::create_directories(folder);
    EXPECT_THAT(std::string(inspect({folder})["problems"][0]["problem"]), HasSubstr("nothing to use"));
}

} // namespace
} // namespace beamwright
