/// The comparisons of the validation suite: each runs its case and adds figures, curves and notes.
#pragma once
#include "jobs/physics_check/runner.hpp"

namespace beamwright::physics_check {

// range.cpp
void compare_csda_range(CaseRunner& run);   ///< table of ranges against ICRU 90
void compare_range(CaseRunner& run);        ///< R80 in water
void compare_range_steps(CaseRunner& run);  ///< R80 under other step settings
void compare_range_voxels(CaseRunner& run); ///< coarse voxels against the fine curve
void compare_falloff(CaseRunner& run);      ///< 80-20 fall-off against TOPAS
// depth_dose.cpp
void compare_depth_dose_mcsquare(CaseRunner& run);
void compare_depth_dose_topas(CaseRunner& run);
void compare_steadiness(CaseRunner& run); ///< against figures of an earlier long run of this program
// measured.cpp
void compare_measured(CaseRunner& run); ///< CATANA, Clatterbridge: energy and spread fitted
// slabs.cpp
void compare_slab_curve(CaseRunner& run);
void compare_slab_widths(CaseRunner& run);
void compare_slab_depths(CaseRunner& run);
void compare_implant(CaseRunner& run);
// lateral.cpp
void compare_lateral_interface(CaseRunner& run);
// let.cpp
void compare_let_topas(CaseRunner& run);
void compare_let_mcsquare(CaseRunner& run);
void compare_let_steps(CaseRunner& run);
// field.cpp
void compare_field(CaseRunner& run); ///< DCPT plan02: LET and dose per proton
// rings.cpp
void compare_rings(CaseRunner& run);
void compare_lateral_gaussians(CaseRunner& run);
// statistics.cpp
void compare_coverage(CaseRunner& run);
void compare_random_worlds(CaseRunner& run);
// neutron_water.cpp
void compare_neutron_water(CaseRunner& run); ///< lines of energy into a cube of water
void compare_neutron_photon_points(CaseRunner& run);
void compare_neutron_infinite_boron(CaseRunner& run);
// neutron_head.cpp
void compare_neutron_head(CaseRunner& run);
void compare_neutron_head_2002(CaseRunner& run);  ///< published tables
void compare_neutron_head_boron(CaseRunner& run); ///< boron in the transport
// neutron_statistics.cpp
void compare_neutron_energy(CaseRunner& run);
void compare_neutron_fir1(CaseRunner& run); ///< measured
// neutron_coverage.cpp
void compare_neutron_coverage(CaseRunner& run); ///< stated uncertainties
// neutron_theory.cpp
void compare_neutron_diffusion(CaseRunner& run);
void compare_neutron_age(CaseRunner& run);
void compare_neutron_reciprocity(CaseRunner& run);
void compare_neutron_rotation(CaseRunner& run);

using Comparison = void (*)(CaseRunner&);
/// By the name that a case text has. \throws Refusal with the nearest one
Comparison comparison_named(std::string const& name);

} // namespace beamwright::physics_check
