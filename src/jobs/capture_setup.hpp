/// What a capture irradiation needs before particles fly: patient, port in its place, boron, tissues of biology.
#pragma once
#include "evaluate/capture/capture_map.hpp"
#include "evaluate/capture/irradiation_time.hpp"
#include "jobs/capture.hpp"
#include "jobs/patient_setup.hpp"
#include "machine/port/port_placement.hpp"
#include "patient/boron.hpp"
#include "transport/schedule/neutron_request.hpp"

namespace beamwright {

struct CaptureSetup {
    PatientSetup patient;
    CapturePlan plan;
    PortModel port;
    PortPlacement placement;
    PreparedPort source;
    double strength = 1; ///< amount asked for over the port's own
    VoxelWorld world;
    BloodLevel blood;
    std::vector<StructureMask> masks;   ///< of plan.structures
    Volume<float> boron_ratio;          ///< ppm per ppm of blood
    std::vector<CaptureTissue> tissues; ///< elsewhere, then plan.structures
    std::vector<std::uint8_t> tissue_index;
};

/// Reads and checks everything, before anything costs time. \throws Refusal
CaptureSetup read_capture_setup(CaptureJobRequest const& request, JobContext& context);

/// run.json before the run.
RunRecord planned_record(CaptureJobRequest const& request, CaptureSetup const& setup,
                         JobContext const& context);

NeutronRequest engine_request(CaptureJobRequest const& request, CaptureSetup const& setup,
                              std::string const& inputs_hash, JobContext& context);

/// Doses per source particle to rates at the port's strength.
CaptureRates rates_of(NeutronResult const& result, CaptureSetup const& setup);

/// The plan's limits; `voxels` holds one entry per limit and must outlive them.
std::vector<DoseLimit> limits_of(CaptureSetup const& setup, std::vector<StructureVoxels>& voxels,
                                 Warnings& warnings);

} // namespace beamwright
