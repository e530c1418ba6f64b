/// Memory behind LetView.
#pragma once
#include "tables/let_view.hpp"
#include <vector>

namespace beamwright {

class LetTable {
public:
    /// From the water of the tables; done with them afterwards.
    explicit LetTable(ProtonMaterialsView const& water);
    LetView view() const { return {proton_.data(), helium_.data(), helium_range_.data()}; }

private:
    std::vector<double> proton_, helium_, helium_range_;
};

} // namespace beamwright
