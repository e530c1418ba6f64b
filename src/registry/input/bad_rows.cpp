#include "registry/input/bad_rows.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace beamwright::registry {

void BadRows::add(std::size_t file, std::size_t line, std::string what) {
    ++count_;
    auto const before = [](Row const& a, Row const& b) {
        return std::tie(a.file, a.line) < std::tie(b.file, b.line);
    };
    Row row{file, line, std::move(what)};
    rows_.insert(std::upper_bound(rows_.begin(), rows_.end(), row, before), std::move(row));
    if (rows_.size() > most_shown) {
        rows_.pop_back();
    }
}

void BadRows::refuse_if_any(std::vector<std::string> const& files) const {
    if (empty()) {
        return;
    }
    std::string why;
    for (auto const& row : rows_) {
        why += fmt::format("{}{}: line {}: {}", why.empty() ? "" : "\n         ", files.at(row.file),
                           row.line, row.what);
    }
    if (count_ > rows_.size()) {
        why += fmt::format("\n         ... and {} more", count_ - rows_.size());
    }
    refuse(fmt::format("{}: {} bad row{}", files.at(rows_.front().file), count_, count_ == 1 ? "" : "s"), why,
           "correct these rows; what each column may hold is written in docs/formats/registry_tables.md");
}

} // namespace beamwright::registry
