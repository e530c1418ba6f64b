/// Bad rows of a table: all are counted, the first twenty are told with file and line.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace beamwright::registry {

class BadRows {
public:
    static constexpr std::size_t most_shown = 20;

    void add(std::size_t file, std::size_t line, std::string what);
    bool empty() const { return count_ == 0; }
    std::size_t count() const { return count_; }

    /// Refuses if there are any, in the order of files and lines. `files`: names by number.
    void refuse_if_any(std::vector<std::string> const& files) const;

private:
    struct Row {
        std::size_t file, line;
        std::string what;
    };
    std::vector<Row> rows_; ///< the first ones by file and line, sorted; at most most_shown
    std::size_t count_ = 0;
};

} // namespace beamwright::registry
