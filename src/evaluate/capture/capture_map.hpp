/// From component dose rates to weighted and photon-isoeffective dose of an irradiation, on whole grids or
/// parts. docs/methods/capture_biology.md
#pragma once
#include "evaluate/biology/capture_sets.hpp"
#include "geometry/grid.hpp"
#include "patient/masks.hpp"
#include <cstdint>
#include <string>
#include <vector>

namespace beamwright {

/// Dose rates of one port at its strength, per voxel. Boron: for 1 ppm of B-10 in the tissue of the voxel.
struct CaptureRates {
    Grid grid;
    std::vector<float> boron_Gy_per_min_per_ppm, nitrogen_Gy_per_min, fast_Gy_per_min, photon_Gy_per_min;
    /// Of the four rates above, in their squared units; empty where no uncertainty is known.
    std::vector<ComponentCovariance<float>> covariance;
};

/// A tissue as biology sees it: parameters of both dose models, chosen by name.
struct CaptureTissue {
    std::string name; ///< of the structure, or "elsewhere"
    CaptureWeights weights;
    IsoeffectiveParameters isoeffective;
};

/// Which tissue fills a voxel: index into a list of at most 255 tissues.
struct TissueShare {
    std::uint8_t tissue = 0;
    StructureMask const* inside = nullptr; ///< counts from one half; later ones win
};
std::vector<std::uint8_t> tissue_indices(Grid const& grid, std::vector<TissueShare> const& shares);

/// The doses of one irradiation.
struct CaptureDoses {
    Volume<float> weighted_Gy, isoeffective_Gy;
};
struct CaptureSigmas {
    Volume<float> weighted_Gy,
        isoeffective_Gy; ///< one standard deviation, of the transport's statistics alone
};

/// Doses of one component in an irradiation, physical.
struct ComponentDoses {
    Volume<float> boron_Gy, nitrogen_Gy, fast_Gy, photon_Gy;
};

/// Rates, boron and tissues of one case, checked once and ready for many evaluations.
class CaptureMap {
public:
    /// `boron_ratio`: ppm in the voxel per ppm in blood. \throws Refusal for sizes that do not match, rates
    /// that are negative or not finite, and indices beyond the list
    CaptureMap(CaptureRates rates, Volume<float> const& boron_ratio, std::vector<CaptureTissue> tissues,
               std::vector<std::uint8_t> tissue_index);

    /// `reuse`: an older result whose memory may serve again (a new blood level every few seconds).
    CaptureDoses doses(Irradiation const& irradiation, CaptureDoses reuse = {}) const;
    Volume<float> weighted_dose_Gy(Irradiation const& irradiation, Volume<float> reuse = {}) const;
    Volume<float> isoeffective_dose_Gy(Irradiation const& irradiation, Volume<float> reuse = {}) const;
    ComponentDoses components(Irradiation const& irradiation) const;
    /// \throws Refusal where the rates came without covariances
    CaptureSigmas sigmas(Irradiation const& irradiation) const;

    Grid const& grid() const { return grid_; }
    std::vector<CaptureTissue> const& tissues() const { return tissues_; }

    /// What loops over parts of the grid need: rates per minute (boron: per ppm of blood), tissue of the
    /// voxel.
    struct View {
        float const *boron, *nitrogen, *fast, *photon;
        std::uint8_t const* tissue;
    };
    View view() const {
        return {boron_.data(), nitrogen_.data(), fast_.data(), photon_.data(), tissue_.data()};
    }
    float boron_ratio(std::size_t voxel) const { return ratio_[voxel]; }
    float const* boron_per_ppm() const { return boron_per_ppm_.data(); }

private:
    Grid grid_;
    std::vector<float> boron_, nitrogen_, fast_, photon_; ///< boron: times the ratio
    std::vector<float> boron_per_ppm_, ratio_;
    std::vector<ComponentCovariance<float>> covariance_;
    std::vector<CaptureTissue> tissues_;
    std::vector<std::uint8_t> tissue_;
};

/// Parameters of every tissue made ready for one irradiation, in single precision.
struct ReadyTissue {
    PerComponent<float>
        weight; ///< of the component's *rate*: weight times minutes (boron: times ppm min of blood)
    PerComponent<float> scale; ///< rate to dose
    IsoeffectiveTissue<float> isoeffective;
};
std::vector<ReadyTissue> ready_tissues(std::vector<CaptureTissue> const& tissues,
                                       Irradiation const& irradiation);

} // namespace beamwright
