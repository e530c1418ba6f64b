/// Sections of plain records in a shipped binary table, as its JSON certificate lists them.
#pragma once
#include "core/json.hpp"
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace beamwright {

class BinarySections {
public:
    /// `certificate` has "sections": {name: {"offset", "records"}}.
    BinarySections(JsonReader const& certificate, std::string bytes)
        : sections_{certificate["sections"]}, bytes_{std::move(bytes)} {}

    /// \throws Refusal if the section is absent or reaches beyond the file.
    template <class Record> std::vector<Record> read(std::string_view name) const {
        JsonReader const section = sections_[name];
        auto const size = static_cast<std::int64_t>(bytes_.size());
        auto const offset = section["offset"].integer_in(0, size);
        auto const room = (size - offset) / static_cast<std::int64_t>(sizeof(Record));
        std::vector<Record> result(static_cast<std::size_t>(section["records"].integer_in(0, room)));
        std::memcpy(result.data(), bytes_.data() + offset, result.size() * sizeof(Record));
        return result;
    }

private:
    JsonReader sections_;
    std::string bytes_;
};

} // namespace beamwright
