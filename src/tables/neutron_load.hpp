/// The shipped neutron library as it lies in the file. Used by neutron_library.cpp only.
#pragma once
#include "tables/neutron_view.hpp"
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace beamwright {

/// A natural element as a mixture of nuclides of the library.
struct NeutronElement {
    int Z = 0;
    double atomic_weight = 0;
    std::vector<std::pair<std::uint32_t, double>> nuclides; ///< index, share of atoms
    std::vector<std::pair<std::string, double>> absent; ///< isotopes without data, counted as the main one
};

struct NeutronData {
    std::vector<NeutronNuclide> nuclides;
    std::vector<std::string> nuclide_names; ///< "H1", "B10", ...
    std::vector<std::string> evaluations;   ///< file and header of each, or the rule that stands in
    std::vector<std::vector<std::string>> nuclide_notes; ///< rules and limits, per nuclide
    std::vector<NeutronElement> elements;
    std::vector<ThermalLaw> laws;
    std::vector<std::string> law_names;
    std::vector<PhotoElement> photo_elements;
    std::vector<NeutronReaction> reactions;
    std::vector<float> threshold_eV, threshold_barn;
    std::vector<NeutronNode> angle_nodes, spectrum_nodes;
    std::vector<std::int16_t> cosines;
    std::vector<float> spectra;
    std::vector<NeutronPhotonSource> photon_sources;
    std::vector<NeutronPhotonNode> photon_nodes;
    std::vector<NeutronPhotonEntry> photon_entries;
    std::vector<NeutronGrid> grids;
    std::vector<float> grid_eV, rows;
    std::vector<ThermalNode> thermal_nodes;
    std::vector<float> thermal_bounds;
    std::vector<float> photo_eV, photo_values, form_x, form_y;
    std::vector<double> kelvin;
    std::string sha256;
};

/// Reads and checks data/tables/neutron_library.{json,bin}. \throws Refusal if missing or damaged.
NeutronData load_neutron_data();

} // namespace beamwright
