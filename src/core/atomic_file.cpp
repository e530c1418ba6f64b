#include "core/atomic_file.hpp"
#include "core/contracts.hpp"
#include "core/refusal.hpp"
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace beamwright {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_write(fs::path const& file, int error) {
    refuse(fmt::format("cannot write '{}'", file.string()), std::strerror(error),
           "free disk space or choose a folder that you may write to; nothing was changed");
}

void flush_to_disk(fs::path const& path, fs::path const& shown) {
    int const handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0) {
        refuse_write(shown, errno);
    }
    int const failed = ::fsync(handle);
    int const error = errno;
    ::close(handle);
    if (failed != 0) {
        refuse_write(shown, error);
    }
}

fs::path temporary_beside(fs::path const& file) {
    static std::atomic<unsigned> count{0};
    auto const name =
        fmt::format(".{}.{}.{}.tmp{}", file.stem().string(), ::getpid(), count++, file.extension().string());
    return file.parent_path() / name;
}

} // namespace

void write_atomically(fs::path const& file, std::function<void(fs::path const&)> const& write) {
    fs::path const temporary = temporary_beside(file);
    try {
        write(temporary);
        flush_to_disk(temporary, file);
        std::error_code failed;
        fs::rename(temporary, file, failed);
        if (failed) {
            refuse_write(file, failed.value());
        }
    } catch (...) {
        std::error_code ignored;
        fs::remove(temporary, ignored);
        throw;
    }
    fs::path const folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    flush_to_disk(folder, file);
}

void write_atomically(fs::path const& file, std::string_view bytes) {
    write_atomically(file, [&](fs::path const& temporary) {
        int const handle = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (handle < 0) {
            refuse_write(file, errno);
        }
        std::size_t written = 0;
        while (written < bytes.size()) {
            auto const n = ::write(handle, bytes.data() + written, bytes.size() - written);
            if (n < 0 && errno == EINTR) {
                continue;
            }
            if (n <= 0) {
                int const error = n < 0 ? errno : ENOSPC;
                ::close(handle);
                refuse_write(file, error);
            }
            written += static_cast<std::size_t>(n);
        }
        ::close(handle);
    });
}

std::string read_file(fs::path const& file, std::size_t most_bytes) {
    std::error_code failed;
    auto const size = fs::is_regular_file(file, failed) ? fs::file_size(file, failed) : 0;
    std::ifstream in(file, std::ios::binary);
    if (!in || failed || !fs::is_regular_file(file)) {
        refuse(fmt::format("cannot read '{}'", file.string()), "the file does not exist or is not readable",
               "check the path and its permissions");
    }
    if (size > most_bytes) {
        refuse(fmt::format("'{}' is too large", file.string()),
               fmt::format("{} bytes; at most {} are read here", size, most_bytes),
               "check that this is the right file");
    }
    std::string bytes(size, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(size));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

[[noreturn]] void contract_broken(char const* kind, char const* condition, char const* file, int line) {
    throw std::logic_error(fmt::format("internal: {} '{}' at {}:{}", kind, condition, file, line));
}

} // namespace beamwright
