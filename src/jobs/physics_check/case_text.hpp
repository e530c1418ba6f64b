/// The case texts of the validation suite: what is run, against what, and the bars with their reasons.
#pragma once
#include "core/json.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace beamwright::physics_check {

struct Bar {
    double at_most = 0;
    double plus_relative = 0; ///< of the reference value, added
    std::string because;
};

struct PhysicsCase {
    std::vector<int> acceptance; ///< numbers of the acceptance tests that it answers
    std::string name, title, claim;
    std::string comparison;              ///< which comparison of the program runs it; "in_tests" for none
    std::vector<std::string> references; ///< below the folder given by --reference
    std::vector<std::string> tests;      ///< "test_transport: Range.r80..."
    bool is_fast = false;                ///< belongs to the fast subset
    std::string would_catch;
    std::string text; ///< all of it, for the hash
    std::filesystem::path file;

    bool answers(int number) const;
    /// A setting; in the fast subset its own value wins. \throws Refusal where there is none
    double number(std::string const& key, bool fast) const;
    double number_or(std::string const& key, bool fast, double other) const;
    std::vector<double> numbers(std::string const& key, bool fast) const;
    std::vector<double> numbers_or(std::string const& key, bool fast, std::vector<double> const& other) const;
    std::string word(std::string const& key, bool fast) const;
    Bar bar(std::string const& key) const;

private:
    friend std::vector<PhysicsCase> read_cases(std::filesystem::path const& folder);
    bool has(std::string const& key, bool fast) const;
    JsonReader setting(std::string const& key, bool fast) const;
    std::optional<JsonReader> settings_, fast_, bars_;
};

/// The folder of the case texts of one particle that comes with the program. \throws Refusal
std::filesystem::path case_folder(std::string const& particle);
/// All cases of a folder, by their first acceptance number, then by file. \throws Refusal naming file and field
std::vector<PhysicsCase> read_cases(std::filesystem::path const& folder);

} // namespace beamwright::physics_check
