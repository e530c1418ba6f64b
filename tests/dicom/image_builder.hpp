/// Small CT images and doses written with DCMTK, to be bent by a test.
#pragma once
#include "rt_builder.hpp"
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <functional>

namespace beamwright::test {

using Triple = std::array<double, 3>;

/// A stack of CT slices in any orientation; the CT number at a patient point is `hu`.
struct CtBuilder {
    int columns = 12, rows = 10, slices = 5;
    Triple first_mm{-22, -15, -8}; ///< center of the first voxel of the first slice
    Triple row{1, 0, 0}, column{0, 1, 0};
    double column_spacing_mm = 4, row_spacing_mm = 3, slice_spacing_mm = 2;
    std::function<double(Triple)> hu = [](Triple p) { return 2 * p[0] - 3 * p[1] + 5 * p[2]; };
    std::string series = "1.2.3.8", frame = "1.2.3.9", position = "HFS";

    Triple normal() const {
        return {row[1] * column[2] - row[2] * column[1], row[2] * column[0] - row[0] * column[2],
                row[0] * column[1] - row[1] * column[0]};
    }
    Triple place(double i, double j, double k) const {
        Triple p{};
        auto const n = normal();
        for (std::size_t a = 0; a < 3; ++a) {
            p[a] = first_mm[a] + i * column_spacing_mm * row[a] + j * row_spacing_mm * column[a] +
                   k * slice_spacing_mm * n[a];
        }
        return p;
    }
    static std::string joined(std::initializer_list<double> values) {
        std::string text;
        for (double const value : values) {
            text += text.empty() ? "" : "\\";
            text += fmt::format("{:.10g}", value);
        }
        return text;
    }

    /// Slice k (from 0) with stored = hu + 1024.
    DcmDataset slice(int k) const {
        DcmDataset image;
        set(image, DCM_SOPClassUID, UID_CTImageStorage);
        set(image, DCM_SOPInstanceUID, fmt::format("{}.{}", series, k + 1));
        set(image, DCM_Modality, "CT");
        set(image, DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
        set(image, DCM_PatientName, "Doe^Jane");
        set(image, DCM_PatientID, "P1");
        set(image, DCM_StudyInstanceUID, "1.2.3.4");
        set(image, DCM_SeriesInstanceUID, series);
        set(image, DCM_SeriesDescription, "head");
        set(image, DCM_FrameOfReferenceUID, frame);
        set(image, DCM_PatientPosition, position);
        set(image, DCM_SliceThickness, "2");
        auto const p = place(0, 0, k);
        set(image, DCM_ImagePositionPatient, joined({p[0], p[1], p[2]}));
        set(image, DCM_ImageOrientationPatient,
            joined({row[0], row[1], row[2], column[0], column[1], column[2]}));
        set(image, DCM_PixelSpacing, joined({row_spacing_mm, column_spacing_mm}));
        set(image, DCM_RescaleSlope, "1");
        set(image, DCM_RescaleIntercept, "-1024");
        set_pixels(image, columns, rows, 1, 16, 16, false);
        std::vector<Uint16> stored;
        for (int j = 0; j < rows; ++j) {
            for (int i = 0; i < columns; ++i) {
                stored.push_back(static_cast<Uint16>(hu(place(i, j, k)) + 1024));
            }
        }
        // a tag without VR: encodable
        image.putAndInsertUint16Array(DCM_PixelData, stored.data(), stored.size());
        return image;
    }

    static void set_pixels(DcmItem& image, int columns, int rows, int frames, int allocated, int stored,
                           bool is_signed) {
        auto const number = [&](DcmTagKey tag, int value) {
            image.putAndInsertUint16(tag, static_cast<Uint16>(value));
        };
        number(DCM_SamplesPerPixel, 1);
        set(image, DCM_PhotometricInterpretation, "MONOCHROME2");
        number(DCM_Rows, rows);
        number(DCM_Columns, columns);
        if (frames != 1) {
            set(image, DCM_NumberOfFrames, std::to_string(frames));
        }
        number(DCM_BitsAllocated, allocated);
        number(DCM_BitsStored, stored);
        number(DCM_HighBit, stored - 1);
        number(DCM_PixelRepresentation, is_signed ? 1 : 0);
    }

    /// Writes all slices, each first bent by `bend(dataset, k)`, into a new folder.
    std::filesystem::path write(std::function<void(DcmDataset&, int)> const& bend = {},
                                E_TransferSyntax syntax = EXS_LittleEndianExplicit) const {
        static int count = 0;
        auto const folder = scratch() / fmt::format("ct_{}", ++count);
        std::filesystem::create_directories(folder);
        add_to(folder, "a", bend, syntax);
        return folder;
    }
    void add_to(std::filesystem::path const& folder, std::string const& name,
                std::function<void(DcmDataset&, int)> const& bend = {},
                E_TransferSyntax syntax = EXS_LittleEndianExplicit) const {
        for (int k = 0; k < slices; ++k) {
            // The order of names is not that of positions
            auto const path = folder / fmt::format("{}{}.dcm", name, (k * 7 + 3) % slices);
            auto image = slice(k);
            if (bend) {
                bend(image, k);
            }
            DcmFileFormat file(&image);
            if (DcmXfer(syntax).isEncapsulated()) {
                auto const done = file.getDataset()->chooseRepresentation(syntax, nullptr);
                ASSERT_TRUE(done.good()) << DcmXfer(syntax).getXferName() << ": " << done.text();
            }
            ASSERT_TRUE(file.saveFile(path.c_str(), syntax).good());
        }
    }
};

/// A dose whose value at patient point (x, y, z) is 40 + 0.1 x - 0.2 y + 0.4 z, in steps of 0.001 Gy.
struct DoseBuilder {
    int columns = 6, rows = 5, frames = 4;
    Triple first_mm{-10, -8, -6};
    Triple row{1, 0, 0}, column{0, 1, 0};
    double step_mm = 3; ///< of the frames along the normal; negative: they descend
    int bits = 32;

