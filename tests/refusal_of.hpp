/// Helper for tests of refusals.
#pragma once
#include "core/refusal.hpp"
#include <gtest/gtest.h>

namespace beamwright::test {

/// The refusal that `act` must end in.
template <class Act> Refusal refusal_of(Act act) {
    try {
        act();
    } catch (Refusal const& refusal) {
        return refusal;
    }
    ADD_FAILURE() << "nothing was refused";
    return {"", "", ""};
}

} // namespace beamwright::test
