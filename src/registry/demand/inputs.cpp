#include "registry/demand/inputs.hpp"
#include "core/contracts.hpp"
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright::registry {

namespace {

struct Slot {
    char const* key;
    double ChainValues::*place;
};
constexpr std::array<Slot, 13> slots{{{"cases", &ChainValues::cases},
                                      {"utilization", &ChainValues::utilization},
                                      {"radical_share", &ChainValues::radical_share},
                                      {"eligible_share", &ChainValues::eligible_share},
                                      {"retreatment", &ChainValues::retreatment},
                                      {"fractions_per_course", &ChainValues::fractions_per_course},
                                      {"fractions_per_hour", &ChainValues::fractions_per_hour},
                                      {"minutes_per_fraction", &ChainValues::minutes_per_fraction},
                                      {"irradiation_minutes", &ChainValues::irradiation_minutes},
                                      {"setup_minutes", &ChainValues::setup_minutes},
                                      {"hours_per_day", &ChainValues::hours_per_day},
                                      {"days_per_year", &ChainValues::days_per_year},
                                      {"patients_per_room", &ChainValues::patients_per_room}}};

/// How a parameter enters the chain of a modality.
enum class Need {
    always,    ///< given or published, else refused
    optional,  ///< used where given or published
    zero_else, ///< 0 where nothing is published, and listed as left out
};

class Collector {
public:
    Collector(DemandRequest const& request, DemandFigures const& figures)
        : request_(request), figures_(figures) {}

    void take(std::string const& key, Need need) {
        used_.push_back(key);
        auto const given = request_.given.find(key);
        if (given != request_.given.end()) {
            add(key, given->second, Trust::user, "given by the user", "");
            return;
        }
        // Utilization is a figure of radiotherapy as a whole; it stands with the X-ray figures
        auto const* const figure =
            figures_.default_of(key, key == "utilization" ? Modality::xray : request_.modality);
        if (figure != nullptr) {
            double const value = *figure->value;
            add(key, {value, figure->low.value_or(value), figure->high.value_or(value)}, figure->mark,
                figure->source, figure->meaning);
        } else if (need == Need::zero_else) {
            add(key, exact(0), Trust::left_out, "",
                "no published figure for this modality; left out of the chain");
        } else if (need == Need::always) {
            missing_.push_back(key);
        }
    }

    bool has(std::string const& key) const { return request_.given.count(key) > 0; }

    std::vector<DemandInput> finish() {
        refuse_unused();
        refuse_missing();
        return std::move(inputs_);
    }

private:
    void add(std::string const& key, Estimate const& estimate, Trust mark, std::string source,
             std::string meaning) {
        auto const& parameter = demand_parameter(key);
        check_estimate(estimate, parameter.option, parameter.least, parameter.most);
        DemandInput input{key,
                          parameter.option,
                          parameter.label,
                          parameter.unit,
                          estimate,
                          mark,
                          std::move(source),
                          std::move(meaning),
                          {}};
        if (!estimate.has_interval() && mark == Trust::published) {
            input.published_range = range_of(key);
        }
        inputs_.push_back(std::move(input));
    }

    /// Least and greatest published figure of the same quantity; nothing if there is only one.
    std::optional<std::pair<double, double>> range_of(std::string const& key) const {
        double least = 0, most = 0;
        bool any = false;
        auto const* const own =
            figures_.default_of(key, key == "utilization" ? Modality::xray : request_.modality);
        for (auto const* figure : figures_.of(key, own->modality)) {
            if (figure->mark != Trust::published || figure->share_of != own->share_of) {
                continue;
            }
            for (auto const& number : {figure->low, figure->value, figure->high}) {
                if (number) {
                    least = any ? std::min(least, *number) : *number;
                    most = any ? std::max(most, *number) : *number;
                    any = true;
                }
            }
        }
        return least < most ? std::optional(std::pair(least, most)) : std::nullopt;
    }

    void refuse_unused() const {
        for (auto const& [key, estimate] : request_.given) {
            if (request_.shared.count(key) == 0 &&
                std::find(used_.begin(), used_.end(), key) == used_.end()) {
                refuse(fmt::format("{} is not used for {}", demand_parameter(key).option,
                                   title_of(request_.modality)),
                       "its chain has no such figure, so the number would be ignored",
                       "leave it out, or give it to one modality: --modality xray proton, " +
                           std::string(demand_parameter(key).option) + " xray=VALUE");
            }
        }
    }

    void refuse_missing() const {
        if (missing_.empty()) {
            return;
        }
        std::vector<std::string> labels, options;
        for (auto const& key : missing_) {
            auto const& parameter = demand_parameter(key);
            labels.push_back(fmt::format("{} ({})", parameter.label, parameter.unit));
            options.push_back(std::string(parameter.option) + " VALUE");
        }
        refuse(fmt::format("{}: {} must be given", title_of(request_.modality), fmt::join(labels, " and ")),
               "no published figure was found, and a guess would decide the number of rooms",
               fmt::format("pass {} (with an interval: VALUE:LOW:HIGH)", fmt::join(options, " ")));
    }

    DemandRequest const& request_;
    DemandFigures const& figures_;
    std::vector<DemandInput> inputs_;
    std::vector<std::string> used_, missing_;
};

/// What the eligible share counts: as given, else as its default says, else what fits the modality.
std::optional<ShareBase> base_of(DemandRequest const& request, DemandFigures const& figures) {
    bool const given = request.given.count("eligible_share") > 0;
    if (request.modality == Modality::xray && !given) {
        if (request.share_of) {
            refuse("--eligible-of for X-ray without --eligible",
                   "all who need radiotherapy are counted, so there is no share",
                   "give the share too, with --eligible VALUE, or leave --eligible-of out");
        }
        return std::nullopt;
    }
    auto const* const figure = figures.default_of("eligible_share", request.modality);
    if (!given && figure != nullptr && request.share_of && request.share_of != figure->share_of) {
        refuse(fmt::format("the published share of {} is a share of {} patients, not of {}",
                           title_of(request.modality),
                           word_of(figure->share_of.value_or(ShareBase::irradiated)),
                           word_of(*request.share_of)),
               "a share without its base is worth nothing", "give the share too, with --eligible VALUE");
    }
    if (request.share_of) {
        return request.share_of;
    }
    if (!given && figure != nullptr) {
        return figure->share_of.value_or(ShareBase::irradiated);
    }
    return request.modality == Modality::bnct ? ShareBase::new_cases : ShareBase::irradiated;
}

void take_room_time(Collector& collector, Modality modality) {
    // Fractions per hour say the same as the minutes in the room; given, they replace them
    if (modality == Modality::xray || collector.has("fractions_per_hour")) {
        if (modality == Modality::xray && collector.has("minutes_per_fraction")) {
            collector.take("minutes_per_fraction", Need::always);
        } else {
            collector.take("fractions_per_hour", Need::always);
        }
    } else if (modality == Modality::proton) {
        collector.take("minutes_per_fraction", Need::always);
    } else {
        collector.take("irradiation_minutes", Need::always);
        collector.take("setup_minutes", Need::always);
    }
    collector.take("hours_per_day", Need::always);
    collector.take("days_per_year", Need::always);
}

} // namespace

double ChainValues::*slot_of(std::string const& key) {
    auto const found =
        std::find_if(slots.begin(), slots.end(), [&](auto const& slot) { return key == slot.key; });
    BW_EXPECT(found != slots.end());
    return found->place;
}

ChainInputs collect_inputs(DemandRequest const& request, DemandFigures const& figures) {
    auto const& parameter = demand_parameter("cases");
    check_estimate(request.cases, parameter.option, parameter.least, parameter.most);
    ChainInputs chain;
    chain.share_of = base_of(request, figures);
    Collector collector(request, figures);
    if (chain.share_of != ShareBase::new_cases) {
        collector.take("utilization", Need::always);
    }
    if (chain.share_of == ShareBase::radical) {
        collector.take("radical_share", Need::always);
    }
    if (chain.share_of) {
        collector.take("eligible_share", Need::always);
    }
    collector.take("retreatment", Need::zero_else);
    collector.take("fractions_per_course", Need::always);
    take_room_time(collector, request.modality);
    collector.take("patients_per_room", Need::optional);
    chain.inputs = collector.finish();
    chain.inputs.insert(chain.inputs.begin(), {"cases",
                                               parameter.option,
                                               parameter.label,
                                               parameter.unit,
                                               request.cases,
                                               request.cases_mark,
                                               request.cases_source,
                                               "",
                                               {}});
    return chain;
}

} // namespace beamwright::registry
