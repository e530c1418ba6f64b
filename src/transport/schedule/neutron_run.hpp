/// The neutron job: batches of one port. Internal to transport; others call calculate_neutron_dose.
#pragma once
#include "transport/engine/neutron_tables.hpp"
#include "transport/engine/run_neutrons.hpp"
#include "transport/schedule/batch_loop.hpp"
#include "transport/schedule/neutron_request.hpp"
#include <memory>
#include <utility>
#include <vector>

namespace beamwright {

/// Which quantities lie where in the tally.
struct NeutronLayout {
    std::array<std::int32_t, neutron_quantity_count> place{}; ///< -1: not asked for
    std::uint32_t stride = 0;
    bool has(NeutronQuantity quantity) const { return place[static_cast<unsigned>(quantity)] >= 0; }
    std::size_t cell(std::size_t voxel, NeutronQuantity quantity) const {
        return voxel * stride + static_cast<std::size_t>(place[static_cast<unsigned>(quantity)]);
    }
};
NeutronLayout layout_of(NeutronRequest const& request);

class NeutronRun final : private BatchJob {
public:
    /// Checks the request, plans the memory, loads tables. \throws Refusal
    explicit NeutronRun(NeutronRequest const& request);
    NeutronResult run();

private:
    void build_state();
    void build_work();
    bool run_batch() override;
    void check_first_batch() const override;
    double measured_uncertainty(UncertaintyRule const& rule) const override;
    NeutronResult result();
    void fill_volumes(NeutronResult& out);
    Volume<float> correlation(NeutronPair pair) const;
    double response(NeutronQuantity quantity) const { return most_[static_cast<unsigned>(quantity)]; }

    NeutronRequest const& request_;
    VoxelWorld const& world_;
    BatchOptions batch_options_;
    PortSource port_;
    std::shared_ptr<NeutronTables const> tables_;
    NeutronLayout layout_;
    std::vector<float> majorant_;
    std::array<double, neutron_quantity_count> most_{}; ///< responses: powers of two
    double per_cm_ = 1; ///< fixed point of path length times relative response
    NeutronWork work_;
    RunState state_;
    BatchLoop loop_;
};

/// The two quantities of a pair.
std::pair<NeutronQuantity, NeutronQuantity> quantities_of(NeutronPair pair);

} // namespace beamwright
