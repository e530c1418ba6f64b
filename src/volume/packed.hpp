/// Counting what a compressed stream holds, without keeping it. Private to volume/.
#pragma once
#include <cstddef>
#include <istream>

namespace beamwright {

/// Length of a zlib or gzip stream when unpacked, counted to a little over `most` at the most; 0 if the stream is
/// broken or the file ends before it does.
std::size_t unpacked_length(std::istream& in, std::size_t most);

} // namespace beamwright
