/// LET per plane and ring of a spot: the tallies, and the ratios that they make (docs/methods/let.md eq. 1-4).
#pragma once
#include "tables/let_view.hpp"
#include "transport/schedule/spot.hpp"
#include "transport/tally/batch_tally.hpp"

namespace beamwright {

class PlaneLet {
public:
    PlaneLet(std::size_t planes, std::size_t rings);
    LetScoreView view(LetView const& table, LetParticles particles);
    /// Adds the running batch to the sums.
    void fold(double per_MeV);
    /// One per plane. The whole plane's variance is the sum of its rings'.
    std::vector<SpotLet> points(double step_mm, std::int64_t batches) const;

private:
    struct Ratio {
        double value = 0, sigma = 0;
    };
    Ratio ratio(BatchTally const& above, CrossSum const& cross, std::size_t first, std::size_t last,
                std::int64_t batches) const;

    std::size_t planes_, rings_;
    BatchTally energy_, energy_stopping_, path_;
    CrossSum with_stopping_, with_path_;
};

} // namespace beamwright
