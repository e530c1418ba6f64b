#include "core/atomic_file.hpp"
#include "core/data_files.hpp"
#include "core/hash.hpp"
#include "core/refusal.hpp"
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace beamwright;
namespace fs = std::filesystem;

namespace {

class Files : public ::testing::Test {
protected:
    fs::path folder = fs::temp_directory_path() / ("bw_files_" + std::to_string(::getpid()));
    void SetUp() override { fs::create_directories(folder); }
    void TearDown() override { fs::remove_all(folder); }
    std::size_t count() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder), fs::directory_iterator{}));
    }
};

} // namespace

TEST_F(Files, are_written_whole_and_replaced) {
    write_atomically(folder / "a.txt", "first");
    write_atomically(folder / "a.txt", "second");
    EXPECT_EQ(read_file(folder / "a.txt"), "second");
    EXPECT_EQ(count(), 1u);
}

TEST_F(Files, a_failed_write_leaves_the_old_file_and_nothing_else) {
    write_atomically(folder / "a.txt", "good");
    auto const fails = [](fs::path const& temporary) {
        std::ofstream(temporary) << "half";
        throw std::runtime_error("killed");
    };
    EXPECT_THROW(write_atomically(folder / "a.txt", fails), std::runtime_error);
    EXPECT_EQ(read_file(folder / "a.txt"), "good");
    EXPECT_EQ(count(), 1u);
}

TEST_F(Files, what_cannot_be_read_or_written_is_refused) {
    EXPECT_THROW(write_atomically(folder / "absent" / "a.txt", "x"), Refusal);
    EXPECT_THROW(read_file(folder / "absent.txt"), Refusal);
    EXPECT_THROW(read_file(folder), Refusal);
    write_atomically(folder / "large.txt", std::string(100, 'x'));
    EXPECT_THROW(read_file(folder / "large.txt", 99), Refusal);
}

TEST_F(Files, hashes_agree_with_the_published_vectors) {
    // FIPS 180-4 examples
    EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    write_atomically(folder / "abc", "abc");
    EXPECT_EQ(sha256_of_file(folder / "abc"), sha256_of("abc"));
    EXPECT_THROW(sha256_of_file(folder / "absent"), Refusal);
}

TEST_F(Files, data_are_found_by_path_or_refused_with_the_names_that_exist) {
    write_atomically(folder / "own.json", "{}");
    EXPECT_EQ(find_data_file("machines", (folder / "own.json").string()), folder / "own.json");
    EXPECT_THROW(find_data_file("machines", "no_such_machine"), Refusal);
    EXPECT_THROW(find_data_file("machines", "../no_such_folder/x"), Refusal);
}
