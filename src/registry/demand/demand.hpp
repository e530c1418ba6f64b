/// From new cases to treatment rooms. docs/methods/registry_demand.md
#pragma once
#include "core/refusal.hpp"
#include "registry/demand/figures.hpp"
#include <cstdint>
#include <map>
#include <set>

namespace beamwright::registry {

struct DemandRequest {
    Modality modality = Modality::xray;
    Estimate cases; ///< new cases a year
    Trust cases_mark = Trust::user;
    std::string cases_source = "given by the user";
    std::map<std::string, Estimate> given; ///< by parameter key; the rest comes from the figures
    std::set<std::string>
        shared; ///< keys given for several modalities alike: not refused where one does not use them
    std::optional<ShareBase> share_of; ///< what a given eligible share is a share of
    std::uint32_t seed = 1;
    int draws = 200'000; ///< of the propagated intervals
};

/// One figure as it went into the chain.
struct DemandInput {
    std::string key, option, label, unit;
    Estimate estimate;
    Trust mark = Trust::user;
    std::string source, meaning;
    /// Where the figure has no interval: least and greatest of the published figures of the same quantity.
    std::optional<std::pair<double, double>> published_range;
};

/// One link of the chain: {"courses", "courses/year", ...}; the ends are the 2.5 % and 97.5 % quantiles.
struct DemandStep {
    std::string key, label, unit;
    Estimate amount;
};

/// How far the rooms move when one input goes to its ends and the others stay.
struct DemandSensitivity {
    std::string key, label;
    double from = 0, to = 0;             ///< the input's ends
    double rooms_from = 0, rooms_to = 0; ///< before rounding up
    bool is_published_range = false; ///< the ends are other published figures, not an interval of this one
};

struct DemandAnswer {
    Modality modality = Modality::xray;
    std::optional<ShareBase> share_of;
    std::vector<DemandInput> inputs; ///< in the order of the chain
    std::vector<DemandStep> steps;   ///< cases, patients, courses, fractions, rooms before rounding
    double fractions_per_room = 0;   ///< capacity a year
    double fractions_per_new_case = 0;
    double rooms = 0, rooms_low = 0, rooms_high = 0; ///< whole rooms
    std::optional<double> rooms_by_patients; ///< cross-check: courses / patients per room, before rounding
    std::vector<DemandSensitivity> sensitivities; ///< widest first
    std::uint32_t seed = 1;
    int draws = 0;
    /// One standard deviation of the ends of the rooms' interval from the number of draws, relative.
    double interval_error = 0;
    std::vector<std::string> notes; ///< what to know before using the figure

    DemandInput const* input(std::string const& key) const;
    DemandStep const& step(std::string const& key) const;
};

/// The demand of one modality on its own.
/// \throws Refusal if a figure without a published value is not given (all are named), out of bounds, or not used
DemandAnswer estimate_demand(DemandRequest const& request, DemandFigures const& figures);

/// Rooms that are needed: the next whole number, forgiving a rounding error of 1e-9.
double whole_rooms(double rooms);

} // namespace beamwright::registry
