#include "casefolder/structures_file.hpp"
#include "core/refusal.hpp"
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace beamwright {

namespace {

Json quoted(std::string const& text) { return Json(text); }

std::string dumped(std::string const& text) {
    return quoted(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void append_contour(std::string& out, Contour const& contour) {
    char const* separator = "";
    out += "[";
    for (auto const& p : contour.points_mm) {
        // fmt's {} of a double is the shortest text that reads back to the same double
        fmt::format_to(std::back_inserter(out), "{}{},{},{}", separator, p.x, p.y, p.z);
        separator = ",";
    }
    out += "]";
}

Contour read_contour(JsonReader const& json) {
    auto const numbers = json.numbers();
    if (numbers.size() % 3 != 0 || numbers.size() < 9) {
        json.refuse_here("is not a contour", fmt::format("it holds {} numbers", numbers.size()),
                         "write x1, y1, z1, x2, y2, z2, ... of at least three points, in mm");
    }
    Contour contour;
    contour.points_mm.reserve(numbers.size() / 3);
    for (std::size_t i = 0; i < numbers.size(); i += 3) {
        contour.points_mm.push_back({numbers[i], numbers[i + 1], numbers[i + 2]});
    }
    return contour;
}

Structure read_structure(JsonReader const& json) {
    json.allow_only({"number", "name", "type", "color", "contours_mm"});
    Structure structure;
    structure.number = static_cast<int>(json["number"].integer_in(-1'000'000'000, 1'000'000'000));
    structure.name = json["name"].text();
    structure.type = json.text_or("type", "");
    if (auto const color = json.find("color")) {
        if (color->size() != 3) {
            color->refuse_here("is not a color", "it needs red, green and blue",
                               "write [r, g, b], each 0 to 255");
        }
        for (std::size_t i = 0; i < 3; ++i) {
            structure.color[i] = static_cast<std::uint8_t>(color->at(i).integer_in(0, 255));
        }
    }
    auto const contours = json["contours_mm"];
    structure.contours.reserve(contours.size());
    for (std::size_t i = 0; i < contours.size(); ++i) {
        structure.contours.push_back(read_contour(contours.at(i)));
    }
    return structure;
}

} // namespace

std::string structures_to_text(StructureSet const& set) {
    std::string out = fmt::format(
        "{{\"schema_version\": 1,\n \"label\": {},\n \"frame_of_reference_uid\": {},\n \"structures\": [",
        dumped(set.label), dumped(set.frame_of_reference_uid));
    char const* separator = "\n";
    for (auto const& s : set.structures) {
        fmt::format_to(
            std::back_inserter(out),
            "{}  {{\"number\": {}, \"name\": {}, \"type\": {}, \"color\": [{}, {}, {}], \"contours_mm\": [",
            separator, s.number, dumped(s.name), dumped(s.type), s.color[0], s.color[1], s.color[2]);
        char const* next = "\n   ";
        for (auto const& contour : s.contours) {
            out += next;
            append_contour(out, contour);
            next = ",\n   ";
        }
        out += "]}";
        separator = ",\n";
    }
    return out + "\n ]\n}\n";
}

StructureSet structures_from_json(JsonReader const& json) {
    json.allow_only({"schema_version", "label", "frame_of_reference_uid", "structures"});
    json["schema_version"].integer_in(1, 1);
    StructureSet set;
    set.label = json.text_or("label", "");
    set.frame_of_reference_uid = json.text_or("frame_of_reference_uid", "");
    std::set<int> numbers;
    for (auto const& item : json["structures"].items()) {
        set.structures.push_back(read_structure(item));
        if (!numbers.insert(set.structures.back().number).second) {
            item["number"].refuse_here(fmt::format("number {} stands twice", set.structures.back().number),
                                       "numbers keep structures of one name apart",
                                       "give each structure its own number");
        }
    }
    return set;
}

Structure const& structure_named(StructureSet const& set, std::string const& name) {
    std::vector<std::string> names;
    for (auto const& structure : set.structures) {
        if (structure.name == name) {
            return structure;
        }
        names.push_back(structure.name);
    }
    std::string const near = nearest_word(name, names);
    refuse(fmt::format("no structure '{}'", name), fmt::format("the case has: {}", fmt::join(names, ", ")),
           near.empty() ? "use one of these names" : fmt::format("did you mean '{}'?", near));
}

Structure const* body_structure(StructureSet const& set, std::string const& name) {
    if (!name.empty()) {
        return &structure_named(set, name);
    }
    for (auto const& structure : set.structures) {
        if (structure.type == "EXTERNAL") {
            return &structure;
        }
    }
    return nullptr;
}

} // namespace beamwright
