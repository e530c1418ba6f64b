/// A small PET series written with DCMTK, to be bent by a test.
#pragma once
#include "dicom/pet_in.hpp"
#include "image_builder.hpp"

namespace beamwright::test {

/// F-18, 350 MBq injected at 09:30, scanned at 10:30, 70 kg; Bq/ml, with a slope of its own per slice.
struct PetBuilder {
    CtBuilder place; ///< where the slices lie
    static double slope(int k) { return 0.5 + 0.25 * k; }
    static Uint16 stored(int i, int j, int k) { return static_cast<Uint16>(100 + 3 * i + 50 * j + 700 * k); }
    static double activity_Bq_per_ml(int i, int j, int k) { return slope(k) * stored(i, j, k); }

    static DcmItem& tracer(DcmItem& image) {
        return item_of(image, DCM_RadiopharmaceuticalInformationSequence);
    }

    /// Slice k (from 0) of a CT builder turned into that of a PET.
    void make_pet(DcmDataset& image, int k) const {
        set(image, DCM_SOPClassUID, UID_PositronEmissionTomographyImageStorage);
        set(image, DCM_Modality, "PT");
        set(image, DCM_SeriesDescription, "brain BPA");
        set(image, DCM_ImageType, "ORIGINAL\\PRIMARY");
        set(image, DCM_SeriesType, "STATIC\\IMAGE");
        image.putAndInsertUint16(DCM_NumberOfSlices, static_cast<Uint16>(place.slices));
        set(image, DCM_CountsSource, "EMISSION");
        set(image, DCM_Units, "BQML");
        set(image, DCM_CorrectedImage, "DECY\\ATTN\\SCAT\\DTIM\\RAN\\NORM");
        set(image, DCM_DecayCorrection, "START");
        set(image, DCM_PatientWeight, "70");
        set(image, DCM_SeriesDate, "20260304");
        set(image, DCM_SeriesTime, "103000");
        set(image, DCM_AcquisitionDate, "20260304");
        set(image, DCM_AcquisitionTime, "103000.00");
        set(tracer(image), DCM_RadiopharmaceuticalStartTime, "093000");
        set(tracer(image), DCM_RadionuclideTotalDose, "350000000");
        set(tracer(image), DCM_RadionuclideHalfLife, "6586.2");
        set(image, DCM_RescaleSlope, fmt::format("{}", slope(k)));
        set(image, DCM_RescaleIntercept, "0");
        std::vector<Uint16> pixels;
        for (int j = 0; j < place.rows; ++j) {
            for (int i = 0; i < place.columns; ++i) {
                pixels.push_back(stored(i, j, k));
            }
        }
        image.putAndInsertUint16Array(DCM_PixelData, pixels.data(), pixels.size());
    }

    using Bend = std::function<void(DcmDataset&, int)>;
    Bend bent(Bend const& bend) const {
        return [this, bend](DcmDataset& image, int k) {
            make_pet(image, k);
            if (bend) {
                bend(image, k);
            }
        };
    }
    std::filesystem::path write(Bend const& bend = {},
                                E_TransferSyntax syntax = EXS_LittleEndianExplicit) const {
        return place.write(bent(bend), syntax);
    }
    void add_to(std::filesystem::path const& folder, std::string const& name, Bend const& bend = {}) const {
        place.add_to(folder, name, bent(bend));
    }
};

} // namespace beamwright::test
