/// \file  neutron_score_view.hpp — where flux times response goes: the quantities of a neutron run, voxel by voxel
/// \how   docs/methods/neutron_transport.md section 4
/// \fits  fixed-point tallies shared by all threads; quantities of one voxel lie side by side
/// \not   the memory and the folding of batches (transport/tally/batch_tally.hpp)
/// \proof tests/transport/neutrons/engine_test.cpp
#pragma once
#include "transport/step/score_view.hpp"
#include <array>

namespace beamwright {

/// Each is path length times response: flux in cm, the others in MeV cm3/g (dose times voxel volume).
enum class NeutronQuantity : std::uint8_t {
    boron,          ///< per ppm of B-10
    nitrogen,       ///< N-14(n,p) per gram of nitrogen: any tissue's dose is its share of nitrogen times this
    fast,           ///< all other neutron kerma of the local tissue
    photon_induced, ///< photons that neutrons made, local tissue
    photon_beam,    ///< photons of the beam, local tissue
    flux_thermal,   ///< below 0.5 eV
    flux_epithermal,  ///< to 10 keV
    flux_fast,        ///< above
    fast_reference,   ///< all other neutron kerma of the reference tissue
    photon_reference, ///< photons of both kinds in the reference tissue
    kerma_below,      ///< total neutron kerma below 0.5 eV: reference tissue, or local without one
    kerma_above,      ///< ... above
};
inline constexpr int neutron_quantity_count = 12;
inline constexpr double neutron_thermal_eV = 0.5, neutron_fast_eV = 1e4;

struct NeutronScoreView {
    std::int64_t* cells = nullptr;                            ///< [voxel][place]
    std::uint8_t* row_used = nullptr;                         ///< rows of voxels along x
    std::uint32_t stride = 0;                                 ///< quantities per voxel
    std::array<std::int32_t, neutron_quantity_count> place{}; ///< in a voxel, or -1: not asked for
    std::array<double, neutron_quantity_count> scale{}; ///< fixed-point units per cm and unit of response
    double reference_nitrogen = 0;                      ///< mass share of nitrogen in the reference tissue
    bool one_thread = false;                            ///< no other thread adds now
};

inline namespace BW_TARGET {

struct NeutronScore {
    NeutronScoreView view;

    /// The cells of a voxel, with its row marked.
    BW_KERNEL std::int64_t* open(std::int64_t voxel, std::int64_t row) const {
        shared_mark(view.row_used + row);
        return view.cells + voxel * view.stride;
    }
    BW_KERNEL void add(std::int64_t* cells, NeutronQuantity quantity, double value) const {
        add_units(cells, quantity, units(quantity, value));
    }
    /// In units of the quantity's tally.
    BW_KERNEL std::int64_t units(NeutronQuantity quantity, double value) const {
        return fixed_point(value, view.scale[static_cast<unsigned>(quantity)]);
    }
    BW_KERNEL void add_units(std::int64_t* cells, NeutronQuantity quantity, std::int64_t amount) const {
        int const place = view.place[static_cast<unsigned>(quantity)];
        if (place >= 0) {
            add_to(cells + place, amount);
        }
    }
    BW_KERNEL void add_to(std::int64_t* cell, std::int64_t amount) const {
        if (view.one_thread) {
            *cell += amount;
        } else {
            shared_add(cell, amount);
        }
    }
    BW_KERNEL bool asked(NeutronQuantity quantity) const {
        return view.place[static_cast<unsigned>(quantity)] >= 0;
    }
};

/// Memory that will be written soon is fetched meanwhile.
BW_KERNEL void fetch_for_writing([[maybe_unused]] void const* address) {
#if !defined(__CUDA_ARCH__)
    __builtin_prefetch(address, 1);
#endif
}

/// Adds that wait for their cells: the tally is larger than the caches, so a cell is asked for when a particle comes and
/// written a few adds later, when it is there. Sums of integers do not depend on the order.
class WaitingScores {
public:
    BW_KERNEL explicit WaitingScores(NeutronScore const& score) : score_(score) {}

    /// The cells of a voxel, with its row marked; they are on their way now.
    BW_KERNEL std::int64_t* open(std::int64_t voxel, std::int64_t row) const {
        std::int64_t* const cells = score_.open(voxel, row);
        fetch_for_writing(cells);
        fetch_for_writing(cells + score_.view.stride - 1); // may lie in the next line of the cache
        return cells;
    }
    BW_KERNEL void add_units(std::int64_t* cells, NeutronQuantity quantity, std::int64_t amount) {
        int const place = score_.view.place[static_cast<unsigned>(quantity)];
        if (place < 0) {
            return;
        }
        Add& oldest = waiting_[next_];
        if (oldest.cell != nullptr) {
            score_.add_to(oldest.cell, oldest.amount);
        }
        oldest = {cells + place, amount};
        next_ = (next_ + 1) % length;
    }
    /// To be called at the end.
    BW_KERNEL void flush() {
        for (Add& add : waiting_) {
            if (add.cell != nullptr) {
                score_.add_to(add.cell, add.amount);
                add.cell = nullptr;
            }
        }
    }

private:
    static constexpr unsigned length = 8; ///< two tentative collisions of a neutron
    struct Add {
        std::int64_t* cell;
        std::int64_t amount;
    };
    NeutronScore const& score_;
    std::array<Add, length> waiting_{};
    unsigned next_ = 0;
};

} // namespace BW_TARGET
} // namespace beamwright
