#include "casefolder/result_writer.hpp"
#include "core/atomic_file.hpp"
#include "core/contracts.hpp"
#include "core/hash.hpp"
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

fs::path previous_of(fs::path const& target) {
    return target.parent_path() / fmt::format(".{}.previous", target.filename().string());
}

/// Half-made folders of runs that were killed: their process is gone and they are older than an hour.
void remove_leftovers(fs::path const& target) {
    std::string const start = fmt::format(".{}.partial.", target.filename().string());
    std::error_code failed;
    for (auto const& entry : fs::directory_iterator(target.parent_path(), failed)) {
        std::string const name = entry.path().filename().string();
        if (name.rfind(start, 0) != 0) {
            continue;
        }
        int const process = std::atoi(name.c_str() + start.size());
        auto const age = fs::file_time_type::clock::now() - fs::last_write_time(entry.path(), failed);
        if (process > 0 && ::kill(process, 0) != 0 && errno == ESRCH && age > std::chrono::hours(1)) {
            fs::remove_all(entry.path(), failed);
        }
    }
}

void flush_folder(fs::path const& folder) {
    int const handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle >= 0) {
        ::fsync(handle);
        ::close(handle);
    }
}

[[noreturn]] void refuse_swap(fs::path const& target, int error) {
    refuse(fmt::format("cannot put the result in place at '{}'", target.string()), std::strerror(error),
           "check that the folder is writable; the last result is unchanged");
}

/// Exchanges both folders in one step where the file system can; else by two renames that restore_result
/// understands.
void swap_in(fs::path const& stage, fs::path const& target) {
    std::error_code failed;
    if (!fs::exists(target, failed)) {
        if (::rename(stage.c_str(), target.c_str()) != 0) {
            refuse_swap(target, errno);
        }
        return;
    }
    if (::renameat2(AT_FDCWD, stage.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) {
        fs::remove_all(stage, failed);
        return;
    }
    fs::path const previous = previous_of(target);
    fs::remove_all(previous, failed);
    if (::rename(target.c_str(), previous.c_str()) != 0) {
        refuse_swap(target, errno);
    }
    if (::rename(stage.c_str(), target.c_str()) != 0) {
        int const error = errno;
        restore_result(target);
        refuse_swap(target, error);
    }
    fs::remove_all(previous, failed);
}

} // namespace

void restore_result(fs::path const& result_folder) {
    std::error_code failed;
    fs::path const previous = previous_of(result_folder);
    if (!fs::exists(previous, failed)) {
        return;
    }
    if (fs::exists(result_folder, failed)) {
        fs::remove_all(previous, failed); // the new one is whole; only the clean-up was cut off
    } else {
        fs::rename(previous, result_folder, failed);
    }
}

ResultWriter::ResultWriter(CaseFolder const& of_case, std::string const& name)
    : target_(of_case.result_path(name)) {
    std::error_code failed;
    fs::create_directories(target_.parent_path(), failed);
    restore_result(target_);
    remove_leftovers(target_);
    stage_ = target_.parent_path() / fmt::format(".{}.partial.{}", name, ::getpid());
    fs::remove_all(stage_, failed);
    if (!fs::create_directory(stage_, failed)) {
        refuse(fmt::format("cannot write results in '{}'", target_.parent_path().string()),
               failed ? failed.message() : "the folder could not be made",
               "choose a case folder that you may write to");
    }
}

ResultWriter::~ResultWriter() {
    if (!done_) {
        std::error_code ignored;
        fs::remove_all(stage_, ignored);
    }
}

fs::path ResultWriter::path(std::string const& file_name) const {
    // Ours to choose, never from input: structure and beam names do not become file names
    BW_EXPECT(!file_name.empty() && file_name.front() != '.' && file_name.find('/') == std::string::npos);
    return stage_ / file_name;
}

void ResultWriter::write_text(std::string const& file_name, std::string_view text) const {
    write_atomically(path(file_name), text);
}

fs::path ResultWriter::commit(RunRecord const& record) {
    BW_EXPECT(!done_);
    Json json = record.to_json();
    std::vector<fs::path> files;
    for (auto const& entry : fs::directory_iterator(stage_)) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    json["outputs"] = Json::array();
    for (auto const& file : files) {
        json["outputs"].push_back({{"name", file.filename().string()},
                                   {"bytes", fs::file_size(file)},
                                   {"sha256", sha256_of_file(file)}});
    }
    write_text("run.json", json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    flush_folder(stage_);
    swap_in(stage_, target_);
    flush_folder(target_.parent_path());
    done_ = true;
    return target_;
}

} // namespace beamwright
