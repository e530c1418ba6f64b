/// Reads tables of the outside reference data and counts rows that agree.
#pragma once
#include "core/atomic_file.hpp"
#include "core/text.hpp"
#include "csv_rows.hpp"
#include <cmath>
#include <gtest/gtest.h>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace beamwright::test {

using Row = std::map<std::string, std::string>;

inline std::vector<Row> rows_of(std::filesystem::path const& file) {
    std::vector<Row> rows;
    std::vector<std::string> header;
    for (auto const& line : lines_of(read_file(file))) {
        if (line.text.empty()) {
            continue;
        }
        auto const cells = csv_cells(line.text);
        if (header.empty()) {
            header = cells;
            continue;
        }
        EXPECT_EQ(cells.size(), header.size()) << file << " line " << line.number;
        Row row;
        for (std::size_t i = 0; i < std::min(cells.size(), header.size()); ++i) {
            row[header[i]] = cells[i];
        }
        rows.push_back(row);
    }
    return rows;
}

inline double number(std::string const& text) {
    auto const value = number_in_text(text);
    EXPECT_TRUE(value.has_value()) << "'" << text << "' is no number";
    return value.value_or(0);
}

/// Counts what was compared and says so at the end: nothing is skipped in silence.
class Tally {
public:
    explicit Tally(std::string file) : file_(std::move(file)) {}
    Tally(Tally const&) = delete;
    Tally& operator=(Tally const&) = delete;
    ~Tally() {
        std::cout << file_ << ": " << compared_ << " values compared, " << agree_ << " agree";
        if (declined_ > 0) {
            std::cout << "; " << declined_
                      << " of them are no methods of ours, their formula stands in the test";
        }
        std::cout << "\n";
    }
    void compare(double ours, double theirs, double tolerance, std::string const& what) {
        ++compared_;
        bool const good = std::abs(ours - theirs) <= tolerance;
        agree_ += good ? 1 : 0;
        EXPECT_TRUE(good) << file_ << ": " << what << ": ours " << fmt::format("{:.10g}", ours) << ", there "
                          << fmt::format("{:.10g}", theirs) << " within " << tolerance;
    }
    void note_declined() { ++declined_; }
    int compared() const { return compared_; }

private:
    std::string file_;
    int compared_ = 0, agree_ = 0, declined_ = 0;
};

} // namespace beamwright::test
