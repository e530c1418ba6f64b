#include "registry/input/read_counts.hpp"
#include "core/atomic_file.hpp"
#include "core/contracts.hpp"
#include "registry/input/delimited.hpp"
#include "registry/input/layouts.hpp"
#include <fmt/format.h>

namespace beamwright::registry {

namespace {

Layout layout_of(std::string_view text, Layout asked) {
    if (asked != Layout::automatic) {
        return asked;
    }
    return looks_like_canreg5(text) ? Layout::canreg5 : looks_like_ci5(text) ? Layout::ci5 : Layout::tidy;
}

bool same(Columns const& a, Columns const& b) {
    return a.deaths == b.deaths && a.microscopic == b.microscopic && a.clinical == b.clinical &&
           a.death_certificate_only == b.death_certificate_only && a.unknown_basis == b.unknown_basis;
}

RowRules rules_of(Layout layout, RowRules rules) {
    if (layout != Layout::tidy) {
        rules.accept_sites = true; // their groups have labels of their own
        rules.pool_empty_end = true;
    }
    return rules;
}

Columns read_text(std::string_view text, SourceFile const& file, Layout layout, ReadOptions const& options,
                  RowCollector& rows, Warnings& warnings) {
    switch (layout) {
    case Layout::ci5:
        read_ci5(text, file, options, rows);
        return {};
    case Layout::canreg5:
        return read_canreg5(text, file, options, rows, warnings);
    default:
        return read_tidy(text, file, rows, warnings);
    }
}

} // namespace

CountTable read_counts_text(std::string_view bytes, std::string const& name, ReadOptions const& options,
                            Warnings& warnings) {
    auto const text = plain_text(bytes, name);
    auto const layout = layout_of(text, options.layout);
    RowCollector rows(rules_of(layout, options.rules), {name, options.population.filename().string()});
    auto const columns = read_text(text, {0, name}, layout, options, rows, warnings);
    return rows.finish(columns, warnings);
}

CountTable read_counts(std::vector<std::filesystem::path> const& files, ReadOptions const& options,
                       Warnings& warnings) {
    BW_EXPECT(!files.empty());
    std::vector<std::string> names;
    names.reserve(files.size());
    for (auto const& file : files) {
        names.push_back(file.filename().string());
    }
    // The layout of the first file decides what the checks allow; the others must have the same one
    auto bytes = read_file(files.front());
    auto text = plain_text(bytes, names.front());
    auto const layout = layout_of(text, options.layout);
    if (layout == Layout::canreg5) {
        if (files.size() > 1) {
            refuse("several CanReg5 files", "their person-years come from one population file",
                   "read one registry at a time");
        }
        names.push_back(options.population.filename().string());
    } else if (!options.population.empty()) {
        refuse(fmt::format("{}: no CanReg5 layout", names.front()),
               "a population file goes with CanReg5's inc.tsv only",
               "leave --population out: the table holds its person-years");
    }
    RowCollector rows(rules_of(layout, options.rules), names);
    Columns columns;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (i > 0) {
            bytes = read_file(files[i]);
            text = plain_text(bytes, names[i]);
            if (layout_of(text, options.layout) != layout) {
                refuse(fmt::format("{}: another layout than {}", names[i], names[0]),
                       "all tables of a call have one layout", "read them apart");
            }
        }
        auto const mine = read_text(text, {i, names[i]}, layout, options, rows, warnings);
        if (i > 0 && !same(mine, columns)) {
            refuse(fmt::format("{}: other columns than {}", names[i], names[0]),
                   "one has deaths or cases by basis of diagnosis and the other has not",
                   "give all tables the same columns");
        }
        columns = mine;
    }
    return rows.finish(columns, warnings);
}

} // namespace beamwright::registry
