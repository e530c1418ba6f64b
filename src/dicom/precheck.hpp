/// Walks the elements of DICOM bytes and checks every length before a parser may believe it. Inside dicom/
/// only.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace beamwright::precheck {

/// Limits that keep memory bounded; a real object is far below each.
inline constexpr std::size_t most_file_bytes = std::size_t{2} << 30;
inline constexpr std::size_t most_inflated_bytes = std::size_t{512} << 20;
inline constexpr std::size_t most_elements = 3'000'000;
inline constexpr std::size_t most_out_of_order = 1000;
inline constexpr int most_depth = 24;

/// What the bytes are, as far as the dataset parser must know.
struct Layout {
    std::size_t dataset_at = 0;      ///< first byte of the dataset
    bool has_meta = false;           ///< there is a file meta group
    std::string transfer_syntax_uid; ///< as stated, or found by looking where there is no meta group
    std::string sop_class_uid;       ///< of the meta group; may be empty
};

/// Finds preamble, meta group and transfer syntax. \throws Refusal
Layout find_layout(std::string_view bytes, std::string const& name);

struct Walked {
    std::size_t end = 0;           ///< where the dataset ends
    std::size_t pixel_data_at = 0; ///< first byte of the top-level pixel data element, or `end`
    std::size_t elements = 0;
    std::size_t out_of_order = 0;
};

/// Walks the dataset in `bytes` (from its first element). \throws Refusal for a length that leaves its
/// container.
Walked walk(std::string_view bytes, bool explicit_vr, bool big_endian, std::string const& name);

/// Inflates a deflated dataset, refusing more than `most_inflated_bytes`. \throws Refusal
std::string inflated(std::string_view bytes, std::string const& name);

} // namespace beamwright::precheck
