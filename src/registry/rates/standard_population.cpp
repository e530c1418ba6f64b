#include "registry/rates/standard_population.hpp"
#include "core/atomic_file.hpp"
#include "core/data_files.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright::registry {

namespace {

constexpr double most_weight = 1e15;

/// A group as JSON: {"ages": "0-4", "weight": 12000, "parts": [...]}; parts share the weight of the group.
void add_group(JsonReader const& group, double share, std::vector<StandardPopulation::Part>& out) {
    group.allow_only({"ages", "weight", "parts"});
    auto const age = age_from_text(group["ages"].text());
    if (!age || age->unknown) {
        group["ages"].refuse_here("no age group", "groups are written '0-4' or '85+'", "correct the group");
    }
    double const weight = group["weight"].number_in(0, most_weight) * share;
    auto const parts = group.find("parts");
    if (!parts) {
        out.push_back({age->group, weight});
        return;
    }
    double sum = 0;
    for (auto const& part : parts->items()) {
        sum += part["weight"].number_in(0, most_weight);
    }
    for (auto const& part : parts->items()) {
        add_group(part, weight / sum, out);
    }
}

/// Words that stop a list of groups, or empty.
std::string wrong_with(std::vector<StandardPopulation::Part> const& parts) {
    int next_y = 0;
    double sum = 0;
    for (auto const& part : parts) {
        if (part.age.low_y != next_y) {
            return fmt::format("after age {} comes the group {}", next_y - 1, part.age.label());
        }
        next_y = part.age.is_open() ? AgeGroup::open : part.age.high_y + 1;
        sum += part.weight;
    }
    if (next_y != AgeGroup::open) {
        return fmt::format("no open last group ({}+)", next_y);
    }
    return sum > 0 ? std::string() : "the weights add up to zero";
}

StandardPopulation from_json(JsonReader const& node) {
    node.allow_only({"name", "title", "aliases", "source", "trust", "groups"});
    StandardPopulation standard;
    standard.name = node["name"].text();
    standard.title = node["title"].text();
    standard.source = node["source"].text();
    standard.trust = node["trust"].text();
    for (auto const& alias : node["aliases"].items()) {
        standard.aliases.push_back(alias.text());
    }
    for (auto const& group : node["groups"].items()) {
        add_group(group, 1, standard.parts);
    }
    if (auto const wrong = wrong_with(standard.parts); !wrong.empty()) {
        node.refuse_here("age groups do not follow each other", wrong,
                         "give groups from 0 to an open last one");
    }
    return standard;
}

/// Two columns, age_group and weight, between commas, semicolons or tabs.
StandardPopulation from_csv(std::filesystem::path const& file) {
    auto const name = file.filename().string();
    StandardPopulation standard{
        file.stem().string(), fmt::format("given file {}", name), name, "given by the user", {}, {}};
    bool header = false;
    for (auto const& line : lines_of(read_file(file, std::size_t{1} << 20))) {
        if (line.text.empty() || line.text.front() == '#') {
            continue;
        }
        char const separator = line.text.find('\t') != std::string::npos  ? '\t'
                               : line.text.find(';') != std::string::npos ? ';'
                                                                          : ',';
        auto cells = split_at(line.text, separator);
        for (auto& cell : cells) {
            std::erase(cell, '"');
        }
        if (!header) {
            if (cells != std::vector<std::string>{"age_group", "weight"}) {
                refuse_line(name, line.number, "no header 'age_group,weight'",
                            fmt::format("it says '{}'", line.text.substr(0, 80)),
                            "start the file of a standard population with the line age_group,weight");
            }
            header = true;
            continue;
        }
        auto const age = age_from_text(cells[0]);
        double const weight = cells.size() == 2 ? number_in_text(cells[1]).value_or(-1) : -1;
        if (!age || age->unknown || weight < 0 || weight > most_weight) {
            refuse_line(name, line.number,
                        fmt::format("'{}' is no row of a standard population", line.text.substr(0, 80)),
                        "a row holds an age group and a weight of at least 0",
                        "write rows like 0-4,12000 and 85+,500");
        }
        standard.parts.push_back({age->group, weight});
    }
    if (auto const wrong = wrong_with(standard.parts); !wrong.empty()) {
        refuse(fmt::format("{}: age groups do not follow each other", name), wrong,
               "give groups in order, from age 0 to an open last one such as 85+");
    }
    return standard;
}

bool is_called(StandardPopulation const& standard, std::string const& name) {
    return standard.name == name ||
           std::find(standard.aliases.begin(), standard.aliases.end(), name) != standard.aliases.end();
}

} // namespace

std::vector<StandardPopulation> shipped_standards() {
    auto const root = JsonReader::from_file(data_dir() / "registry" / "standard_populations.json");
    root.allow_only({"schema_version", "made_by", "note", "standards"});
    std::vector<StandardPopulation> all;
    for (auto const& node : root["standards"].items()) {
        all.push_back(from_json(node));
    }
    return all;
}

StandardPopulation find_standard(std::string const& name_or_file,
                                 std::vector<StandardPopulation> const& shipped) {
    for (auto const& standard : shipped) {
        if (is_called(standard, name_or_file)) {
            return standard;
        }
    }
    std::error_code failed;
    if (std::filesystem::is_regular_file(name_or_file, failed)) {
        return from_csv(name_or_file);
    }
    std::vector<std::string> names, all;
    for (auto const& standard : shipped) {
        names.push_back(standard.name);
        all.push_back(standard.name);
        all.insert(all.end(), standard.aliases.begin(), standard.aliases.end());
    }
    auto const near = nearest_word(name_or_file, all);
    refuse(fmt::format("unknown standard population '{}'", name_or_file),
           fmt::format("it is neither a file nor one of: {}", fmt::join(names, ", ")),
           near.empty()
               ? "use one of these names, or a CSV file with the columns age_group and weight"
               : fmt::format("did you mean '{}'? A CSV file with age_group and weight works too", near));
}

} // namespace beamwright::registry
