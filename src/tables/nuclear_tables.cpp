#include "tables/nuclear_tables.hpp"
#include "core/refusal.hpp"
#include "lanes/constants.hpp"
#include "tables/nuclear_load.hpp"
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

namespace beamwright {

struct NuclearTables::Memory {
    NuclearData data;
    std::vector<float> total, majorant;
    std::vector<std::uint32_t> first_part;
    std::vector<NuclearPart> parts;
    std::vector<std::uint32_t> channel_sums;
    std::vector<NuclearSum> sums;
    std::vector<double> sum_values;
    float greatest = 0;
};

namespace {

using Counts = std::array<std::uint8_t, nuclear_species_count>;

/// Adds the sums of all sets of products of one node.
/// docs/methods/proton_nuclear_inelastic.md: a set is one product and the set without it.
class NodeSums {
public:
    NodeSums(NuclearNode const& node, std::vector<double> const& spectra, std::vector<NuclearSum>& sums,
             std::vector<double>& values)
        : node_{node}, spectra_{spectra}, sums_{sums}, values_{values} {
        std::vector<double> const always(node.bin_count + 1, 1.0);
        known_[Counts{}] = add(0, -1, always);
    }

    std::uint32_t of(Counts const& counts) {
        if (auto const found = known_.find(counts); found != known_.end()) {
            return found->second;
        }
        auto const present = std::find_if(counts.begin(), counts.end(), [](auto n) { return n > 0; });
        auto const species = static_cast<std::size_t>(present - counts.begin());
        Counts less = counts;
        --less[species];
        std::uint32_t const rest = of(less);
        std::uint32_t const index = add(rest, static_cast<int>(species), with_one_more(rest, species));
        known_[counts] = index;
        return index;
    }

private:
    std::vector<double> with_one_more(std::uint32_t rest, std::size_t species) const {
        double const* const one = spectra_.data() + node_.first_spectrum[species];
        double const* const others = values_.data() + sums_[rest].first_value;
        std::vector<double> sum(node_.bin_count + 1, 0.0);
        // Energy of the new product outside, so that the inner loop has no sum to wait for
        for (std::size_t j = 1; j <= node_.bin_count; ++j) {
            if (double const weight = one[j - 1]; weight > 0) {
                for (std::size_t total = j; total <= node_.bin_count; ++total) {
                    sum[total] += weight * others[total - j];
                }
            }
        }
        return sum;
    }

    std::uint32_t add(std::uint32_t rest, int species, std::vector<double> const& values) {
        sums_.push_back({static_cast<std::uint32_t>(values_.size()), rest, species});
        values_.insert(values_.end(), values.begin(), values.end());
        return static_cast<std::uint32_t>(sums_.size() - 1);
    }

    NuclearNode const& node_;
    std::vector<double> const& spectra_;
    std::vector<NuclearSum>& sums_;
    std::vector<double>& values_;
    std::map<Counts, std::uint32_t> known_;
};

std::uint32_t target_index(NuclearData const& data, int Z) {
    if (Z < 1 || static_cast<std::size_t>(Z) > data.targets.size()) {
        refuse(fmt::format("no nuclear data for the element with Z = {}", Z),
               fmt::format("the shipped table goes from Z = 1 to Z = {}", data.targets.size()),
               "replace the element in the material by the nearest one that is listed");
    }
    return static_cast<std::uint32_t>(Z - 1);
}

} // namespace

NuclearTables::~NuclearTables() = default;
NuclearTables::NuclearTables(NuclearTables&&) noexcept = default;
NuclearTables& NuclearTables::operator=(NuclearTables&&) noexcept = default;

NuclearTables::NuclearTables(std::vector<Material> const& materials) : memory_{std::make_unique<Memory>()} {
    Memory& m = *memory_;
    m.data = load_nuclear_data();
    std::vector<bool> used(m.data.nodes.size(), false);
    for (Material const& material : materials) {
        std::vector<double> sum(nuclear_grid_points, 0.0);
        m.first_part.push_back(static_cast<std::uint32_t>(m.parts.size()));
        for (auto const& [Z, share] : material.mass_fractions) {
            if (share <= 0) {
                continue;
            }
            std::uint32_t const index = target_index(m.data, Z);
            double const atoms = share / m.data.atomic_weights[index] * constants::avogadro_per_mol * 1e-24;
            m.parts.push_back({index, static_cast<float>(atoms)});
            for (std::size_t i = 0; i < nuclear_grid_points; ++i) {
                std::size_t const at = std::size_t{index} * nuclear_grid_points + i;
                sum[i] += double{m.parts.back().atoms_per_g_e24} *
                          (double{m.data.nonelastic_barn[at]} + double{m.data.elastic_barn[at]});
            }
            NuclearTarget const& target = m.data.targets[index];
            std::fill_n(used.begin() + target.first_node, target.node_count, true);
        }
        m.total.insert(m.total.end(), sum.begin(), sum.end());
        auto const first = m.total.end() - nuclear_grid_points;
        m.majorant.push_back(*std::max_element(first, m.total.end()));
        m.greatest = std::max(m.greatest, m.majorant.back());
    }
    m.first_part.push_back(static_cast<std::uint32_t>(m.parts.size()));
    m.channel_sums.assign(m.data.channels.size(), 0);
    for (std::size_t n = 0; n < m.data.nodes.size(); ++n) {
        if (used[n]) {
            NuclearNode const& node = m.data.nodes[n];
            NodeSums sums(node, m.data.spectra, m.sums, m.sum_values);
            for (std::uint32_t c = node.first_channel; c < node.first_channel + node.channel_count; ++c) {
                m.channel_sums[c] = sums.of(m.data.channels[c].counts);
            }
        }
    }
}

NuclearView NuclearTables::view() const {
    Memory const& m = *memory_;
    NuclearView v;
    v.total_cm2_per_g = m.total.data();
    v.majorant_cm2_per_g = m.majorant.data();
    v.greatest_cm2_per_g = m.greatest;
    v.first_part = m.first_part.data();
    v.parts = m.parts.data();
    v.targets = m.data.targets.data();
    v.nonelastic_barn = m.data.nonelastic_barn.data();
    v.elastic_barn = m.data.elastic_barn.data();
    v.nodes = m.data.nodes.data();
    v.channels = m.data.channels.data();
    v.channel_sums = m.channel_sums.data();
    v.sums = m.sums.data();
    v.sum_values = m.sum_values.data();
    v.spectra = m.data.spectra.data();
    v.cosines = m.data.cosines.data();
    v.elastic_nodes = m.data.elastic_nodes.data();
    v.elastic_cosines = m.data.elastic_cosines.data();
    v.material_count = static_cast<std::uint32_t>(m.majorant.size());
    v.target_count = static_cast<std::uint32_t>(m.data.targets.size());
    return v;
}

void NuclearTables::add_memory(TableMemory& memory) const {
    Memory const& m = *memory_;
    add_blocks(memory, m.total, m.majorant, m.first_part, m.parts, m.channel_sums, m.sums, m.sum_values);
    add_blocks(memory, m.data.targets, m.data.nonelastic_barn, m.data.elastic_barn, m.data.nodes,
               m.data.channels, m.data.spectra, m.data.cosines, m.data.elastic_nodes, m.data.elastic_cosines);
}

std::uint32_t NuclearTables::target_of(int Z) const { return target_index(memory_->data, Z); }

std::string const& NuclearTables::sha256() const { return memory_->data.sha256; }

} // namespace beamwright
