/// What machines, calibrations and materials exist and what one of them is.
#pragma once
#include "core/json.hpp"
#include "jobs/context.hpp"
#include <optional>
#include <string>

namespace beamwright {

struct NamedAnswer {
    Json json;
    std::string table;
};

NamedAnswer list_machines(JobContext& context);
NamedAnswer list_ports(JobContext& context);
NamedAnswer show_port(std::string const& name_or_path, JobContext& context);
NamedAnswer list_calibrations(JobContext& context);
NamedAnswer list_materials(JobContext& context);
/// `virtual_source` and `optics_plane_mm` as in DoseJobRequest.
NamedAnswer show_machine(std::string const& name_or_path, std::string const& virtual_source,
                         std::optional<double> optics_plane_mm, JobContext& context);
/// Density, material and relative stopping power at 100 MeV against HU.
NamedAnswer show_calibration(std::string const& name_or_path, JobContext& context);

} // namespace beamwright
