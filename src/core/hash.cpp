#include "core/hash.hpp"
#include "core/contracts.hpp"
#include "core/refusal.hpp"
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <openssl/evp.h>

namespace beamwright {

struct Sha256::Context {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> state{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    BW_ASSERT(EVP_DigestInit_ex(context_->state.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::span<std::byte const> bytes) {
    BW_ASSERT(EVP_DigestUpdate(context_->state.get(), bytes.data(), bytes.size()) == 1);
}
void Sha256::add(std::string_view text) { add(std::as_bytes(std::span(text.data(), text.size()))); }

std::string Sha256::hex() {
    std::array<unsigned char, 32> digest{};
    BW_ASSERT(EVP_DigestFinal_ex(context_->state.get(), digest.data(), nullptr) == 1);
    std::string text;
    for (unsigned const byte : digest) {
        text += fmt::format("{:02x}", byte);
    }
    return text;
}

std::string sha256_of(std::string_view text) {
    Sha256 hash;
    hash.add(text);
    return hash.hex();
}

std::string sha256_of_file(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        refuse(fmt::format("cannot read '{}'", file.string()), "the file does not exist or is not readable",
               "check the path and its permissions");
    }
    Sha256 hash;
    std::vector<char> piece(1 << 20);
    while (in) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        hash.add(std::string_view(piece.data(), static_cast<std::size_t>(in.gcount())));
    }
    return hash.hex();
}

} // namespace beamwright
