#include "core/json.hpp"
#include "core/atomic_file.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>
#include <set>

namespace beamwright {

namespace {

std::string shown(Json const& value) {
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

/// Refuses doubled keys while parsing: JSON libraries keep the last one silently.
class DoubledKeys {
public:
    bool operator()(int, Json::parse_event_t event, Json& value) {
        if (event == Json::parse_event_t::object_start) {
            open_.emplace_back();
        } else if (event == Json::parse_event_t::object_end) {
            open_.pop_back();
        } else if (event == Json::parse_event_t::key &&
                   !open_.back().insert(value.get<std::string>()).second) {
            doubled = value.get<std::string>();
        }
        return true;
    }
    std::optional<std::string> doubled;

private:
    std::vector<std::set<std::string>> open_;
};

} // namespace

std::string nearest_word(std::string_view word, std::vector<std::string> const& known) {
    std::string best;
    std::size_t best_distance = 4;
    for (auto const& candidate : known) {
        std::vector<std::size_t> row(candidate.size() + 1);
        std::iota(row.begin(), row.end(), std::size_t{0});
        for (std::size_t i = 1; i <= word.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j <= candidate.size(); ++j) {
                std::size_t const replaced = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
            }
        }
        if (row.back() < best_distance) {
            best_distance = row.back();
            best = candidate;
        }
    }
    return best;
}

JsonReader::JsonReader(std::shared_ptr<Json const> root, Json const* node, std::string path,
                       std::shared_ptr<std::string const> source)
    : root_(std::move(root)), node_(node), path_(std::move(path)), source_(std::move(source)) {}

JsonReader JsonReader::from_file(std::filesystem::path const& file) {
    return from_text(read_file(file, std::size_t{256} << 20), file.string());
}

JsonReader JsonReader::from_text(std::string_view text, std::string source_name) {
    auto root = std::make_shared<Json>();
    DoubledKeys watch;
    // Nesting is bounded before parsing: the parser's callback recursion and later dumps must not exhaust the
    // stack
    int depth = 0;
    for (char const c : text) {
        depth += (c == '[' || c == '{') - (c == ']' || c == '}');
        if (depth > 200) {
            refuse(fmt::format("'{}' is not usable JSON", source_name), "it nests deeper than 200 levels",
                   "check that this is the right file");
        }
    }
    try {
        *root = Json::parse(text, std::ref(watch));
    } catch (Json::exception const& error) {
        refuse(fmt::format("'{}' is not valid JSON", source_name), error.what(),
               "correct the file at that place");
    }
    if (watch.doubled) {
        refuse(fmt::format("{}: key '{}' stands twice", source_name, *watch.doubled),
               "one of the two values would be ignored", "keep the right one");
    }
    Json const* const node = root.get();
    return {std::move(root), node, "$", std::make_shared<std::string const>(std::move(source_name))};
}

void JsonReader::refuse_here(std::string_view problem, std::string_view why,
                             std::string_view what_to_do) const {
    refuse(fmt::format("{}: {}: {}", *source_, path_, problem), std::string(why), std::string(what_to_do));
}

void JsonReader::allow_only(std::initializer_list<std::string_view> keys) const {
    if (!node_->is_object()) {
        refuse_here("is not an object", "found " + shown(*node_), "write { ... } with the documented keys");
    }
    std::vector<std::string> const known(keys.begin(), keys.end());
    for (auto const& [key, value] : node_->items()) {
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            std::string const near = nearest_word(key, known);
            refuse_here(fmt::format("unknown key '{}'", key),
                        fmt::format("known keys: {}", fmt::join(known, ", ")),
                        near.empty() ? "remove it" : fmt::format("did you mean '{}'?", near));
        }
    }
}

bool JsonReader::has(std::string_view key) const { return node_->is_object() && node_->contains(key); }

JsonReader JsonReader::operator[](std::string_view key) const {
    if (!node_->is_object()) {
        refuse_here("is not an object", "found " + shown(*node_),
                    fmt::format("write an object with '{}'", key));
    }
    auto const found = node_->find(key);
    if (found == node_->end()) {
        refuse_here(fmt::format("'{}' is missing", key), "it is required here", fmt::format("add '{}'", key));
    }
    return {root_, &*found, fmt::format("{}.{}", path_, key), source_};
}

JsonReader JsonReader::at(std::size_t index) const {
    if (index >= size()) {
        refuse_here(fmt::format("has only {} elements", size()), fmt::format("element {} is needed", index),
                    "add it");
    }
    return {root_, &(*node_)[index], fmt::format("{}[{}]", path_, index), source_};
}

std::size_t JsonReader::size() const {
    if (!node_->is_array()) {
        refuse_here("is not a list", "found " + shown(*node_), "write [ ... ]");
    }
    return node_->size();
}

std::vector<JsonReader> JsonReader::items() const {
    std::vector<JsonReader> all;
    for (std::size_t i = 0; i < size(); ++i) {
        all.push_back(at(i));
    }
    return all;
}

double JsonReader::number() const {
    if (!node_->is_number() || !std::isfinite(node_->get<double>())) {
        refuse_here("is not a number", "found " + shown(*node_), "write a finite number");
    }
    return node_->get<double>();
}

double JsonReader::number_in(double least, double most) const {
    double const value = number();
    if (!(value >= least && value <= most)) {
        refuse_here(fmt::format("{} is out of range", value), fmt::format("allowed: {} to {}", least, most),
                    "correct the value (and check its unit)");
    }
    return value;
}

std::int64_t JsonReader::integer_in(std::int64_t least, std::int64_t most) const {
    if (!node_->is_number_integer()) {
        refuse_here("is not a whole number", "found " + shown(*node_), "write a whole number");
    }
    if (node_->is_number_unsigned() && node_->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
        refuse_here("is out of range", fmt::format("allowed: {} to {}", least, most), "correct the value");
    }
    auto const value = node_->get<std::int64_t>();
    if (value < least || value > most) {
        refuse_here(fmt::format("{} is out of range", value), fmt::format("allowed: {} to {}", least, most),
                    "correct the value");
    }
    return value;
}

std::string JsonReader::text() const {
    if (!node_->is_string()) {
        refuse_here("is not a text", "found " + shown(*node_), "write it in quotes");
    }
    return node_->get<std::string>();
}

bool JsonReader::boolean() const {
    if (!node_->is_boolean()) {
        refuse_here("is neither true nor false", "found " + shown(*node_), "write true or false");
    }
    return node_->get<bool>();
}

std::vector<double> JsonReader::numbers() const {
    std::vector<double> all;
    all.reserve(size());
    for (auto const& value : *node_) {
        if (!value.is_number() || !std::isfinite(value.get<double>())) {
            at(all.size()).number(); // refuses with the element's path
        }
        all.push_back(value.get<double>());
    }
    return all;
}

std::optional<JsonReader> JsonReader::find(std::string_view key) const {
    return has(key) && !(*node_)[std::string(key)].is_null() ? std::optional((*this)[key]) : std::nullopt;
}
double JsonReader::number_or(std::string_view key, double other) const {
    auto const found = find(key);
    return found ? found->number() : other;
}
std::string JsonReader::text_or(std::string_view key, std::string other) const {
    auto const found = find(key);
    return found ? found->text() : std::move(other);
}

} // namespace beamwright
