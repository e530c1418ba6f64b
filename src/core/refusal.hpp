/// What a user gets for bad input: the problem, why it is one, and what to do. Exit code 1.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

namespace beamwright {

/// Bad input, said in three parts. Thrown by `refuse`, caught by the front ends only.
class Refusal : public std::runtime_error {
public:
    Refusal(std::string problem_, std::string why_, std::string what_to_do_);
    std::string const problem, why, what_to_do;
};

/// Stops with a refusal. Example: refuse("CT slice missing between z = -112.5 mm and z = -107.5 mm",
/// "the other 148 slices are 2.5 mm apart (folder ct/)", "export the series again, or pass
/// --resample-slices").
[[noreturn]] void refuse(std::string problem, std::string why, std::string what_to_do);

/// Stopped by the user (Ctrl-C); what is on disk is whole and a checkpoint says how to go on. Exit code 3.
class Interrupted : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Usable but unusual: printed, kept in run.json and in the report. Same three parts as a refusal.
struct Warning {
    std::string problem, why, what_to_do;
    friend bool operator==(Warning const&, Warning const&) = default;
};

/// Collects warnings on the way; handed down by reference, never global.
class Warnings {
public:
    /// A repeated warning is kept once.
    void add(std::string problem, std::string why = {}, std::string what_to_do = {});
    std::vector<Warning> const& all() const { return all_; }
    bool empty() const { return all_.empty(); }

private:
    std::vector<Warning> all_;
};

} // namespace beamwright
