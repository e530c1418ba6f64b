#include "dicom/pet_in.hpp"
#include "dicom/image_slices.hpp"
#include "dicom/pet_slices.hpp"
#include "dicom/pet_suv.hpp"
#include <algorithm>
#include <cmath>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>

namespace beamwright {
namespace {

namespace fs = std::filesystem;
constexpr double same_place_mm = 0.01; ///< as in stacks: two slices nearer than this are one position

/// Headers of the chosen slices, in their order; what all files say is said once.
std::vector<PetHeader> read_headers(std::vector<ImageSlice> const& slices, Warnings& warnings) {
    std::vector<PetHeader> headers;
    for (auto const& slice : slices) {
        Warnings of_file;
        headers.push_back(read_pet_header(DicomFile::open(slice.file, of_file, DicomExtent::without_pixels)));
        add_once(of_file, slice.file, pet_kind(), warnings);
    }
    return headers;
}

/// A series with several frames in time or gates has several images at each place.
void check_one_image_per_place(std::vector<ImageSlice> const& slices) {
    auto const n = slices.front().plane.normal();
    std::vector<ImageSlice const*> sorted;
    sorted.reserve(slices.size());
    for (auto const& slice : slices) {
        sorted.push_back(&slice);
    }
    auto const along = [&](ImageSlice const* slice) { return dot(slice->plane.position_mm, n); };
    std::stable_sort(sorted.begin(), sorted.end(), [&](auto a, auto b) { return along(a) < along(b); });
    std::size_t places = 1;
    ImageSlice const *one = nullptr, *other = nullptr;
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        bool const again =
            norm(sorted[i]->plane.position_mm - sorted[i - 1]->plane.position_mm) < same_place_mm;
        places += again ? 0 : 1;
        if (again && one == nullptr) {
            one = sorted[i - 1];
            other = sorted[i];
        }
    }
    if (one != nullptr) {
        auto const p = one->plane.position_mm;
        refuse(fmt::format("the PET has {} images at {} positions", slices.size(), places),
               fmt::format(
                   "two at ({:.2f}, {:.2f}, {:.2f}) mm are {} and {}: several frames or gates, or a file "
                   "twice; boron is taken from one image per place",
                   p.x, p.y, p.z, one->file.string(), other->file.string()),
               "export one static series, or remove what does not belong to it");
    }
}

/// Fewer slices than the series says may be missing at its ends, where no gap shows.
void check_count(std::vector<PetHeader> const& headers, Warnings& warnings) {
    auto const stated = headers.front().number_of_slices;
    if (stated > 0 && stated != static_cast<long>(headers.size())) {
        warnings.add(
            fmt::format("the PET has {} slices, NumberOfSlices (0054,0081) says {}", headers.size(), stated),
            "slices may be missing at the ends, where no gap shows",
            "export the series again if the PET should reach further");
    }
}

/// SUV of one slice. What lies outside the scan took up nothing.
void fill(PetSeries& pet, ImageSlice const& slice, StoredPixels const& pixels,
          std::optional<PixelPadding> const& padding, std::size_t first) {
    for (std::size_t i = 0; i < slice.layout.pixels_per_frame(); ++i) {
        auto const stored = pixels.value(i);
        double const value = slice.slope * static_cast<double>(stored) + slice.intercept;
        double const suv = value * pet.uptake.SUV_per_value;
        bool const padded = padding && padding->holds(stored) && value != 0;
        if (padded && value > 0) {
            refuse(fmt::format("{}: pixels hold the padding value {}, which is also {:g} {}",
                               slice.file.string(), stored, value, pet.uptake.units),
                   "PixelPaddingValue (0028,0120) marks pixels outside the scan, but this value is also an "
                   "uptake: which is meant cannot be told",
                   "export the series without pixel padding");
        }
        if (!std::isfinite(static_cast<float>(suv))) {
            refuse(fmt::format("{}: stored value {} is an uptake of {:g} g/ml", slice.file.string(), stored,
                               suv),
                   fmt::format("RescaleSlope {:g}, RescaleIntercept {:g}, {:g} SUV per {}", slice.slope,
                               slice.intercept, pet.uptake.SUV_per_value, pet.uptake.units),
                   "export the series again");
        }
        pet.padded_voxels += padded ? 1 : 0;
        pet.suv.values[first + i] = padded ? 0.0F : static_cast<float>(suv);
    }
}

} // namespace

PetSeries read_pet(fs::path const& folder, std::string const& series_uid, Warnings& warnings) {
    auto found = find_slices({folder}, pet_kind(), read_pet_slices, warnings);
    auto slices = choose_series(std::move(found), series_uid, pet_kind());
    auto const headers = read_headers(slices, warnings);
    check_one_image_per_place(slices);
    check_count(headers, warnings);
    PetSeries pet;
    pet.uptake = uptake_of(headers, warnings);
    for (std::size_t i = 0; i < slices.size(); ++i) { // they differ from slice to slice
        slices[i].slope = headers[i].slope;
        slices[i].intercept = headers[i].intercept;
    }
    auto const stack = stack_slices(std::move(slices), false, pet_kind(), warnings);
    auto const& first = stack.slices.front();
    pet.patient = first.patient;
    pet.series = first.series;
    pet.frame_of_reference_uid = first.frame_of_reference_uid;
    pet.suv = Volume<float>(stack.grid);
    for_each_slice(stack, [&](std::size_t k, ImageSlice const& slice, DicomFile const& file,
                              StoredPixels const& pixels) {
        fill(pet, slice, pixels, read_padding(file, slice.layout), k * slice.layout.pixels_per_frame());
        pet.files.push_back(slice.file);
    });
    if (pet.padded_voxels > 0) {
        warnings.add(fmt::format("{} voxels outside the PET's scan were set to 0", pet.padded_voxels),
                     "they hold the PixelPaddingValue (0028,0120)");
    }
    return pet;
}

} // namespace beamwright
