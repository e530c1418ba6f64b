/// Any bytes as a neutron port: refused, or a source whose strength is a number.
#include "core/refusal.hpp"
#include "machine/port/port_model.hpp"
#include <cmath>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace beamwright;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    try {
        auto const port = port_from_json(JsonReader::from_text(text, "fuzz.json"));
        check_port(port, "fuzz.json");
        Warnings warnings;
        PortSourceOptions options;
        for (int pass = 0; pass < 2; ++pass) {
            auto const ready = prepare_port(port, options, warnings);
            if (!std::isfinite(ready.particles_per_s) || !(ready.neutrons_per_s >= 0)) {
                std::abort();
            }
            options.drawn_fast_share = 0.4;
        }
    } catch (Refusal const&) {
    }
    return 0;
}
