/// Rates of a capture result on disk, from which it is evaluated anew without transport. docs/formats/capture.md
#pragma once
#include "casefolder/result_writer.hpp"
#include "jobs/capture_run.hpp"

namespace beamwright {

/// Files of a field: "rate_boron.nrrd", with several fields "field_2_rate_boron.nrrd".
std::string capture_field_file(std::size_t field, std::size_t fields, std::string const& name);

/// Rates per minute with their standard deviations and correlations, fluences, and the boron map of the transport.
void write_rates(ResultWriter const& writer, CaptureTransport const& transport);

/// What run.json needs so that the files can be read back: levels, absorption, identity.
Json stored_json(CaptureBasis const& basis, Json identity);

/// Reads a result's rates. \throws Refusal if it has none, or was calculated from other inputs than `identity` (the
/// differences are named)
CaptureBasis read_basis(std::filesystem::path const& result, JsonReader const& record, Json const& identity);

} // namespace beamwright
