/// A beam as transport sees it: source elements with optics already interpolated, and what stands in the
/// beam.
#pragma once
#include "geometry/grid.hpp"
#include "tables/material.hpp"
#include <string>
#include <vector>

namespace beamwright {

/// Position-angle Gaussian of one axis at the source plane: variance sigma^2, div^2, covariance
/// cor*sigma*div. Positive correlation diverges downstream.
struct AxisOptics {
    double sigma_mm = 0, divergence_rad = 0, correlation = 0;
};

struct SpotGaussian {
    double weight = 1; ///< the weights of one energy sum to 1
    AxisOptics x, y;
};

struct EnergyOptics {
    double nominal_energy_MeV = 0;
    double mean_energy_MeV = 0;
    double energy_sigma_MeV = 0;
    std::vector<SpotGaussian> gaussians; ///< one or two
};

/// A closed outline in gantry x and y at the plate.
struct PlateOutline {
    std::vector<double> x_mm, y_mm; ///< corners in order; the last joins the first
};

/// A plate across the whole beam, IEC gantry z (isocenter 0, towards the source positive).
struct BeamSlab {
    double upstream_z_mm = 0, downstream_z_mm = 0;
    Material material;
    double density_g_per_cm3 = 0;
    std::string name;
    std::vector<PlateOutline>
        openings{}; ///< straight through the plate; within an odd number of them there is air
};

struct SourceElement {
    int optics = 0;            ///< index into BeamSource::optics
    double x_mm = 0, y_mm = 0; ///< aim in the isocenter plane, IEC gantry
    double protons = 0;        ///< per fraction
};

/// One treatment beam. Gantry frame: IEC 61217, origin at the isocenter; protons travel towards -z.
struct BeamSource {
    int number = 0;
    std::string name;
    RigidTransform gantry_to_patient;
    double source_plane_z_mm = 0; ///< where the optics are stated and particles start
    double virtual_source_x_mm = 0, virtual_source_y_mm = 0; ///< isocenter to scanning centers; 0 = parallel
    bool air_before_patient = true; ///< air between source plane and grid scatters and slows
    std::vector<BeamSlab> slabs;    ///< not overlapping, upstream first
    std::vector<EnergyOptics> optics;
    std::vector<SourceElement> elements;
};

} // namespace beamwright
