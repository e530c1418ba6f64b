/// What a capture irradiation needs before particles fly: patient, ports in their places, boron, tissues of biology.
#pragma once
#include "evaluate/capture/field_sequence.hpp"
#include "jobs/capture.hpp"
#include "jobs/capture_pet.hpp"
#include "jobs/patient_setup.hpp"
#include "machine/port/port_placement.hpp"
#include "patient/boron.hpp"
#include "transport/schedule/neutron_request.hpp"

namespace beamwright {

/// Share of source neutrons that are drawn above 10 keV, whatever the port's own: so all components reach 2 % at about
/// the same time, and few particles with large weights do not make the fast dose.
inline constexpr double usual_drawn_fast_share = 0.5;

/// A port of the plan in its place.
struct CaptureFieldSetup {
    PortModel port;
    PortPlacement placement;
    PreparedPort source;
    double strength = 1; ///< amount asked for over the port's own
    double particles_per_s() const { return source.particles_per_s * strength; }
};

struct CaptureSetup {
    PatientSetup patient;
    CapturePlan plan;
    std::vector<CaptureFieldSetup> fields; ///< of plan.fields
    VoxelWorld world;
    BloodLevel blood;
    double blood_relative_sigma = 0;    ///< as stated, else of the fitted samples
    bool blood_is_constant = true;      ///< else the mean depends on the time
    Volume<float> body;                 ///< share of each voxel in the outer contour
    std::vector<StructureMask> masks;   ///< of plan.structures
    Volume<float> boron_ratio;          ///< ppm per ppm of blood
    std::optional<CapturePet> pet;      ///< that the boron map came from, if one did
    std::vector<CaptureTissue> tissues; ///< elsewhere, then plan.structures
    std::vector<std::uint8_t> tissue_index;

    FieldSchedule schedule() const;
    /// "field 2 (left)"; empty where there is one field
    std::string field_label(std::size_t field) const;
};

/// What may be asked for instead of what capture.json says.
struct CaptureChanges {
    std::string port; ///< of all fields; empty: as the file says
    std::optional<double> blood_ppm;
    std::vector<std::string> ratios;   ///< "CTV=3.2", "elsewhere=1.5"
    std::string weights, isoeffective; ///< empty: as the file says
};
/// \throws Refusal for a structure that the plan does not have
void change_plan(CapturePlan& plan, CaptureChanges const& changes);

/// Reads and checks everything, before anything costs time. Without `for_transport` no world is made. \throws Refusal
CaptureSetup read_capture_setup(CaptureJobRequest const& request, CaptureChanges const& changes,
                                bool for_transport, JobContext& context);

/// run.json before the run.
RunRecord planned_record(CaptureJobRequest const& request, CaptureSetup const& setup,
                         JobContext const& context);

/// What the transport depended on, part by part: hashes and values. Equal for results that can be evaluated from its
/// rates.
Json transport_identity(CaptureSetup const& setup, RunRecord const& record);

/// The plan's limits; `voxels` holds one entry per limit and must outlive them.
std::vector<DoseLimit> limits_of(CaptureSetup const& setup, std::vector<StructureVoxels>& voxels,
                                 Warnings& warnings);

} // namespace beamwright
