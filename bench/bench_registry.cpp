/// A million rows of a registry table: reading, checking, and all rates.
#include "registry/input/read_counts.hpp"
#include "registry/rates/rates.hpp"
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <iterator>

namespace {

using namespace beamwright;
using namespace beamwright::registry;

/// registries x 2 sexes x 30 sites x 10 years x 19 ages
std::string made_up_table(int registries) {
    fmt::memory_buffer out;
    auto const put = std::back_inserter(out);
    fmt::format_to(put, "registry,sex,site,age_group,year,cases,person_years\n");
    for (int registry = 0; registry < registries; ++registry) {
        for (int series = 0; series < 2 * 30 * 10; ++series) {
            for (int age = 0; age <= 18; ++age) {
                bool const unknown = age == 18;
                auto const group = unknown     ? std::string("unknown")
                                   : age == 17 ? std::string("85+")
                                               : fmt::format("{}-{}", 5 * age, 5 * age + 4);
                fmt::format_to(
                    put, "Registry {},{},C{:02},{},{},{},{}\n", registry, series % 2 == 0 ? "male" : "female",
                    series / 2 % 30 + (series / 2 % 30 > 25 ? 10 : 0), group, 2000 + series / 60,
                    unknown ? 0 : (age * age * (1 + series % 7)) / 4, unknown ? 0 : 200000 - 9000 * age);
            }
        }
    }
    return fmt::to_string(out);
}

void read_table(benchmark::State& state) {
    auto const text = made_up_table(static_cast<int>(state.range(0)));
    std::size_t strata = 0;
    for (auto _ : state) {
        Warnings warnings;
        strata = read_counts_text(text, "table.csv", {}, warnings).strata.size();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(strata) * 19);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(read_table)->Arg(8)->Arg(88)->Unit(benchmark::kMillisecond);

void rates_of_table(benchmark::State& state) {
    Warnings warnings;
    auto const table = read_counts_text(made_up_table(8), "table.csv", {}, warnings);
    RateOptions options;
    options.standards = {find_standard("segi", shipped_standards())};
    options.methods = {static_cast<IntervalMethod>(state.range(0))};
    CountLimits const limits(options.confidence);
    for (auto _ : state) {
        for (auto const& stratum : table.strata) {
            benchmark::DoNotOptimize(rates_of(stratum, table.columns, options, limits));
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(table.strata.size()) * 19);
    state.SetLabel(method_name(options.methods.front()));
}
BENCHMARK(rates_of_table)
    ->Arg(static_cast<int>(IntervalMethod::gamma))
    ->Arg(static_cast<int>(IntervalMethod::midp))
    ->Arg(static_cast<int>(IntervalMethod::dobson_byar))
    ->Unit(benchmark::kMillisecond);

} // namespace

BENCHMARK_MAIN();
