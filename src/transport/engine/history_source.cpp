#include "transport/engine/history_source.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// Layer by layer; rows of 5 mm along y, each run through in the other direction than the one before.
bool walks_before(BeamSource const& beam, std::int32_t a, std::int32_t b) {
    auto const& left = beam.elements[static_cast<std::size_t>(a)];
    auto const& right = beam.elements[static_cast<std::size_t>(b)];
    double const left_MeV = beam.optics[static_cast<std::size_t>(left.optics)].mean_energy_MeV;
    double const right_MeV = beam.optics[static_cast<std::size_t>(right.optics)].mean_energy_MeV;
    if (left_MeV != right_MeV) {
        return left_MeV > right_MeV;
    }
    double const left_row = std::floor(left.y_mm / 5.0), right_row = std::floor(right.y_mm / 5.0);
    if (left_row != right_row) {
        return left_row < right_row;
    }
    bool const forward = std::fmod(std::fabs(left_row), 2.0) == 0.0;
    if (left.x_mm != right.x_mm) {
        return forward == (left.x_mm < right.x_mm);
    }
    return a < b;
}

} // namespace

HistorySource::HistorySource(BeamSource const& beam, std::int64_t batch_histories, std::uint32_t seed,
                             double most_MeV)
    : table_(beam), batch_histories_(batch_histories), seed_(seed),
      beam_(static_cast<std::uint32_t>(beam.number)) {
    for (std::size_t i = 0; i < beam.elements.size(); ++i) {
        auto const& element = beam.elements[i];
        if (!(element.protons >= 0) || !std::isfinite(element.protons)) {
            refuse(fmt::format("beam {} '{}': spot {} has {} protons", beam.number, beam.name, i + 1,
                               element.protons),
                   "a number of protons is finite and not negative", "check meterset and protons per MU");
        }
        if (element.protons > 0) {
            order_.push_back(static_cast<std::int32_t>(i));
        }
    }
    std::sort(order_.begin(), order_.end(),
              [&](std::int32_t a, std::int32_t b) { return walks_before(beam, a, b); });
    for (auto const spot : order_) {
        auto const& element = beam.elements[static_cast<std::size_t>(spot)];
        auto const& optics = beam.optics[static_cast<std::size_t>(element.optics)];
        if (!(optics.mean_energy_MeV <= most_MeV)) {
            refuse(fmt::format("beam {} '{}': proton energy {:g} MeV", beam.number, beam.name,
                               optics.mean_energy_MeV),
                   fmt::format("the physics tables end at {:g} MeV", most_MeV), "check energy and unit");
        }
        most_energy_MeV_ = std::max(most_energy_MeV_, optics.mean_energy_MeV + 10 * optics.energy_sigma_MeV);
        protons_ += element.protons;
        cumulative_.push_back(protons_);
    }
    if (!(protons_ > 0)) {
        refuse(fmt::format("beam {} '{}' has no protons", beam.number, beam.name),
               fmt::format("its {} spots hold none", beam.elements.size()),
               "leave the beam out, or check meterset and protons per MU");
    }
    for (auto& share : cumulative_) {
        share /= protons_;
    }
    cumulative_.back() = 1.0;
}

HistorySourceView HistorySource::view() const {
    HistorySourceView view;
    view.spots = table_.view();
    view.spots.aim_count = static_cast<int>(order_.size());
    view.cumulative_weight = cumulative_.data();
    view.spot_of_order = order_.data();
    view.batch_histories = batch_histories_;
    view.seed = seed_;
    view.beam = beam_;
    return view;
}

} // namespace beamwright
