/// Helpers of the port tests.
#pragma once
#include "machine/port/port_model.hpp"
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace beamwright::test {

/// Chi-square of counts against expected shares, over the value that a right sampler exceeds once in a
/// million samples (Wilson and Hilferty 1931; good to 1 % of it from ten groups on). Groups of fewer than ten
/// expected counts are joined.
inline double chi_square_over_limit(std::vector<double> const& counts, std::vector<double> const& shares) {
    double const n = std::accumulate(counts.begin(), counts.end(), 0.0);
    double const all = std::accumulate(shares.begin(), shares.end(), 0.0);
    double sum = 0, expected = 0, seen = 0;
    int groups = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        expected += n * shares[i] / all;
        seen += counts[i];
        if (expected >= 10) {
            sum += (seen - expected) * (seen - expected) / expected;
            ++groups;
            expected = seen = 0;
        }
    }
    double const degrees = groups - 1, part = 2 / (9 * degrees);
    return sum / (degrees * std::pow(1 - part + 4.753 * std::sqrt(part), 3));
}

/// A small port as JSON text; `replace` swaps pieces of it.
inline std::string port_text() {
    return R"({"format": "beamwright port 1", "name": "small", "description": "for tests", "kind": "reference",
        "trust": "made for tests", "sources": ["none"], "missing": [],
        "aperture": {"shape": "rectangle", "half_x_mm": 40, "half_y_mm": 60, "housing_radius_mm": 200},
        "neutrons": {"edges_eV": [0.01, 0.5, 10000, 1000000], "shares": [1, 8, 1], "even_in": "logarithm",
                     "quantity": "fluence"},
        "photons": {"edges_eV": [100000, 500000, 2000000], "shares": [3, 1], "even_in": "energy", "quantity": "current",
                    "per_neutron": 0.25},
        "angles": [{"below_eV": 0.5, "law": "cosine_power", "power": 1},
                   {"below_eV": 10000, "law": "table", "cosines": [0.5, 0.8, 1], "cumulative": [0, 0.25, 1]},
                   {"law": "parallel"}],
        "strength": {"setting": "test", "unit": "MW", "amount": 1, "neutrons_per_s": 1e12, "derivation": "none",
                     "trust": "none"},
        "in_air_figures": [{"quantity": "q", "value": 1, "unit": "1", "trust": "t", "source": "s", "sigma": 0.1}]})";
}
inline std::string replaced(std::string text, std::string const& from, std::string const& to) {
    auto const at = text.find(from);
    return at == std::string::npos ? "not found: " + from : text.replace(at, from.size(), to);
}
inline PortModel port_of(std::string const& text) {
    return port_from_json(JsonReader::from_text(text, "small.json"));
}

} // namespace beamwright::test
