/// Memory behind LetView.
#pragma once
#include "tables/let_view.hpp"
#include "tables/table_memory.hpp"
#include <vector>

namespace beamwright {

class LetTable {
public:
    /// From the water of the tables; done with them afterwards.
    explicit LetTable(ProtonMaterialsView const& water);
    LetView view() const { return {proton_.data(), helium_.data(), helium_range_.data()}; }
    /// Adds the arrays behind the view.
    void add_memory(TableMemory& memory) const { add_blocks(memory, proton_, helium_, helium_range_); }

private:
    std::vector<double> proton_, helium_, helium_range_;
};

} // namespace beamwright
