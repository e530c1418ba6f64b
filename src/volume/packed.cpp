#include "volume/packed.hpp"
#include <vector>
#include <zlib.h>

namespace beamwright {

std::size_t unpacked_length(std::istream& in, std::size_t most) {
    std::vector<unsigned char> packed(std::size_t{1} << 16), open(std::size_t{1} << 18);
    z_stream stream{};
    constexpr int zlib_or_gzip = 15 + 32;
    if (inflateInit2(&stream, zlib_or_gzip) != Z_OK) {
        return 0;
    }
    std::size_t length = 0;
    int state = Z_OK;
    while (state == Z_OK && length <= most) {
        if (stream.avail_in == 0) {
            in.read(reinterpret_cast<char*>(packed.data()), static_cast<std::streamsize>(packed.size()));
            stream.avail_in = static_cast<uInt>(in.gcount());
            stream.next_in = packed.data();
            if (stream.avail_in == 0) {
                break; // the file ends before the stream does
            }
        }
        stream.next_out = open.data();
        stream.avail_out = static_cast<uInt>(open.size());
        state = inflate(&stream, Z_NO_FLUSH);
        length += open.size() - stream.avail_out;
    }
    inflateEnd(&stream);
    return state == Z_STREAM_END || length > most ? length : 0;
}

} // namespace beamwright
