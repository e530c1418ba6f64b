#include "tables/nuclear_load.hpp"
#include "core/atomic_file.hpp"
#include "core/data_files.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/refusal.hpp"
#include "tables/binary_sections.hpp"
#include <fmt/format.h>

namespace beamwright {

namespace {

static_assert(sizeof(NuclearChannel) == 16 && sizeof(NuclearNode) == 60 && sizeof(NuclearElasticNode) == 8,
              "the records of tools/build_nuclear.py are read as they lie in the file");

[[noreturn]] void refuse_damaged(std::string const& why) {
    refuse("the shipped nuclear table 'proton_nuclear.bin' is damaged", why,
           "install beamwright again, or make it anew with tools/build_nuclear.py");
}

void read_targets(JsonReader const& list, NuclearData& data) {
    auto const nodes = static_cast<std::int64_t>(data.nodes.size());
    auto const elastic = static_cast<std::int64_t>(data.elastic_nodes.size());
    for (JsonReader const& item : list.items()) {
        NuclearTarget target{};
        target.Z = static_cast<std::int32_t>(item["Z"].integer_in(1, 118));
        target.A = static_cast<std::int32_t>(item["A"].integer_in(1, 300));
        target.mass_MeV = static_cast<float>(item["mass_MeV"].number_in(900.0, 300000.0));
        target.first_node = static_cast<std::uint32_t>(item["first_node"].integer_in(0, nodes));
        target.node_count =
            static_cast<std::uint32_t>(item["nodes"].integer_in(0, nodes - target.first_node));
        target.first_elastic = static_cast<std::uint32_t>(item["first_elastic"].integer_in(0, elastic - 1));
        target.elastic_count =
            static_cast<std::uint32_t>(item["elastic_nodes"].integer_in(1, elastic - target.first_elastic));
        if (target.Z != static_cast<std::int32_t>(data.targets.size()) + 1) {
            item.refuse_here("targets are not in order of Z", "they are found by their place",
                             "make the table anew with tools/build_nuclear.py");
        }
        data.targets.push_back(target);
        data.atomic_weights.push_back(item["atomic_weight"].number_in(1.0, 300.0));
    }
}

} // namespace

NuclearData load_nuclear_data() {
    auto const folder = data_dir() / "tables";
    auto const certificate = JsonReader::from_file(folder / "proton_nuclear.json");
    std::string bytes = read_file(folder / "proton_nuclear.bin");
    NuclearData data;
    data.sha256 = sha256_of(bytes);
    if (data.sha256 != certificate["sha256"].text()) {
        refuse_damaged("its SHA-256 is not the one in proton_nuclear.json");
    }
    BinarySections const sections(certificate, std::move(bytes));
    data.nodes = sections.read<NuclearNode>("nodes");
    data.channels = sections.read<NuclearChannel>("channels");
    auto const spectra = sections.read<float>("spectra");
    data.spectra.assign(spectra.begin(), spectra.end());
    data.cosines = sections.read<std::int16_t>("cosines");
    data.elastic_nodes = sections.read<NuclearElasticNode>("elastic_nodes");
    data.elastic_cosines = sections.read<float>("elastic_cosines");
    data.nonelastic_barn = sections.read<float>("nonelastic");
    data.elastic_barn = sections.read<float>("elastic");
    read_targets(certificate["targets"], data);
    if (data.nonelastic_barn.size() != data.targets.size() * nuclear_grid_points ||
        data.elastic_barn.size() != data.nonelastic_barn.size()) {
        refuse_damaged("its cross sections do not match its list of elements");
    }
    return data;
}

} // namespace beamwright
