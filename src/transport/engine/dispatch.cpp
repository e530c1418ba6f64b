#include "core/contracts.hpp"
#include "core/refusal.hpp"
#include "transport/cuda/cuda_device.hpp"
#include "transport/engine/run_histories.hpp"
#include "transport/engine/run_neutrons.hpp"
#include <fmt/format.h>

namespace beamwright {

inline namespace scalar {
void run_histories(HistoryWork const&, std::int64_t, std::int64_t, TrackBook&);
void run_neutrons(NeutronWork const&, std::int64_t, std::int64_t, NeutronBook&);
} // namespace scalar
#ifdef BW_HAS_FMA_BUILD
namespace scalar_fma {
void run_histories(HistoryWork const&, std::int64_t, std::int64_t, TrackBook&);
void run_neutrons(NeutronWork const&, std::int64_t, std::int64_t, NeutronBook&);
} // namespace scalar_fma
#endif
namespace portable {
void run_lanes(HistoryWork const&, std::int64_t, std::int64_t, TrackBook&);
}
#ifdef BW_HAS_LANES
namespace avx2 {
void run_lanes(HistoryWork const&, std::int64_t, std::int64_t, TrackBook&);
}
namespace avx512 {
void run_lanes(HistoryWork const&, std::int64_t, std::int64_t, TrackBook&);
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

RunNeutrons run_neutrons_baseline() { return &scalar::run_neutrons; }

RunNeutrons run_neutrons_here() {
#ifdef BW_HAS_FMA_BUILD
    if (has_fused_multiply_add()) {
        return &scalar_fma::run_neutrons;
    }
#endif
    return run_neutrons_baseline();
}

std::string to_string(LaneTarget target) {
    switch (target) {
    case LaneTarget::avx2:
        return "avx2";
    case LaneTarget::avx512:
        return "avx512";
    case LaneTarget::portable:
        return "portable";
    case LaneTarget::cuda:
        return "cuda";
    default:
        return "scalar";
    }
}

std::string engine_of(LaneTarget target) { return in_lanes(target) ? "lanes" : to_string(target); }

namespace {

/// All that x86-64-v3 or v4, AES and carry-less products ask for (F16C, LZCNT and MOVBE, which clang cannot ask for,
/// come with AVX2 and BMI2).
bool has_instructions_of(LaneTarget target) {
#ifdef BW_HAS_LANES
    bool const has_avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
                          __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("aes") != 0 &&
                          __builtin_cpu_supports("pclmul") != 0;
    bool const has_avx512 =
        has_avx2 && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
        __builtin_cpu_supports("avx512cd") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
        __builtin_cpu_supports("avx512vl") != 0;
    return target == LaneTarget::avx2 ? has_avx2 : has_avx512;
#else
    return false;
#endif
}

} // namespace

bool runs_here(LaneTarget target) {
    if (target == LaneTarget::scalar || target == LaneTarget::portable) {
        return true;
    }
    if (target == LaneTarget::cuda) {
        return why_no_cuda_device().empty();
    }
    return has_instructions_of(target);
}

LaneTarget lane_target_named(std::string const& name) {
    if (name == "lanes") {
        return runs_here(LaneTarget::avx2) ? LaneTarget::avx2 : LaneTarget::portable;
    }
    for (auto const target :
         {LaneTarget::scalar, LaneTarget::avx2, LaneTarget::avx512, LaneTarget::portable, LaneTarget::cuda}) {
        if (name == to_string(target)) {
            if (!runs_here(target)) {
                refuse(fmt::format("the target '{}' does not run here", name),
                       target == LaneTarget::cuda
                           ? why_no_cuda_device()
                           : "this processor, or this build of the program, lacks its instructions",
                       target == LaneTarget::cuda ? "use --target scalar, which gives the same bits"
                                                  : "use --target lanes, which gives the same bits");
            }
            return target;
        }
    }
    refuse(fmt::format("'{}' is no target", name),
           "the targets are scalar, lanes (avx2 where the processor has it, else portable), avx2, avx512, "
           "portable and cuda",
           "name one of them");
}

RunHistories run_histories_of(LaneTarget target) {
    BW_EXPECT(target != LaneTarget::cuda && runs_here(target));
    switch (target) {
#ifdef BW_HAS_LANES
    case LaneTarget::avx2:
        return &avx2::run_lanes;
    case LaneTarget::avx512:
        return &avx512::run_lanes;
#endif
    case LaneTarget::portable:
        return &portable::run_lanes;
    default:
        return run_histories_here();
    }
}

} // namespace beamwright