    static double dose_at(Triple p) { return 40 + 0.1 * p[0] - 0.2 * p[1] + 0.4 * p[2]; }
    DcmDataset dataset() const {
        DcmDataset dose;
        set(dose, DCM_SOPClassUID, UID_RTDoseStorage);
        set(dose, DCM_SOPInstanceUID, "1.2.3.50");
        set(dose, DCM_Modality, "RTDOSE");
        set(dose, DCM_PatientID, "P1");
        set(dose, DCM_StudyInstanceUID, "1.2.3.4");
        set(dose, DCM_FrameOfReferenceUID, "1.2.3.9");
        set(dose, DCM_DoseUnits, "GY");
        set(dose, DCM_DoseType, "PHYSICAL");
        set(dose, DCM_DoseSummationType, "PLAN");
        set(dose, DCM_DoseGridScaling, "0.001");
        set(dose, DCM_ImagePositionPatient, CtBuilder::joined({first_mm[0], first_mm[1], first_mm[2]}));
        set(dose, DCM_ImageOrientationPatient,
            CtBuilder::joined({row[0], row[1], row[2], column[0], column[1], column[2]}));
        set(dose, DCM_PixelSpacing, "4\\5"); // rows 4 mm apart, columns 5 mm
        std::string offsets;
        for (int k = 0; k < frames; ++k) {
            offsets += k == 0 ? "" : "\\";
            offsets += fmt::format("{:g}", k * step_mm);
        }
        set(dose, DCM_GridFrameOffsetVector, offsets);
        set(item_of(dose, DCM_ReferencedRTPlanSequence), DCM_ReferencedSOPClassUID, UID_RTIonPlanStorage);
        set(item_of(dose, DCM_ReferencedRTPlanSequence), DCM_ReferencedSOPInstanceUID, "1.2.3.60");
        CtBuilder::set_pixels(dose, columns, rows, frames, bits, bits, false);
        insert_values(dose);
        return dose;
    }

private:
    void insert_values(DcmDataset& dose) const {
        CtBuilder geometry;
        geometry.first_mm = first_mm;
        geometry.row = row;
        geometry.column = column;
        geometry.column_spacing_mm = 5;
        geometry.row_spacing_mm = 4;
        geometry.slice_spacing_mm = step_mm;
        std::vector<Uint16> words;
        for (int k = 0; k < frames; ++k) {
            for (int j = 0; j < rows; ++j) {
                for (int i = 0; i < columns; ++i) {
                    auto const value =
                        static_cast<Uint32>(std::lround(dose_at(geometry.place(i, j, k)) * 1000));
                    words.push_back(static_cast<Uint16>(value & 0xFFFF));
                    if (bits == 32) {
                        words.push_back(static_cast<Uint16>(value >> 16));
                    }
                }
            }
        }
        dose.putAndInsertUint16Array(DcmTag(DCM_PixelData, EVR_OW), words.data(), words.size());
    }
};

/// Writes any dataset as a new file.
inline std::filesystem::path written(DcmDataset const& dataset,
                                     E_TransferSyntax syntax = EXS_LittleEndianExplicit) {
    static int count = 0;
    auto const path = scratch() / fmt::format("object_{}.dcm", ++count);
    std::ofstream(path, std::ios::binary) << bytes_of(dataset, syntax);
    return path;
}

} // namespace beamwright::test
