/// Elements that a maker added under a name of its own (PS3.5 section 7.8). Inside dicom/ only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace beamwright {

class DicomItem;

/// Element (group,xx`element`) of the block that `creator` reserved, as text; empty where there is none.
std::string private_text(DicomItem const& item, std::uint16_t group, std::string const& creator,
                         std::uint8_t element);
/// The same as a finite number; none where there is none.
std::optional<double> private_number(DicomItem const& item, std::uint16_t group, std::string const& creator,
                                     std::uint8_t element);

} // namespace beamwright
