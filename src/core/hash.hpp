/// SHA-256 of files and of bytes, as lower-case hex.
#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace beamwright {

/// Feed bytes in pieces, then read the digest once.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void add(std::span<std::byte const> bytes);
    void add(std::string_view text);
    std::string hex();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

std::string sha256_of(std::string_view text);
/// \throws Refusal if the file cannot be read.
std::string sha256_of_file(std::filesystem::path const& file);

} // namespace beamwright
