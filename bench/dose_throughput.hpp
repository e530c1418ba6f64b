/// Runs a dose again and again for Google Benchmark and counts per CPU second.
#pragma once
#include "transport/engine/transport_tables.hpp"
#include "transport/schedule/calculate_dose.hpp"
#include <benchmark/benchmark.h>

namespace beamwright::bench {

/// One thread, tables made beforehand, another seed each time.
inline void dose_throughput(benchmark::State& state, DoseRequest& request) {
    if (!runs_here(request.options.target)) {
        state.SkipWithError("this processor or build has no AVX2 lanes");
        return;
    }
    request.options.threads = 1;
    request.tables = std::make_shared<TransportTables>(materials_of(request), WaterStopping::icru90);
    Warnings warnings;
    double histories = 0, cpu_s = 0, steps = 0;
    for (auto _ : state) {
        auto const result = calculate_dose(request, warnings);
        histories += static_cast<double>(result.histories);
        cpu_s += result.cpu_s;
        steps = result.steps_per_history;
        ++request.options.seed;
    }
    state.counters["primaries_per_cpu_s"] = histories / cpu_s;
    state.counters["cpu_s_per_million"] = 1e6 * cpu_s / histories;
    state.counters["steps_per_history"] = steps;
}

} // namespace beamwright::bench
