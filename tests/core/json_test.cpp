#include "core/json.hpp"
#include "refusal_of.hpp"
#include <gtest/gtest.h>

using namespace beamwright;
using beamwright::test::refusal_of;

namespace {

JsonReader read(std::string const& text) { return JsonReader::from_text(text, "test.json"); }

} // namespace

TEST(Json, names_file_and_path_of_a_wrong_field) {
    auto const json = read(R"({"beams": [{"energy_MeV": "high"}]})");
    auto const refusal = refusal_of([&] { (void)json["beams"].at(0)["energy_MeV"].number(); });
    EXPECT_EQ(refusal.problem, "test.json: $.beams[0].energy_MeV: is not a number");
    EXPECT_NE(refusal.why.find("\"high\""), std::string::npos);
}

TEST(Json, suggests_the_nearest_known_key) {
    auto const refusal = refusal_of([] { read(R"({"energi_MeV": 1})").allow_only({"energy_MeV", "name"}); });
    EXPECT_EQ(refusal.what_to_do, "did you mean 'energy_MeV'?");
    auto const far = refusal_of([] { read(R"({"something_else": 1})").allow_only({"energy_MeV", "name"}); });
    EXPECT_EQ(far.what_to_do, "remove it");
}

TEST(Json, refuses_doubled_keys_that_a_parser_would_swallow) {
    EXPECT_NE(refusal_of([] { read(R"({"a": 1, "a": 2})"); }).problem.find("stands twice"),
              std::string::npos);
    EXPECT_NO_THROW(read(R"({"a": {"b": 1}, "c": {"b": 2}})"));
}

TEST(Json, refuses_bad_syntax_deep_nesting_and_wrong_ranges) {
    EXPECT_THROW(read("{"), Refusal);
    EXPECT_THROW(read(std::string(100000, '[')), Refusal);
    EXPECT_THROW(read("1e999").number(), Refusal);
    EXPECT_THROW(read("3").number_in(0, 2), Refusal);
    EXPECT_THROW(read("18446744073709551615").integer_in(0, 10), Refusal);
    EXPECT_THROW(read("2.5").integer_in(0, 10), Refusal);
    EXPECT_EQ(read("7").integer_in(0, 10), 7);
}

TEST(Json, optional_members_and_null) {
    auto const json = read(R"({"here": 2.5, "none": null})");
    EXPECT_EQ(json.number_or("here", 1), 2.5);
    EXPECT_EQ(json.number_or("none", 1), 1);
    EXPECT_EQ(json.text_or("absent", "x"), "x");
    EXPECT_THROW(json["absent"], Refusal);
}

TEST(NearestWord, needs_at_most_three_edits) {
    EXPECT_EQ(nearest_word("spot_sizes", {"spot_size", "energy"}), "spot_size");
    EXPECT_EQ(nearest_word("zzzzzzzz", {"spot_size", "energy"}), "");
}
