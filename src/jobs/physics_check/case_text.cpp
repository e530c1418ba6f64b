#include "jobs/physics_check/case_text.hpp"
#include "core/data_files.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> words_in(std::optional<JsonReader> const& list) {
    std::vector<std::string> words;
    if (list) {
        for (auto const& item : list->items()) {
            words.push_back(item.text());
        }
    }
    return words;
}

/// Settings that mean the same in every comparison, and what can be run at all.
struct SettingRange {
    std::string_view key;
    double least, most;
};
constexpr std::array<SettingRange, 5> ranges{{{"histories", 1, 1e12},
                                              {"runs", 2, 1e5},
                                              {"batches", 2, 1e6},
                                              {"voxels", 4, 400},
                                              {"voxel_mm", 0.05, 500}}};

/// The outcome is kept in a file of this name.
bool is_file_name(std::string const& name) {
    auto const usable = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), usable);
}

constexpr char const* case_format = "beamwright physics cases 1";

} // namespace

bool PhysicsCase::answers(int number) const {
    return std::find(acceptance.begin(), acceptance.end(), number) != acceptance.end();
}

bool PhysicsCase::has(std::string const& key, bool fast) const {
    return settings_->has(key) || (fast && fast_ && fast_->has(key));
}

JsonReader PhysicsCase::setting(std::string const& key, bool fast) const {
    if (fast && fast_ && fast_->has(key)) {
        return (*fast_)[key];
    }
    return (*settings_)[key];
}

double PhysicsCase::number(std::string const& key, bool fast) const {
    auto const value = setting(key, fast);
    auto const* const range =
        std::find_if(ranges.begin(), ranges.end(), [&](auto const& one) { return one.key == key; });
    return range == ranges.end() ? value.number() : value.number_in(range->least, range->most);
}

double PhysicsCase::number_or(std::string const& key, bool fast, double other) const {
    return has(key, fast) ? number(key, fast) : other;
}

std::vector<double> PhysicsCase::numbers(std::string const& key, bool fast) const {
    return setting(key, fast).numbers();
}

std::vector<double> PhysicsCase::numbers_or(std::string const& key, bool fast,
                                            std::vector<double> const& other) const {
    return has(key, fast) ? numbers(key, fast) : other;
}

std::string PhysicsCase::word(std::string const& key, bool fast) const { return setting(key, fast).text(); }

Bar PhysicsCase::bar(std::string const& key) const {
    auto const bar = (*bars_)[key];
    bar.allow_only({"at_most", "plus_relative", "because"});
    return {bar["at_most"].number_in(0, 1e9), bar.number_or("plus_relative", 0), bar["because"].text()};
}

fs::path case_folder(std::string const& particle) {
    // Installed beside the other data; in the source tree beside the folder of data
    for (auto const& folder :
         {data_dir() / "validation" / particle, data_dir().parent_path() / "validation" / particle}) {
        if (fs::is_directory(folder)) {
            return folder;
        }
    }
    refuse("the case texts of the validation suite were not found",
           fmt::format("there is no folder validation/{} in or beside '{}'", particle, data_dir().string()),
           "install the program with 'cmake --install', or name a folder with --cases");
}

std::vector<PhysicsCase> read_cases(fs::path const& folder) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (auto const& entry : fs::directory_iterator(folder, failed)) {
        if (entry.path().extension() == ".json") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    if (files.empty()) {
        refuse(fmt::format("no case texts in '{}'", folder.string()), "it holds no .json file",
               "name the folder of the case texts with --cases");
    }
    std::vector<PhysicsCase> cases;
    for (auto const& file : files) {
        auto const json = JsonReader::from_file(file);
        json.allow_only({"format", "about", "cases"});
        if (json["format"].text() != case_format) {
            json["format"].refuse_here("is not known", fmt::format("case texts are of '{}'", case_format),
                                       "name a folder of case texts with --cases");
        }
        for (auto const& item : json["cases"].items()) {
            item.allow_only({"name", "title", "acceptance", "claim", "comparison", "references", "tests",
                             "settings", "fast", "bars", "would_catch"});
            PhysicsCase one;
            one.file = file;
            one.name = item["name"].text();
            if (!is_file_name(one.name)) {
                item["name"].refuse_here(fmt::format("is '{}'", one.name),
                                         "the outcome is kept in a file of this name",
                                         "use 1 to 64 letters (a-z), digits, '_' or '-'");
            }
            one.title = item["title"].text();
            for (auto const& number : item["acceptance"].items()) {
                one.acceptance.push_back(static_cast<int>(number.integer_in(1, 99)));
            }
            if (one.acceptance.empty()) {
                item["acceptance"].refuse_here("the list is empty", "each case answers an acceptance test",
                                               "name its number");
            }
            one.claim = item["claim"].text();
            one.comparison = item["comparison"].text();
            one.references = words_in(item.find("references"));
            one.tests = words_in(item.find("tests"));
            one.would_catch = item.text_or("would_catch", "");
            one.settings_ = item.find("settings");
            one.fast_ = item.find("fast");
            one.bars_ = item.find("bars");
            one.is_fast = one.fast_.has_value();
            one.text = item.raw().dump();
            auto const same = [&](PhysicsCase const& other) { return other.name == one.name; };
            if (std::any_of(cases.begin(), cases.end(), same)) {
                item["name"].refuse_here(fmt::format("there is another case '{}'", one.name),
                                         "results are kept by name", "choose another name");
            }
            if (one.comparison != "in_tests" && (!one.settings_ || !one.bars_)) {
                item.refuse_here("'settings' or 'bars' is missing",
                                 "they say what is run and how it is judged",
                                 "add them; they may be empty objects");
            }
            cases.push_back(std::move(one));
        }
    }
    std::stable_sort(cases.begin(), cases.end(), [](auto const& a, auto const& b) {
        return a.acceptance.front() < b.acceptance.front();
    });
    return cases;
}

} // namespace beamwright::physics_check
