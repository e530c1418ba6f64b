/// Small RT objects written with DCMTK, to be bent by a test and read back as bytes.
#pragma once
#include "core/refusal.hpp"
#include "dicom/file.hpp"
#include <dcmtk/dcmdata/dctk.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

namespace beamwright::test {

/// Folder of this test process, removed at its end.
inline std::filesystem::path scratch() {
    struct Folder {
        std::filesystem::path path =
            std::filesystem::temp_directory_path() / ("beamwright_dicom_" + std::to_string(::getpid()));
        Folder() { std::filesystem::create_directories(path); }
        ~Folder() {
            std::error_code ignored;
            std::filesystem::remove_all(path, ignored);
        }
    };
    static Folder const folder;
    return folder.path;
}

inline void set(DcmItem& item, DcmTagKey tag, std::string const& value) {
    ASSERT_TRUE(item.putAndInsertString(tag, value.c_str()).good()) << value;
}
inline void set_floats(DcmItem& item, DcmTagKey tag, std::vector<float> const& values) {
    ASSERT_TRUE(item.putAndInsertFloat32Array(tag, values.data(), values.size()).good());
}
inline void remove(DcmItem& item, DcmTagKey tag) { item.findAndDeleteElement(tag); }
inline void clear(DcmItem& item, DcmTagKey tag) { item.insertEmptyElement(tag); }

/// Item `index` of a sequence; made where absent.
inline DcmItem& item_of(DcmItem& parent, DcmTagKey sequence, long index = 0) {
    DcmItem* item = nullptr;
    EXPECT_TRUE(parent.findOrCreateSequenceItem(sequence, item, index).good());
    return *item;
}

/// The object as a file in memory.
inline std::string bytes_of(DcmDataset const& dataset, E_TransferSyntax syntax = EXS_LittleEndianExplicit) {
    auto const path = scratch() / "object.dcm";
    DcmDataset copy(dataset);
    DcmFileFormat file(&copy);
    EXPECT_TRUE(file.saveFile(path.c_str(), syntax).good());
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string all_of(Refusal const& refusal) {
    return refusal.problem + "\n" + refusal.why + "\n" + refusal.what_to_do;
}

/// The whole text of the refusal that `act` ends with; fails the test if it ends without.
template <class Act> std::string refusal_of(Act&& act) {
    try {
        act();
    } catch (Refusal const& refusal) {
        EXPECT_FALSE(refusal.problem.empty());
        EXPECT_FALSE(refusal.why.empty());
        EXPECT_FALSE(refusal.what_to_do.empty());
        return all_of(refusal);
    }
    ADD_FAILURE() << "was not refused";
    return {};
}

inline std::string all_of(Warnings const& warnings) {
    std::string text;
    for (auto const& warning : warnings.all())
        text += warning.problem + " | " + warning.why + "\n";
    return text;
}

} // namespace beamwright::test
