#include "cli/app.hpp"
#include "cli/options.hpp"
#include "core/run_record.hpp"
#include "jobs/processes.hpp"
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <new>

namespace beamwright::cli {

namespace {

std::atomic<bool> stop_asked{false};

/// First signal: stop at the next batch. Second: the system's own way.
void on_signal(int number) {
    stop_asked = true;
    std::signal(number, SIG_DFL);
}

Json problem_json(std::string const& kind, std::string const& problem, std::string const& why,
                  std::string const& what_to_do) {
    Json json;
    json[kind] = {{"problem", problem}, {"why", why}, {"do", what_to_do}};
    return json;
}

} // namespace

App::App(int argc, char** argv)
    : app_("beamwright: what a proton or neutron beam does in a patient. Research software, not a medical "
           "device."),
      argc_(argc), argv_(argv) {
    common_.command.assign(argv, argv + argc);
    app_.name("beamwright");
    app_.set_version_flag("--version", version());
    app_.require_subcommand(1);
    app_.get_formatter()->column_width(34);
    app_.footer(
        "First steps:\n  beamwright demo\n  beamwright inspect my_dicom_folder\n"
        "Each verb has its own --help with examples. Exit codes: 0 done, 1 refused (bad input), 2 usage,\n"
        "3 interrupted (can be resumed), 4 internal error.");
    add_dose_verbs(*this);
    add_case_verbs(*this);
    add_spot_verb(*this);
    add_evaluate_verb(*this);
    add_capture_verb(*this);
    add_check_verb(*this);
    add_machine_verb(*this);
    add_registry_verb(*this);
    add_completion_verb(*this);
}

CLI::App* App::add_verb(CLI::App* parent, std::string const& name, std::string const& sentence,
                        std::string const& examples, std::function<int()> action) {
    CLI::App* const verb = parent->add_subcommand(name, sentence);
    verb->add_flag("--json", common_.json, "one JSON document on stdout")->group("Output");
    verb->add_flag("--quiet,-q", common_.quiet, "no messages, no progress")->group("Output");
    verb->add_option("--threads", common_.threads, "threads; 0 = all cores")
        ->check(within(0, 4096))
        ->capture_default_str()
        ->group("Output");
    if (!examples.empty()) {
        verb->footer("Examples:\n" + examples);
    }
    if (action) {
        verb->callback([this, action = std::move(action)] { chosen_ = action; });
    }
    return verb;
}

JobContext App::job_context(std::string const& title) {
    progress_ = std::make_unique<ProgressBar>(title, common_.quiet);
    JobContext context;
    context.messages = Messages(common_.quiet ? Messages::Level::silent : Messages::Level::normal);
    context.progress = progress_->callback();
    context.cancelled = &stop_asked;
    context.threads = common_.threads;
    context.command = common_.command;
    return context;
}

void App::print(Json const& json, std::string const& text) const {
    if (!is_first_process()) {
        return;
    }
    std::string const out =
        common_.json ? json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : text;
    std::fwrite(out.data(), 1, out.size(), stdout);
    std::fflush(stdout);
}

int App::report_failure() {
    progress_.reset();
    auto const say_json = [&](Json const& json) {
        if (common_.json) {
            print(json, "");
        }
    };
    try {
        throw;
    } catch (Refusal const& refusal) {
        print_refusal(refusal);
        say_json(problem_json("refused", refusal.problem, refusal.why, refusal.what_to_do));
        return refused;
    } catch (Interrupted const& stop) {
        if (is_first_process()) { // all of several processes stop together
            std::fputs(fmt::format("interrupted: {}\n", stop.what()).c_str(), stderr);
        }
        say_json(problem_json("interrupted", stop.what(), "", ""));
        return interrupted;
    } catch (std::bad_alloc const&) {
        std::string const text = "out of memory; close other programs or choose a coarser --grid";
        std::fputs(fmt::format("internal: {}\n", text).c_str(), stderr);
        say_json(problem_json("internal", text, "", ""));
        return internal;
    } catch (std::exception const& error) {
        std::fputs(fmt::format(
                       "internal error: {}\nThis is a fault of beamwright; please report it with the command "
                       "you typed.\n",
                       error.what())
                       .c_str(),
                   stderr);
        say_json(problem_json("internal", error.what(), "", ""));
        return internal;
    }
}

void App::check_processes() {
    if (process_count() == 1) {
        return;
    }
    auto const verbs = app_.get_subcommands();
    if (verbs.empty() || verbs.front()->get_name() != "dose") {
        refuse(fmt::format("'{}' was started as {} processes",
                           verbs.empty() ? "beamwright" : verbs.front()->get_name(), process_count()),
               "they would all write the same files; only 'dose' shares its work among processes",
               "start it once, without mpirun");
    }
    common_.quiet = common_.quiet || !is_first_process();
}

int App::run() {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    try {
        app_.parse(argc_, argv_);
    } catch (CLI::ParseError const& error) {
        return app_.exit(error) == 0 ? done : usage;
    }
    int code = internal;
    try {
        join_processes();
        check_processes();
        code = chosen_ ? chosen_() : usage;
        progress_.reset();
    } catch (...) {
        // The first speaks; another only if the first has not ended them all meanwhile
        constexpr double first_s = 0.2, others_s = 3;
        if (!is_first_process()) {
            wait_for_first(others_s);
        }
        code = report_failure();
        if (code != interrupted) {
            abort_processes(code, first_s);
        }
    }
    leave_processes();
    return code;
}

} // namespace beamwright::cli
