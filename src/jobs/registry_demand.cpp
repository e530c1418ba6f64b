#include "jobs/registry_demand.hpp"
#include "core/atomic_file.hpp"
#include "core/run_record.hpp"
#include "core/text.hpp"
#include "jobs/registry_demand_text.hpp"
#include "registry/counts.hpp"
#include "registry/demand/demand.hpp"
#include "registry/demand/table_cases.hpp"
#include "registry/input/combine.hpp"
#include "registry/input/read_counts.hpp"
#include "report/registry_report.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace {

using namespace registry;

/// "proton=25" for one modality, "25" for the only one.
struct TargetedWord {
    std::optional<Modality> modality;
    std::string value;
};

TargetedWord targeted(std::string const& word) {
    auto const equals = word.find('=');
    if (equals == std::string::npos) {
        return {std::nullopt, word};
    }
    return {modality_of(std::string(trimmed(word.substr(0, equals)))), word.substr(equals + 1)};
}

/// What is meant for all modalities alike; the rest must name one where several are asked for.
bool is_common(std::string const& key) {
    return key == "utilization" || key == "radical_share" || key == "hours_per_day" ||
           key == "days_per_year" || key == "retreatment";
}

std::vector<Modality> modalities_of(RegistryDemandRequest const& request) {
    std::vector<Modality> modalities;
    for (auto const& word : request.modalities) {
        Modality const modality = modality_of(word);
        if (std::find(modalities.begin(), modalities.end(), modality) == modalities.end()) {
            modalities.push_back(modality);
        }
    }
    if (modalities.empty()) {
        refuse("no modality", "rooms are counted per modality", "give --modality xray, proton or bnct");
    }
    return modalities;
}

/// The modalities that a word is for. \throws Refusal where it could be several, or one that is not asked for
std::vector<Modality> meant(TargetedWord const& word, std::vector<Modality> const& asked,
                            std::string const& option, bool common) {
    if (!word.modality) {
        if (asked.size() > 1 && !common) {
            refuse(fmt::format("{} '{}' does not say for which modality", option, word.value),
                   fmt::format("{} modalities are asked for, and this figure is a different one for each",
                               asked.size()),
                   fmt::format("write {} {}={}", option, word_of(asked.back()), word.value));
        }
        return asked;
    }
    if (std::find(asked.begin(), asked.end(), *word.modality) == asked.end()) {
        refuse(fmt::format("{} is given for {}, which is not asked for", option, word_of(*word.modality)),
               "the number would be ignored", fmt::format("add --modality {}", word_of(*word.modality)));
    }
    return {*word.modality};
}

std::vector<DemandRequest> requests_of(RegistryDemandRequest const& request) {
    auto const modalities = modalities_of(request);
    std::vector<DemandRequest> requests;
    for (Modality const modality : modalities) {
        requests.emplace_back();
        requests.back().modality = modality;
        requests.back().seed = request.seed;
    }
    auto const request_of = [&](Modality modality) -> DemandRequest& {
        return *std::find_if(requests.begin(), requests.end(),
                             [&](auto const& r) { return r.modality == modality; });
    };
    for (auto const& [key, words] : request.figures) {
        auto const& parameter = demand_parameter(key);
        for (auto const& text : words) {
            auto const word = targeted(text);
            auto const estimate =
                parse_estimate(word.value, parameter.option, parameter.least, parameter.most);
            for (Modality const modality : meant(word, modalities, parameter.option, is_common(key))) {
                if (!word.modality && modalities.size() > 1) {
                    request_of(modality).shared.insert(key);
                }
                if (!request_of(modality).given.emplace(key, estimate).second) {
                    refuse(fmt::format("{} is given twice for {}", parameter.option, word_of(modality)),
                           "only one of them could be used", "give it once");
                }
            }
        }
    }
    for (auto const& text : request.share_of) {
        auto const word = targeted(text);
        for (Modality const modality : meant(word, modalities, "--eligible-of", false)) {
            request_of(modality).share_of = share_base_of(word.value);
        }
    }
    return requests;
}

