/// Any bytes as a case, a plan, a capture irradiation or structures in JSON: refused, or read and then written and read the same again.
#include "casefolder/capture_file.hpp"
#include "casefolder/case_description.hpp"
#include "casefolder/plan_file.hpp"
#include "casefolder/structures_file.hpp"
#include "core/refusal.hpp"
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace beamwright;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const again = [](std::string_view written) { return JsonReader::from_text(written, "again.json"); };
    // What was accepted must be acceptable when written: a refusal of our own text is a fault
    auto const attempt = [&](auto read, auto write) {
        std::string once;
        try {
            once = write(read(JsonReader::from_text(text, "fuzz.json")));
        } catch (Refusal const&) {
            return;
        }
        if (write(read(again(once))) != once) {
            std::abort();
        }
    };
    attempt([](JsonReader const& json) { return plan_from_json(json); }, plan_to_text);
    attempt([](JsonReader const& json) { return capture_from_json(json); }, capture_to_text);
    attempt([](JsonReader const& json) { return structures_from_json(json); }, structures_to_text);
    attempt([](JsonReader const& json) { return case_from_json(json); },
            [](CaseDescription const& description) { return to_json(description).dump(); });
    return 0;
}
