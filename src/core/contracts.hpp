/// Contracts: what must hold if our own code is right. Users get `refuse` instead.
#pragma once

namespace beamwright {
/// Throws std::logic_error (exit code 4) naming the broken contract.
[[noreturn]] void contract_broken(char const* kind, char const* condition, char const* file, int line);
} // namespace beamwright

#define BW_CONTRACT_(kind, condition)                                                                        \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            ::beamwright::contract_broken(kind, #condition, __FILE__, __LINE__);                             \
    } while (false)
/// Before: the caller's duty.
#define BW_EXPECT(condition) BW_CONTRACT_("expected", condition)
/// In between: ours.
#define BW_ASSERT(condition) BW_CONTRACT_("assumed", condition)
/// After: what we promise.
#define BW_ENSURE(condition) BW_CONTRACT_("promised", condition)
