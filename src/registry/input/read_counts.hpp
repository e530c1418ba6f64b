/// Reads tables of counts in any of the known layouts. docs/formats/registry_tables.md
#pragma once
#include "core/refusal.hpp"
#include "registry/input/count_table.hpp"
#include "registry/input/row_collector.hpp"
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace beamwright::registry {

enum class Layout { automatic, tidy, ci5, canreg5 };

struct ReadOptions {
    Layout layout = Layout::automatic;
    RowRules rules;
    std::string registry;             ///< name for layouts that hold none; empty = the file's name
    std::string period;               ///< years for the CI5 layout, "2013-2017"
    std::filesystem::path population; ///< CanReg5: the file with the person-years
    std::filesystem::path site_codes; ///< CI5: what its cancer codes mean
};

/// \throws Refusal with the bad rows, or naming the column that is missing
CountTable read_counts(std::vector<std::filesystem::path> const& files, ReadOptions const& options,
                       Warnings& warnings);

/// The same for one table in memory.
CountTable read_counts_text(std::string_view bytes, std::string const& name, ReadOptions const& options,
                            Warnings& warnings);

} // namespace beamwright::registry
