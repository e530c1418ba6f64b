/// Any bytes as a calibration: refused or read, never a crash.
#include "core/refusal.hpp"
#include "patient/hu_converter.hpp"
#include <string>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace beamwright;
    std::string const text(reinterpret_cast<char const*>(data), size);
    auto const attempt = [](auto read) {
        try {
            Calibration calibration = read();
            calibration.curve_is_stopping_power = false; // stopping powers are not what is tested, and slow
            HuConverter const converter(std::move(calibration));
            (void)converter.at(converter.calibration().least_hu);
            (void)converter.at(converter.calibration().most_hu);
        } catch (Refusal const&) {
        }
    };
    attempt([&] { return calibration_from_csv_text({"fuzz.csv", text}); });
    auto const half = text.find('\f');
    if (half != std::string::npos) {
        attempt([&] {
            return calibration_from_mcsquare_text({"density", text.substr(0, half)},
                                                  {"material", text.substr(half + 1)});
        });
    }
    attempt([&] { return calibration_from_json(JsonReader::from_text(text, "fuzz.json")); });
    return 0;
}
