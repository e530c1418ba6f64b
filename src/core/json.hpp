/// JSON whose every complaint names file and path of the wrong field, with the nearest known key for a typo.
#pragma once
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beamwright {

using Json = nlohmann::ordered_json;

/// A place in a JSON document. Reads are checked: a missing or wrong field is refused with file, path and
/// value.
class JsonReader {
public:
    /// Parses `file`. \throws Refusal on unreadable files, bad syntax (with line), doubled keys, or over 256
    /// MiB.
    static JsonReader from_file(std::filesystem::path const& file);
    static JsonReader from_text(std::string_view text, std::string source_name);

    /// Refuses keys of this object that are not in the list, naming the nearest known one.
    void allow_only(std::initializer_list<std::string_view> keys) const;

    bool has(std::string_view key) const;
    JsonReader operator[](std::string_view key) const; ///< required member
    JsonReader at(std::size_t index) const;            ///< required element
    std::size_t size() const;                          ///< length of an array (refused if it is none)
    std::vector<JsonReader> items() const;             ///< elements of an array

    double number() const; ///< finite
    double number_in(double least, double most) const;
    std::int64_t integer_in(std::int64_t least, std::int64_t most) const;
    std::string text() const;
    bool boolean() const;
    std::vector<double> numbers() const;

    std::optional<JsonReader> find(std::string_view key) const;
    double number_or(std::string_view key, double other) const;
    std::string text_or(std::string_view key, std::string other) const;

    bool is_null() const { return node_->is_null(); }
    Json const& raw() const { return *node_; }
    std::string const& path() const { return path_; }
    std::string const& source() const { return *source_; }

    /// Refuses this field: "<file>: <path>: <problem>".
    [[noreturn]] void refuse_here(std::string_view problem, std::string_view why,
                                  std::string_view what_to_do) const;

private:
    JsonReader(std::shared_ptr<Json const> root, Json const* node, std::string path,
               std::shared_ptr<std::string const> source);
    std::shared_ptr<Json const> root_;
    Json const* node_;
    std::string path_;
    std::shared_ptr<std::string const> source_;
};

/// The known word nearest to `word` (edit distance at most 3), or empty.
std::string nearest_word(std::string_view word, std::vector<std::string> const& known);

} // namespace beamwright
