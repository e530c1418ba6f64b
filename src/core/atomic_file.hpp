/// Files that are whole or absent: written under a temporary name, flushed to disk, then renamed.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace beamwright {

/// Writes `bytes` to `file`. A killed run leaves the old file or the new one, never half of one.
/// \throws Refusal if the folder is not writable or the disk is full (the old file stays).
void write_atomically(std::filesystem::path const& file, std::string_view bytes);

/// Same for libraries that write by path: `write` gets a temporary path in the same folder, with the same
/// extension as `file`; on return it is flushed and renamed, on an exception it is removed.
void write_atomically(std::filesystem::path const& file,
                      std::function<void(std::filesystem::path const& temporary)> const& write);

/// The whole file as bytes. \throws Refusal if it cannot be read or is larger than `most_bytes`.
std::string read_file(std::filesystem::path const& file, std::size_t most_bytes = std::size_t{1} << 32);

} // namespace beamwright
