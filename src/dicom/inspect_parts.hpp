/// One object of each kind as JSON. Inside dicom/ only.
#pragma once
#include "core/json.hpp"
#include "dicom/ct_in.hpp"
#include "dicom/dose.hpp"
#include "dicom/file.hpp"
#include "dicom/structures_in.hpp"
#include "machine/treatment/plan.hpp"

namespace beamwright {

Json described(CtSeries const& ct);
Json described(Plan const& plan);
Json described(DoseObject const& dose);
/// `lone_plane_mm`: thickness of a structure drawn in one plane (the slice spacing of the CT), 0 if not known.
Json described(StructuresIn const& structures, double lone_plane_mm, Warnings& warnings);
/// What every DICOM object has: kind, file, patient, series.
Json described_header(DicomFile const& file);

} // namespace beamwright
