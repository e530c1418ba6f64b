/// Any bytes as a machine file: refused or read, never a crash.
#include "core/refusal.hpp"
#include "machine/model/machine_json.hpp"
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace beamwright;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const attempt = [](auto read) {
        try {
            MachineModel const machine = read();
            // What was accepted must be usable: optics at both ends, and a file that reads back
            (void)optics_at(machine, machine.energies.back().optics.nominal_energy_MeV);
            (void)machine_from_json(JsonReader::from_text(machine_to_json(machine).dump(), "again"));
        } catch (Refusal const&) {
        } catch (Json::exception const&) { // text that is no UTF-8 cannot be written as JSON
        }
    };
    attempt([&] { return machine_from_bdl_text(text, "fuzz.txt"); });
    attempt([&] { return machine_from_csv_text(text, "fuzz.csv", {.optics_plane_z_mm = 500}); });
    attempt([&] { return machine_from_json(JsonReader::from_text(text, "fuzz.json")); });
    return 0;
}
