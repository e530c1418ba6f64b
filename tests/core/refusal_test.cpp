#include "core/contracts.hpp"
#include "core/refusal.hpp"
#include <gtest/gtest.h>

using namespace beamwright;

TEST(Refusal, carries_its_three_parts) {
    try {
        refuse("slice missing", "the others are 2.5 mm apart", "export again");
    } catch (Refusal const& refusal) {
        EXPECT_STREQ(refusal.what(), "slice missing");
        EXPECT_EQ(refusal.why, "the others are 2.5 mm apart");
        EXPECT_EQ(refusal.what_to_do, "export again");
    }
}

TEST(Warnings, keep_order_and_drop_repeats) {
    Warnings warnings;
    warnings.add("a");
    warnings.add("b", "why", "do");
    warnings.add("a");
    ASSERT_EQ(warnings.all().size(), 2u);
    EXPECT_EQ(warnings.all()[1].what_to_do, "do");
}

TEST(Contracts, a_broken_one_is_our_bug_and_names_itself) {
    EXPECT_THROW(BW_EXPECT(1 + 1 == 3), std::logic_error);
    EXPECT_NO_THROW(BW_ENSURE(1 + 1 == 2));
}
