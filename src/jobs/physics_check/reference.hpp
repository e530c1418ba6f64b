/// Tables of the outside reference sets: comma-separated columns under one line of names, '#' lines before it.
#pragma once
#include "evaluate/curves/curve.hpp"
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace beamwright::physics_check {

class ReferenceTable {
public:
    /// \throws Refusal with file and line
    explicit ReferenceTable(std::filesystem::path const& file);

    /// Rows whose column holds this word (or a number within 1e-6 of it).
    ReferenceTable where(std::string const& column, std::string const& word) const;
    ReferenceTable where(std::string const& column, double number) const;
    std::size_t rows() const { return rows_.size(); }
    bool has(std::string const& column) const;
    std::string const& word(std::size_t row, std::string const& column) const;
    /// Not a number where the place is empty or says nan.
    double number(std::size_t row, std::string const& column) const;
    /// Rows where both are numbers. `sigma` may be empty.
    Curve curve(std::string const& x, std::string const& y, std::string const& sigma = {}) const;
    /// Different numbers of a column, in order of appearance.
    std::vector<double> distinct(std::string const& column) const;

private:
    ReferenceTable() = default;
    std::size_t column(std::string const& name) const;
    std::string name_;
    std::vector<std::string> columns_;
    std::vector<std::vector<std::string>> rows_;
};

} // namespace beamwright::physics_check
