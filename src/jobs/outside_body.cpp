#include "jobs/outside_body.hpp"
#include "casefolder/structures_file.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// \throws Refusal
Structure const& body_of(StructureSet const& structures, std::string const& name) {
    auto const* const body = body_structure(structures, name);
    if (body == nullptr || body->contours.empty()) {
        refuse("what lies outside the body cannot be told",
               "the structures hold no outer contour (type EXTERNAL)",
               "draw one; or import without --couch and give case.json body_structure and outside_body");
    }
    return *body;
}

} // namespace

std::optional<Volume<float>> outside_body_mask(PatientSetup const& setup, Warnings& warnings) {
    auto const& description = setup.folder.description();
    if (!description.outside_body) {
        return {};
    }
    auto const dense = [&](Structure const& structure) {
        return dense_mask(structure, setup.ct_HU.grid, setup.stack_options, warnings);
    };
    auto air = dense(body_of(setup.structures, description.body_structure));
    for (auto const& name : description.outside_body->keep) {
        auto const kept = dense(structure_named(setup.structures, name));
        for (std::size_t v = 0; v < air.values.size(); ++v) {
            air.values[v] = std::max(air.values[v], kept.values[v]);
        }
    }
    for (auto& value : air.values) {
        value = 1 - value;
    }
    return air;
}

OutsideBodyAir outside_body_from(std::string const& words, StructureSet const& structures) {
    OutsideBodyAir air;
    constexpr std::string_view keep = "keep:";
    bool const keeps = words.starts_with(keep);
    if (!keeps && words != "remove") {
        refuse(fmt::format("--couch '{}' is not understood", words),
               "it says what becomes of the CT outside the body",
               "write remove (all of it is air), or keep:NAME for a structure that stays");
    }
    (void)body_of(structures, "");
    for (std::size_t from = keep.size(); keeps && from <= words.size();) {
        auto const comma = std::min(words.find(',', from), words.size());
        air.keep.push_back(structure_named(structures, words.substr(from, comma - from)).name);
        from = comma + 1;
    }
    return air;
}

Json outside_body_json(CaseDescription const& description) {
    if (!description.outside_body) {
        return "as the CT shows it";
    }
    return {{"as", "air"}, {"keep", description.outside_body->keep}};
}

} // namespace beamwright
