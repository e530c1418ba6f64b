/// RTDOSE out: a file that planning systems and `dciodvfy` accept.
#pragma once
#include "dicom/dose.hpp"
#include <string_view>

namespace beamwright {

struct DoseOutOptions {
    int bits = 16; ///< per voxel: 16 or 32
};

struct DoseWritten {
    std::string sop_instance_uid, series_uid;
    double scaling_Gy = 0;            ///< DoseGridScaling
    double quantization_error_Gy = 0; ///< greatest difference between a value and what the file says
};

/// Writes atomically. Identity and references are those in `dose`; only instance and series UID are new, made from
/// the content (the same dose gets the same UID). Values never clip: the greatest fills the bits.
/// \throws Refusal for negative or non-finite values, a missing plan or study UID, sizes that DICOM cannot hold.
DoseWritten write_rtdose(std::filesystem::path const& file, DoseObject const& dose,
                         DoseOutOptions const& options, Warnings& warnings);

/// A UID under the UUID root 2.25 that is a function of `text` alone (SHA-256, PS3.5 B.2).
std::string uid_from(std::string_view text);

} // namespace beamwright
