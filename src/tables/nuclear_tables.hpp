/// Owner of the proton nuclear data: loads the shipped tables and adds up the cross sections of each
/// material.
#pragma once
#include "tables/material.hpp"
#include "tables/nuclear_view.hpp"
#include "tables/table_memory.hpp"
#include <memory>
#include <string>
#include <vector>

namespace beamwright {

class NuclearTables {
public:
    /// Loads data/tables/proton_nuclear.{json,bin}. Material ids of the view are positions in `materials`.
    /// \throws Refusal if the data are missing, damaged or hold no rule for an element.
    explicit NuclearTables(std::vector<Material> const& materials);
    ~NuclearTables();
    NuclearTables(NuclearTables&&) noexcept;
    NuclearTables& operator=(NuclearTables&&) noexcept;

    /// Valid as long as this object lives.
    NuclearView view() const;
    /// Adds the arrays behind the view.
    void add_memory(TableMemory& memory) const;
    /// Position of the element with this atomic number among the view's targets.
    std::uint32_t target_of(int Z) const;
    /// SHA-256 of the shipped table, for run.json.
    std::string const& sha256() const;

private:
    struct Memory;
    std::unique_ptr<Memory> memory_;
};

} // namespace beamwright
