#include "jobs/report.hpp"
#include "core/atomic_file.hpp"
#include "jobs/capture_export.hpp"
#include "jobs/result_report.hpp"
#include "jobs/structure_metrics.hpp"
#include "volume/volume_file.hpp"
#include <fmt/format.h>

namespace beamwright {

std::filesystem::path make_report(ReportRequest const& request, JobContext& context) {
    auto const folder = CaseFolder::open(request.case_folder);
    auto const result = folder.result_path(request.result_name);
    if (is_capture_result(folder, request.result_name)) {
        refuse(fmt::format("the report of '{}' is made with its evaluation", request.result_name),
               "it is a neutron capture result: its page needs boron, tissues and limits",
               "evaluate it anew with 'beamwright capture'");
    }
    ResultValues values;
    values.record = JsonReader::from_file(result / "run.json").raw();
    values.dose_Gy = read_volume<float>(result / "dose.nrrd");
    values.sigma_Gy = read_volume<float>(result / "dose_uncertainty.nrrd");
    StructureSet const structures = folder.has_structures() ? folder.structures() : StructureSet{};
    DvhOptions options;
    options.part_mm = dvh_part_mm;
    auto const settings = values.record.value("settings", Json::object());
    options.stack.end_cap = end_cap_named(settings.value("end_cap", std::string("full_slice")));
    values.structures =
        dvhs(values.dose_Gy, structures.structures, options, context.warnings, &values.sigma_Gy);
    values.let = let_values_from(result, values.record, values.dose_Gy, structures.structures, options.stack);
    auto const html =
        report_of(folder, structures, folder.plan(), read_volume<std::int16_t>(folder.ct_path()), values);
    auto target = request.output.empty() ? result / "report.html" : request.output;
    write_atomically(target, html);
    return target;
}

} // namespace beamwright
