#include "core/atomic_file.hpp"
#include "core/hash.hpp"
#include "core/run_record.hpp"
#include <gtest/gtest.h>
#include <unistd.h>

using namespace beamwright;

TEST(RunRecord, names_version_inputs_and_warnings) {
    auto const file = std::filesystem::temp_directory_path() / ("bw_record_" + std::to_string(::getpid()));
    write_atomically(file, "content");
    RunRecord record;
    record.verb = "dose";
    record.add_input("plan", file);
    record.warnings.push_back({"odd", "because", "look"});
    record.details["histories"] = 1000;
    auto const json = record.to_json();
    EXPECT_EQ(json["version"], version());
    EXPECT_EQ(json["inputs"][0]["sha256"], sha256_of("content"));
    EXPECT_EQ(json["inputs"][0]["name"], file.filename().string());
    EXPECT_EQ(json["warnings"][0]["do"], "look");
    EXPECT_EQ(json["histories"], 1000);
    std::filesystem::remove(file);
}

TEST(ProcessCpu, grows_with_work) {
    double const before = process_cpu_s();
    double volatile sum = 0;
    for (int i = 0; i < 3'000'000; ++i) {
        sum = sum + i;
    }
    EXPECT_GT(process_cpu_s(), before);
}
