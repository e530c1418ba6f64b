#include "registry/demand/demand.hpp"
#include "core/contracts.hpp"
#include "lanes/random.hpp"
#include "registry/demand/inputs.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::registry {

namespace {

/// The chain at one set of values. docs/methods/registry_demand.md eq. 1-3
struct ChainAmounts {
    double cases, irradiated, patients, courses, fractions, capacity, rooms;
};

ChainAmounts run_chain(ChainValues const& v) {
    ChainAmounts out{};
    out.cases = v.cases;
    out.irradiated = v.cases * v.utilization;
    out.patients = out.irradiated * v.radical_share * v.eligible_share;
    out.courses = out.patients * (1 + v.retreatment);
    out.fractions = out.courses * v.fractions_per_course;
    double const minutes = v.minutes_per_fraction + v.irradiation_minutes + v.setup_minutes;
    double const per_hour = v.fractions_per_hour > 0 ? v.fractions_per_hour : 60 / minutes;
    out.capacity = per_hour * v.hours_per_day * v.days_per_year;
    out.rooms = out.fractions / out.capacity;
    return out;
}

struct StepName {
    char const *key, *label, *unit;
    double ChainAmounts::*amount;
};
constexpr std::array<StepName, 6> step_names{
    {{"cases", "new cases", "cases/year", &ChainAmounts::cases},
     {"irradiated", "patients who need radiotherapy", "patients/year", &ChainAmounts::irradiated},
     {"patients", "patients of this modality", "patients/year", &ChainAmounts::patients},
     {"courses", "courses", "courses/year", &ChainAmounts::courses},
     {"fractions", "fractions", "fractions/year", &ChainAmounts::fractions},
     {"rooms", "rooms before rounding up", "rooms", &ChainAmounts::rooms}}};

/// A step that says nothing new is left out: X-ray patients are the irradiated ones, a share of new cases skips them.
bool is_shown(StepName const& name, std::optional<ShareBase> base) {
    if (std::string_view(name.key) == "irradiated") {
        return base != ShareBase::new_cases;
    }
    return std::string_view(name.key) != "patients" || base.has_value();
}

/// An input at a standard normal number. A share added is drawn as 1 + share, so that 0 may be an end.
double draw_of(DemandInput const& input, double z) {
    if (input.key == "retreatment") {
        auto const& e = input.estimate;
        return at_normal({1 + e.value, 1 + e.low, 1 + e.high}, z, 1e9) - 1;
    }
    return at_normal(input.estimate, z, demand_parameter(input.key).cut);
}

ChainValues values_at_medians(std::vector<DemandInput> const& inputs) {
    ChainValues values;
    for (auto const& input : inputs) {
        values.*slot_of(input.key) = input.estimate.value;
    }
    return values;
}

std::vector<ChainAmounts> draw_chain(DemandRequest const& request, std::vector<DemandInput> const& inputs) {
    std::vector<ChainAmounts> draws(static_cast<std::size_t>(request.draws));
    ChainValues values = values_at_medians(inputs);
    for (std::size_t d = 0; d < draws.size(); ++d) {
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (inputs[i].estimate.has_interval()) {
                // The stream of a number: seed, modality, draw, place of the input
                RandomStream stream({request.seed, static_cast<std::uint32_t>(request.modality), d,
                                     static_cast<std::uint32_t>(i)});
                values.*slot_of(inputs[i].key) = draw_of(inputs[i], stream.gaussian_pair().first);
            }
        }
        draws[d] = run_chain(values);
    }
    return draws;
}

/// The ends of the middle 95 %, and what the number of draws leaves open: half the distance of the order
/// statistics one standard deviation of the binomial count away. eq. 5
struct Quantiles {
    double low, high, relative_error;
};

Quantiles quantiles_of(std::vector<double>& sample) {
    std::sort(sample.begin(), sample.end());
    double const n = static_cast<double>(sample.size());
    auto const at = [&](double place) {
        return sample[static_cast<std::size_t>(std::clamp(std::floor(place), 0.0, n - 1))];
    };
    double const one_sigma = std::sqrt(n * 0.025 * 0.975);
    Quantiles q{at(0.025 * n), at(0.975 * n), 0};
    double const at_low = 0.5 * (at(0.025 * n + one_sigma) - at(0.025 * n - one_sigma));
    double const at_high = 0.5 * (at(0.975 * n + one_sigma) - at(0.975 * n - one_sigma));
    q.relative_error = std::max(at_low / q.low, at_high / q.high);
    return q;
}

