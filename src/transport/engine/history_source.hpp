/// The spots of a beam in the order in which histories take them.
#pragma once
#include "machine/spot_source_table.hpp"
#include "transport/step/history.hpp"
#include <vector>

namespace beamwright {

/// Owns the memory behind HistorySourceView. Spots are sorted by energy, then along a meander through the
/// layer, so that neighbouring histories walk alike.
class HistorySource {
public:
    /// \throws Refusal if the beam has no protons or an energy above `most_MeV`.
    HistorySource(BeamSource const& beam, std::int64_t batch_histories, std::uint32_t seed, double most_MeV);
    HistorySourceView view() const;
    /// Adds the arrays behind the view.
    void add_memory(TableMemory& memory) const {
        table_.add_memory(memory);
        add_blocks(memory, order_, cumulative_);
    }
    double protons() const { return protons_; }
    double most_energy_MeV() const { return most_energy_MeV_; }

private:
    SpotSourceTable table_;
    std::vector<std::int32_t> order_;
    std::vector<double> cumulative_;
    std::int64_t batch_histories_;
    std::uint32_t seed_, beam_;
    double protons_ = 0, most_energy_MeV_ = 0;
};

} // namespace beamwright
