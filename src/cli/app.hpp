/// The frame around all verbs: common options, exit codes, one JSON document on stdout.
#pragma once
#include "core/json.hpp"
#include "core/progress.hpp"
#include "jobs/context.hpp"
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

namespace beamwright::cli {

enum Exit : int { done = 0, refused = 1, usage = 2, interrupted = 3, internal = 4 };

/// Options that every verb has.
struct Common {
    bool json = false;
    bool quiet = false;
    int threads = 0;
    std::vector<std::string> command;
};

class App {
public:
    App(int argc, char** argv);
    /// Runs the verb that was typed. \returns the exit code.
    int run();

    /// A new verb with the common options; `action` runs after parsing and returns the exit code.
    CLI::App* add_verb(CLI::App* parent, std::string const& name, std::string const& sentence,
                       std::string const& examples, std::function<int()> action);
    CLI::App* root() { return &app_; }
    Common const& common() const { return common_; }

    /// A job context with messages, progress titled `title`, and the Ctrl-C flag.
    JobContext job_context(std::string const& title);
    /// Prints `json` under --json, else `text`, on stdout.
    void print(Json const& json, std::string const& text) const;

private:
    int report_failure();
    /// Several processes are for one verb only; all but the first are silent.
    void check_processes();
    CLI::App app_;
    Common common_;
    std::function<int()> chosen_;
    std::unique_ptr<ProgressBar> progress_;
    int argc_;
    char** argv_;
};

void add_case_verbs(App& app); ///< inspect, import, export, report
void add_dose_verbs(App& app); ///< demo, dose
void add_spot_verb(App& app);
void add_check_verb(App& app);
void add_evaluate_verb(App& app);
void add_capture_verb(App& app);
void add_machine_verb(App& app);
void add_registry_verb(App& app);
void add_registry_demand_verbs(App& app, CLI::App* registry); ///< demand, counts, figures
void add_completion_verb(App& app);

} // namespace beamwright::cli
