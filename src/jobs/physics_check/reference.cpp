#include "jobs/physics_check/reference.hpp"
#include "core/atomic_file.hpp"
#include "core/text.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/ranges.h>
#include <limits>

namespace beamwright::physics_check {

namespace {

/// Pieces between commas; commas inside double quotes count as text.
std::vector<std::string> fields_of(std::string const& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (char const c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            fields.emplace_back();
        } else {
            fields.back() += c;
        }
    }
    return fields;
}

} // namespace

ReferenceTable::ReferenceTable(std::filesystem::path const& file) : name_(file.filename().string()) {
    for (auto const& line : lines_of(read_file(file))) {
        if (line.text.empty() || line.text.front() == '#') {
            continue;
        }
        auto fields = fields_of(line.text);
        if (columns_.empty()) {
            columns_ = std::move(fields);
        } else if (fields.size() != columns_.size()) {
            refuse_line(file.string(), line.number,
                        fmt::format("{} fields, the first line names {}", fields.size(), columns_.size()),
                        "rows and columns do not fit", "restore the reference file");
        } else {
            rows_.push_back(std::move(fields));
        }
    }
    if (rows_.empty()) {
        refuse(fmt::format("'{}' holds no rows", file.string()), "a reference has values",
               "restore the reference file");
    }
}

std::size_t ReferenceTable::column(std::string const& name) const {
    auto const found = std::find(columns_.begin(), columns_.end(), name);
    if (found == columns_.end()) {
        refuse(fmt::format("'{}' has no column '{}'", name_, name),
               fmt::format("its columns are {}", fmt::join(columns_, ", ")), "restore the reference file");
    }
    return static_cast<std::size_t>(found - columns_.begin());
}

bool ReferenceTable::has(std::string const& name) const {
    return std::find(columns_.begin(), columns_.end(), name) != columns_.end();
}

ReferenceTable ReferenceTable::where(std::string const& name, std::string const& word) const {
    auto const at = column(name);
    ReferenceTable some;
    some.name_ = name_;
    some.columns_ = columns_;
    std::copy_if(rows_.begin(), rows_.end(), std::back_inserter(some.rows_),
                 [&](auto const& row) { return row[at] == word; });
    return some;
}

ReferenceTable ReferenceTable::where(std::string const& name, double number) const {
    auto const at = column(name);
    ReferenceTable some;
    some.name_ = name_;
    some.columns_ = columns_;
    std::copy_if(rows_.begin(), rows_.end(), std::back_inserter(some.rows_), [&](auto const& row) {
        auto const value = number_in_text(row[at]);
        return value && std::fabs(*value - number) <= 1e-6 * std::max(1.0, std::fabs(number));
    });
    return some;
}

std::string const& ReferenceTable::word(std::size_t row, std::string const& name) const {
    return rows_.at(row)[column(name)];
}

double ReferenceTable::number(std::size_t row, std::string const& name) const {
    return number_in_text(word(row, name)).value_or(std::numeric_limits<double>::quiet_NaN());
}

Curve ReferenceTable::curve(std::string const& x, std::string const& y, std::string const& sigma) const {
    Curve curve;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        double const at = number(row, x), value = number(row, y);
        double const error = sigma.empty() ? 0 : number(row, sigma);
        if (!std::isfinite(at) || !std::isfinite(value) || !std::isfinite(error)) {
            continue;
        }
        if (!curve.x.empty() && !(at > curve.x.back())) {
            refuse(fmt::format("'{}': {} does not rise at {:g}", name_, x, at), "a curve needs rising places",
                   "restore the reference file");
        }
        curve.x.push_back(at);
        curve.y.push_back(value);
        if (!sigma.empty()) {
            curve.sigma.push_back(error);
        }
    }
    if (curve.size() < 2) {
        refuse(fmt::format("'{}' holds no curve of {} over {}", name_, y, x), "fewer than two rows have both",
               "restore the reference file");
    }
    return curve;
}

std::vector<double> ReferenceTable::distinct(std::string const& name) const {
    std::vector<double> values;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        double const value = number(row, name);
        if (std::find(values.begin(), values.end(), value) == values.end()) {
            values.push_back(value);
        }
    }
    return values;
}

} // namespace beamwright::physics_check
