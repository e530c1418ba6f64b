/// One function per layout: rows of a text into the collector.
#pragma once
#include "core/refusal.hpp"
#include "registry/input/read_counts.hpp"
#include "registry/input/row_collector.hpp"
#include <cstddef>
#include <string>
#include <string_view>

namespace beamwright::registry {

/// Where a text comes from.
struct SourceFile {
    std::size_t number = 0; ///< of the collector's files
    std::string name;
};

bool is_tidy_column(std::string const& column);
/// \returns the optional columns of this file
Columns read_tidy(std::string_view text, SourceFile const& file, RowCollector& rows, Warnings& warnings);

/// Five whole numbers and no header.
bool looks_like_ci5(std::string_view text);
void read_ci5(std::string_view text, SourceFile const& file, ReadOptions const& options, RowCollector& rows);

bool looks_like_canreg5(std::string_view text);
/// Cases by basis of diagnosis come with the layout. \returns the optional columns
Columns read_canreg5(std::string_view text, SourceFile const& file, ReadOptions const& options,
                     RowCollector& rows, Warnings& warnings);

} // namespace beamwright::registry
