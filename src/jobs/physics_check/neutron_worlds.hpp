/// Worlds and beams of the neutron suite: water, the modified Snyder head of Goorley, Kiger and Zamenhof, Med. Phys. 29
/// (2002) 145, with tissues of ICRU Report 46; and sums over regions of many independent runs.
#pragma once
#include "jobs/physics_check/runner.hpp"
#include <array>
#include <functional>
#include <string>
#include <vector>

namespace beamwright::physics_check {

/// "water", "brain", "skull", "skin", "pmma", "carbon"; as the references have them. \throws Refusal for others
Material neutron_material(std::string const& name);
/// Voxels of one material, the middle in the origin.
VoxelWorld neutron_box(std::array<int, 3> size, std::array<double, 3> edge_mm, Material const& material);
/// Cubes with the tissue of their centre and one or more layers of nothing on top; the scalp ends at z = 88 mm.
/// Materials: skin, skull, brain.
VoxelWorld snyder_voxels(double edge_mm);

PortSource neutron_line(double energy_eV, double radius_mm);
PortSource isotropic_point(double energy_eV, PortParticle particle = PortParticle::neutron);
/// 10 % from 1 meV to 0.5 eV, 89 % to 10 keV, 1 % to 2 MeV, 100 bins of equal lethargy each; drawn 10, 75 and 15 %.
PortSource generic_beam();
/// Axis along -z through the origin, aperture at `z_mm`.
RigidTransform port_above(double z_mm);
/// 293.6 K, no correlations.
NeutronRequest neutron_request(VoxelWorld const& world, PortSource port, RigidTransform const& place);

using Region = std::vector<std::size_t>;
Region region_where(Grid const& grid, std::function<bool(Vec3<double>)> const& inside);
double mean_over(Region const& region, Volume<float> const& volume);

/// Numbers of independent runs: mean and covariance of the mean.
struct RunSample {
    std::vector<std::vector<double>> runs;
    double mean(std::size_t i) const;
    double covariance(std::size_t i, std::size_t j) const;
    double sigma(std::size_t i) const;
};
/// The case's `runs` of `histories` each, seeds from `first_seed` on; fewer when --time is over (at least three).
RunSample sample_runs(CaseRunner& run, NeutronRequest const& request, std::uint32_t first_seed,
                      std::function<std::vector<double>(NeutronResult const&)> const& numbers);

/// Reference numbers of one quantity, place by place.
struct ReferenceRow {
    std::vector<double> place, value, sigma;
};
/// Differences of places `first`, `first` + 1, ... of a sample from a reference.
struct RowDifference {
    double chi_square = 0;      ///< with the covariance of the sample's mean; the reference correlated alike
    double worst_z = 0, at = 0; ///< largest |difference| less the allowance, in combined standard deviations
    double mean = 0, sigma = 0; ///< of the ratio of sums
    Curve ours, theirs, ratio;
};
RowDifference difference_of(RunSample const& sample, std::size_t first, ReferenceRow const& reference,
                            double allowance);

/// Worst z and chi-square judged by the bars "worst_z" and "chi_square" (that one where the allowance is 0), the ratio
/// of sums reported, curves plotted.
void judge_row(CaseRunner& run, std::string const& what, std::string const& who, RowDifference const& found,
               double allowance, std::string const& y_title);

/// Kerma of O-17(n,alpha) over that of 1 ppm B-10, both 1/v: references with O-16 alone lack it.
double oxygen17_over_boron(NeutronTables const& tables, Material const& material);

} // namespace beamwright::physics_check