void add_cases(std::vector<DemandRequest>& requests, RegistryDemandRequest const& request, RunRecord& record,
               Warnings& warnings) {
    if (request.cases.empty() == request.table.empty()) {
        refuse(request.cases.empty() ? "no new cases are given" : "cases are given twice",
               "the chain starts with the new cases of a year, from a number or from a table",
               "give --cases N (new cases a year) or --table FILE.csv");
    }
    Estimate cases;
    std::string source;
    auto const& parameter = demand_parameter("cases");
    if (!request.table.empty()) {
        record.add_input("table of counts", request.table);
        auto table = read_counts({request.table}, {}, warnings);
        group_sites(table); // codes of one group are added; overlapping ones are refused
        auto const counted = cases_of_table(
            table, {request.sites, request.registries, request.year, request.population}, warnings);
        cases = counted.per_year;
        source = fmt::format("{}: {}", request.table.filename().string(), counted.source);
    } else {
        if (!request.sites.empty() || !request.registries.empty() || request.population) {
            refuse("--site, --registry or --population with --cases",
                   "they choose rows of a table; a number has none",
                   "leave them out, or give --table FILE.csv");
        }
        cases = parse_estimate(request.cases, "--cases", parameter.least, parameter.most);
        source = "given by the user";
        if (request.cases.find(':') == std::string::npos) {
            cases = poisson_count(cases.value);
            source += "; interval: the chance of a count (Poisson)";
        }
    }
    for (auto& one : requests) {
        one.cases = cases;
        one.cases_mark = request.table.empty() ? Trust::user : Trust::counted;
        one.cases_source = source;
    }
}

RunRecord record_of(RegistryDemandRequest const& request, JobContext const& context) {
    RunRecord record;
    record.verb = "registry demand";
    record.command = context.command;
    record.seed = request.seed;
    record.target = "scalar";
    return record;
}

} // namespace

RegistryAnswer registry_demand(RegistryDemandRequest const& request, JobContext& context) {
    RunRecord record = record_of(request, context);
    auto const figures = DemandFigures::load();
    record.add_input("planning figures", figures.file);
    auto requests = requests_of(request);
    add_cases(requests, request, record, context.warnings);
    // Each modality on its own
    std::vector<DemandAnswer> answers;
    answers.reserve(requests.size());
    for (auto const& one : requests) {
        answers.push_back(estimate_demand(one, figures));
    }
    auto const counts =
        count_rates(requests.front().cases.value, request.year ? days_in_year(*request.year) : 365);
    record.warnings = context.warnings.all();
    for (auto const& warning : context.warnings.all()) {
        context.messages.warn(warning);
    }
    record.cpu_s = process_cpu_s();
    record.details["draws"] = answers.front().draws;
    RegistryAnswer answer;
    answer.json = demand_json(answers, counts);
    answer.json["run"] = record.to_json();
    answer.table = demand_text(answers, counts);
    if (!request.report_file.empty()) {
        write_atomically(
            request.report_file,
            render_demand_report({answers, counts, figures, record.to_json(), context.warnings.all()}));
        answer.json["report"] = request.report_file.string();
        context.messages.say(fmt::format("report: {}", request.report_file.string()));
    }
    return answer;
}

RegistryAnswer registry_counts(RegistryCountsRequest const& request) {
    auto const counts = count_rates(request.cases, request.year ? days_in_year(*request.year) : 365);
    RegistryAnswer answer;
    answer.json["cases"] = counts_json(counts);
    answer.table = counts_text(counts, "new cases");
    if (request.deaths) {
        auto const deaths = count_rates(*request.deaths, counts.days_in_year);
        answer.json["deaths"] = counts_json(deaths);
        answer.table += counts_text(deaths, "deaths from cancer");
    }
    if (request.all_deaths && !request.deaths) {
        refuse("--all-deaths without --deaths", "the share of all deaths needs both", "give --deaths N too");
    }
    if (request.all_deaths) {
        auto const share = death_share(*request.deaths, *request.all_deaths);
        answer.json["share_of_all_deaths"] = {
            {"share", share.share}, {"one_in", share.one_in}, {"in_words", one_in_words(share.one_in)}};
        answer.table += fmt::format("share of all deaths    {:.1f} %, {} (1 in {:.2f})\n", 100 * share.share,
                                    one_in_words(share.one_in), share.one_in);
    }
    return answer;
}

RegistryAnswer registry_figures() {
    auto const figures = DemandFigures::load();
    return {figures_json(figures), figures_text(figures)};
}

} // namespace beamwright