void add_steps(DemandAnswer& answer, std::vector<ChainAmounts> const& draws) {
    ChainAmounts const middle = run_chain(values_at_medians(answer.inputs));
    std::vector<double> sample(draws.size());
    for (auto const& name : step_names) {
        std::transform(draws.begin(), draws.end(), sample.begin(),
                       [&](auto const& d) { return d.*name.amount; });
        auto const q = quantiles_of(sample);
        double const value = middle.*name.amount;
        // Skewed inputs may push the median of draws past a one-sided end; the interval always holds the value
        Estimate const amount{value, std::min(q.low, value), std::max(q.high, value)};
        if (std::string_view(name.key) == "cases") {
            answer.steps.push_back({name.key, name.label, name.unit, answer.input("cases")->estimate});
        } else if (is_shown(name, answer.share_of)) {
            answer.steps.push_back({name.key, name.label, name.unit, amount});
        }
        answer.interval_error = q.relative_error; // the rooms come last
    }
    answer.fractions_per_room = middle.capacity;
    answer.fractions_per_new_case = middle.fractions / middle.cases;
    auto const& rooms = answer.step("rooms").amount;
    answer.rooms = whole_rooms(rooms.value);
    answer.rooms_low = whole_rooms(rooms.low);
    answer.rooms_high = whole_rooms(rooms.high);
    if (auto const* const patients = answer.input("patients_per_room")) {
        answer.rooms_by_patients = middle.courses / patients->estimate.value;
    }
}

void add_sensitivities(DemandAnswer& answer) {
    for (auto const& input : answer.inputs) {
        if (input.key == "patients_per_room" || (!input.estimate.has_interval() && !input.published_range)) {
            continue;
        }
        DemandSensitivity effect;
        effect.key = input.key;
        effect.label = input.label;
        effect.is_published_range = !input.estimate.has_interval();
        effect.from = effect.is_published_range ? input.published_range->first : input.estimate.low;
        effect.to = effect.is_published_range ? input.published_range->second : input.estimate.high;
        ChainValues values = values_at_medians(answer.inputs);
        values.*slot_of(input.key) = effect.from;
        effect.rooms_from = run_chain(values).rooms;
        values.*slot_of(input.key) = effect.to;
        effect.rooms_to = run_chain(values).rooms;
        answer.sensitivities.push_back(effect);
    }
    std::stable_sort(answer.sensitivities.begin(), answer.sensitivities.end(),
                     [](auto const& a, auto const& b) {
                         return std::abs(a.rooms_to - a.rooms_from) > std::abs(b.rooms_to - b.rooms_from);
                     });
}

void add_notes(DemandAnswer& answer, DemandFigures const& figures) {
    std::string exact_inputs;
    for (auto const& input : answer.inputs) {
        if (!input.estimate.has_interval() && input.mark != Trust::left_out &&
            input.key != "patients_per_room") {
            exact_inputs += (exact_inputs.empty() ? "" : ", ") + input.label;
        }
    }
    if (!exact_inputs.empty()) {
        answer.notes.push_back(
            "Without an interval of their own these enter as exact, so the interval of the rooms is "
            "too narrow by what they leave open: " +
            exact_inputs + ".");
    }
    for (auto const& input : answer.inputs) {
        if (input.mark == Trust::left_out) {
            answer.notes.push_back(
                fmt::format("{}: left out, since no figure was found for this modality; give it "
                            "with {} VALUE.",
                            input.label, input.option));
        }
    }
    auto const* const share = answer.input("eligible_share");
    if (answer.modality == Modality::proton && share != nullptr && share->mark == Trust::published) {
        double least = 1, most = 0;
        for (auto const* figure : figures.of("eligible_share", Modality::proton)) {
            least = std::min(least, figure->value.value_or(least));
            most = std::max(most, figure->value.value_or(most));
        }
        answer.notes.push_back(
            fmt::format("Figures found for the share of protons run from {:g} % to {:g} %, of different "
                        "wholes; the choice decides the number of rooms (--eligible, --eligible-of).",
                        100 * least, 100 * most));
    }
}

} // namespace

DemandInput const* DemandAnswer::input(std::string const& key) const {
    auto const found =
        std::find_if(inputs.begin(), inputs.end(), [&](auto const& i) { return i.key == key; });
    return found == inputs.end() ? nullptr : &*found;
}

DemandStep const& DemandAnswer::step(std::string const& key) const {
    auto const found = std::find_if(steps.begin(), steps.end(), [&](auto const& s) { return s.key == key; });
    BW_EXPECT(found != steps.end());
    return *found;
}

double whole_rooms(double rooms) { return std::ceil(rooms - 1e-9 * std::max(rooms, 1.0)); }

DemandAnswer estimate_demand(DemandRequest const& request, DemandFigures const& figures) {
    if (request.draws < 1000 || request.draws > 10'000'000) {
        refuse(fmt::format("{} draws", request.draws),
               "the ends of a 95 % interval need 1000 to 10,000,000 draws",
               "leave the number out: 200,000 are drawn");
    }
    auto chain = collect_inputs(request, figures);
    DemandAnswer answer;
    answer.modality = request.modality;
    answer.share_of = chain.share_of;
    answer.inputs = std::move(chain.inputs);
    answer.seed = request.seed;
    answer.draws = request.draws;
    add_steps(answer, draw_chain(request, answer.inputs));
    add_sensitivities(answer);
    add_notes(answer, figures);
    return answer;
}

} // namespace beamwright::registry
