/// Tables of the outside reference data: comma-separated, '#' comment lines, a line of names, quoted cells.
#pragma once
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace beamwright::test {

/// Cells of a line; quotes may hold commas and doubled quotes.
inline std::vector<std::string> csv_cells(std::string const& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
            cells.back() += line[++i];
        } else if (line[i] == '"') {
            quoted = !quoted;
        } else if (line[i] == ',' && !quoted) {
            cells.emplace_back();
        } else if (line[i] != '\r') {
            cells.back() += line[i];
        }
    }
    return cells;
}

using CsvRow = std::map<std::string, std::string>;

/// Rows by column name; a missing cell is empty. No file has no rows.
inline std::vector<CsvRow> read_csv(std::filesystem::path const& file) {
    std::ifstream stream(file);
    std::vector<std::string> header;
    std::vector<CsvRow> rows;
    for (std::string line; std::getline(stream, line);) {
        if (line.empty() || line[0] == '#') {
            continue;
        }
        auto cells = csv_cells(line);
        if (header.empty()) {
            header = std::move(cells);
            continue;
        }
        cells.resize(header.size());
        CsvRow& row = rows.emplace_back();
        for (std::size_t i = 0; i < header.size(); ++i) {
            row[header[i]] = cells[i];
        }
    }
    return rows;
}

/// 0 where the column or the cell is empty.
inline double number(CsvRow const& row, std::string const& column) {
    auto const found = row.find(column);
    return found == row.end() || found->second.empty() ? 0.0 : std::stod(found->second);
}

} // namespace beamwright::test
