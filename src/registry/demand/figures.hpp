/// Published planning figures with source and trust mark, and what each parameter of the demand model means.
#pragma once
#include "registry/demand/estimate.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace beamwright::registry {

enum class Modality { xray, proton, bnct };
/// "xray", "proton", "bnct"
std::string word_of(Modality modality);
/// "X-ray", "Proton", "Neutron capture (BNCT)"
std::string title_of(Modality modality);
/// \throws Refusal naming the three words
Modality modality_of(std::string const& word);

/// What an eligible share is a share of.
enum class ShareBase { new_cases, irradiated, radical };
std::string word_of(ShareBase base);
/// \throws Refusal naming the three words
ShareBase share_base_of(std::string const& word);

/// How far a figure can be trusted.
enum class Trust {
    published,  ///< P: printed by its source
    commercial, ///< P-COMMERCIAL: a vendor's or provider's own claim; never a default
    user,       ///< USER: given with the call
    counted,    ///< COUNTED: summed from a table of cases
    left_out    ///< NONE: no published figure; left out of the chain, and said so
};
std::string mark_of(Trust trust);

/// A parameter of the model: its name in files ("fractions_per_course"), its option, unit and bounds.
struct DemandParameter {
    char const *key, *option, *label, *unit;
    double least, most;
    double cut; ///< draws are cut here: 1 for shares
};
/// \throws Refusal on an unknown key
DemandParameter const& demand_parameter(std::string const& key);

struct DemandFigure {
    std::string parameter;
    Modality modality = Modality::xray;
    std::optional<double> value, low, high;
    std::string unit, meaning, source;
    Trust mark = Trust::published;
    std::optional<ShareBase> share_of; ///< of an eligible share, where its source says so
    bool is_default = false;
};

struct DemandFigures {
    std::filesystem::path file;
    std::vector<DemandFigure> figures;

    /// The shipped figures. \throws Refusal on a damaged file, or on a default that is not published
    static DemandFigures load();
    static DemandFigures load(std::filesystem::path const& file);

    DemandFigure const* default_of(std::string const& parameter, Modality modality) const;
    /// All published figures of a parameter; shares only of the same base.
    std::vector<DemandFigure const*> of(std::string const& parameter, Modality modality) const;
};

} // namespace beamwright::registry
