/// Any bytes given as a registry table: a table whose rates are numbers, or a refusal; nothing else.
#include "registry/input/combine.hpp"
#include "registry/input/read_counts.hpp"
#include "registry/rates/rates.hpp"
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace beamwright;
    using namespace beamwright::registry;
    static RateOptions const options{{find_standard("segi", shipped_standards())},
                                     {IntervalMethod::gamma, IntervalMethod::normal}};
    static CountLimits const limits(0.95, 100);
    Warnings warnings;
    try {
        ReadOptions reading;
        reading.rules.accept_sites = size % 2 == 0;
        reading.rules.allow_fractional = true;
        auto table =
            read_counts_text({reinterpret_cast<char const*>(data), size}, "fuzz.csv", reading, warnings);
        group_sites(table);
        add_both_sexes(table);
        for (auto const& stratum : table.strata) {
            auto const rates = rates_of(stratum, table.columns, options, limits);
            for (auto const& interval : rates.standardized.front().all_ages.intervals) {
                if (!(std::isfinite(interval.interval.upper) &&
                      interval.interval.lower <= interval.interval.upper))
                    std::abort();
            }
        }
    } catch (Refusal const&) {
    }
    return 0;
}
