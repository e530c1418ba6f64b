#include "cli/app.hpp"
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright::cli {

namespace {

std::vector<std::string> option_names(CLI::App const* verb) {
    std::vector<std::string> names;
    for (auto const* option : verb->get_options()) {
        for (auto const& name : option->get_lnames()) {
            names.push_back("--" + name);
        }
    }
    return names;
}

/// Completion for bash, made from the very options that the program parses; zsh reads it through
/// bashcompinit.
std::string bash_script(CLI::App* root) {
    std::vector<std::string> verbs;
    std::string cases;
    for (auto* verb : root->get_subcommands([](CLI::App*) { return true; })) {
        verbs.push_back(verb->get_name());
        std::vector<std::string> words = option_names(verb);
        for (auto* inner : verb->get_subcommands([](CLI::App*) { return true; })) {
            words.push_back(inner->get_name());
            auto const more = option_names(inner);
            words.insert(words.end(), more.begin(), more.end());
        }
        cases += fmt::format("        {}) words=\"{}\" ;;\n", verb->get_name(), fmt::join(words, " "));
    }
    return fmt::format("_beamwright() {{\n"
                       "    local word=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\"\"\n"
                       "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                       "        words=\"{} --help --version\"\n"
                       "    else\n"
                       "        case \"${{COMP_WORDS[1]}}\" in\n{}        esac\n"
                       "    fi\n"
                       "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                       "    [ ${{#COMPREPLY[@]}} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$word\"))\n"
                       "}}\n"
                       "complete -o filenames -F _beamwright beamwright\n",
                       fmt::join(verbs, " "), cases);
}

} // namespace

void add_completion_verb(App& app) {
    auto const shell = std::make_shared<std::string>("bash");
    auto* const verb =
        app.add_verb(app.root(), "completion", "Print the completion script of a shell.",
                     "  source <(beamwright completion bash)\n"
                     "  autoload bashcompinit; bashcompinit; source <(beamwright completion zsh)",
                     [&app] {
                         std::string const script = bash_script(app.root());
                         app.print(Json{{"script", script}}, script);
                         return done;
                     });
    verb->add_option("shell", *shell, "bash or zsh")
        ->check(CLI::IsMember({"bash", "zsh"}))
        ->capture_default_str();
    // The option's target must live as long as the parser
    app.root()->preparse_callback([shell](std::size_t) {});
}

} // namespace beamwright::cli
