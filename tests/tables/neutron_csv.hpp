/// Rows of a CSV file with '#' comment lines and a header line, by column name.
#pragma once
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace beamwright::test {

using CsvRow = std::map<std::string, std::string>;

inline std::vector<CsvRow> read_csv(std::string const& file) {
    std::ifstream stream(file);
    std::vector<std::string> header;
    std::vector<CsvRow> rows;
    for (std::string line; std::getline(stream, line);) {
        if (line.empty() || line[0] == '#') {
            continue;
        }
        std::vector<std::string> cells;
        std::stringstream fields(line);
        for (std::string cell; std::getline(fields, cell, ',');) {
            cells.push_back(cell);
        }
        if (header.empty()) {
            header = cells;
            continue;
        }
        CsvRow& row = rows.emplace_back();
        for (std::size_t i = 0; i < cells.size(); ++i) {
            row[header[i]] = cells[i];
        }
    }
    return rows;
}

inline double number(CsvRow const& row, std::string const& column) {
    auto const found = row.find(column);
    return found == row.end() || found->second.empty() ? 0.0 : std::stod(found->second);
}

} // namespace beamwright::test
