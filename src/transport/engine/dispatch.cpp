#include "transport/engine/run_histories.hpp"

namespace beamwright {

inline namespace scalar {
void run_histories(HistoryWork const&, std::int64_t, std::int64_t, TrackBook&);
}
#ifdef BW_HAS_FMA_BUILD
namespace scalar_fma {
void run_histories(HistoryWork const&, std::int64_t, std::int64_t, TrackBook&);
}
#endif

bool has_fused_multiply_add() {
#ifdef BW_HAS_FMA_BUILD
    return __builtin_cpu_supports("fma") != 0 && __builtin_cpu_supports("avx2") != 0;
#else
    return false;
#endif
}

RunHistories run_histories_baseline() { return &scalar::run_histories; }

RunHistories run_histories_here() {
#ifdef BW_HAS_FMA_BUILD
    if (has_fused_multiply_add()) {
        return &scalar_fma::run_histories;
    }
#endif
    return run_histories_baseline();
}

} // namespace beamwright
