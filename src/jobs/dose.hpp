/// The main job: a case folder to a dose with its uncertainty, DVHs and a report.
#pragma once
#include "core/json.hpp"
#include "jobs/context.hpp"
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace beamwright {

struct DoseJobRequest {
    std::filesystem::path case_folder;
    std::string result_name = "dose";
    std::string machine, calibration;          ///< empty = what the case names
    std::string virtual_source;                ///< "X,Y" in mm or "parallel"; for a machine that states none
    std::optional<double> optics_plane_mm;     ///< for a beam model table that states none
    std::string patient_position;              ///< for a plan that states none
    std::string block_material;                ///< for a block whose material the library does not know
    std::string range_shifter_material;        ///< for a shifter that only states its WET
    std::string grid = "2";                    ///< "ct", an edge in mm, or "like:FILE"
    std::optional<double> uncertainty_percent; ///< mean relative standard deviation per voxel
    std::string uncertainty_structure;         ///< empty = voxels above half of the maximum
    std::optional<double> histories;
    std::optional<double> time_s;
    std::uint32_t seed = 1;
    bool dose_to_water = false;
    std::string target = usual_engine; ///< the engine
    std::string let;                   ///< empty, or whose LET: "primaries", "protons", "hydrogen", "helium"
    bool species = false;              ///< dose and fluence by species
    std::string physics = "full";      ///< or "fast": how Coulomb scattering is calculated
    double water_mean_excitation_eV = 78;
    double memory_GiB = 0;            ///< 0 = what is free
    std::int64_t batch_histories = 0; ///< 0 = by the case; many processes need more
    std::string end_cap = "full_slice";
    bool again = true;  ///< false: show a finished result whose inputs match
    bool resume = true; ///< go on from a matching checkpoint
    std::string verb = "dose";
};

struct DoseJobAnswer {
    std::filesystem::path result_folder, report;
    Json record;         ///< run.json
    Json structures;     ///< metrics per structure
    std::string summary; ///< a person reads this
    bool reused = false; ///< the finished result of an earlier run
};

/// \throws Refusal, Interrupted (checkpoint written).
DoseJobAnswer calculate_case_dose(DoseJobRequest const& request, JobContext& context);

} // namespace beamwright
