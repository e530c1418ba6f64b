#include "jobs/capture_boron.hpp"
#include "jobs/capture_boron_check.hpp"
#include "volume/volume_file.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

constexpr double most_ratio = 100;

/// Values are finite and, unless the plan takes noise as zero, not negative.
void check_values(Volume<float>& map, CaptureBoronMap const& plan, Warnings& warnings) {
    std::size_t negative = 0, wrong = 0;
    for (float& value : map.values) {
        wrong += std::isfinite(value) ? 0 : 1;
        negative += value < 0 ? 1 : 0;
        value = value < 0 && plan.negatives_are_zero ? 0.0F : value;
    }
    if (wrong > 0) {
        refuse(fmt::format("boron map '{}': {} voxels are no finite number", plan.file, wrong),
               "boron is a number of 0 or more in each voxel", "export the map again");
    }
    if (negative > 0 && !plan.negatives_are_zero) {
        refuse(fmt::format("boron map '{}': {} of {} voxels are negative", plan.file, negative,
                           map.values.size()),
               "there is no negative boron; a PET's noise may be below 0",
               "set negatives_are_zero in boron_map if it is noise");
    }
    if (negative > 0) {
        warnings.add(fmt::format("boron map '{}': {} of {} voxels were negative and count as 0", plan.file,
                                 negative, map.values.size()),
                     "noise of the reconstruction", "look at the map if there are many");
    }
    if (std::all_of(map.values.begin(), map.values.end(), [](float value) { return value == 0; })) {
        refuse(fmt::format("boron map '{}' is empty", plan.file), "no voxel holds boron",
               "check that the right volume was exported");
    }
}

struct MapAsGiven {
    Volume<float> values; ///< in the map's unit
    std::optional<CapturePet> pet;
};

/// A volume file, or a folder of PET slices.
MapAsGiven read_map(CaptureSetup const& setup, Warnings& warnings) {
    auto const& map = *setup.plan.boron_map;
    auto const path = boron_map_path(setup);
    std::error_code failed;
    if (!fs::exists(path, failed)) {
        refuse(fmt::format("boron map '{}' does not exist", map.file),
               "the case folder has no such file or folder",
               "write its path relative to the case folder into boron_map");
    }
    if (fs::is_directory(path, failed)) {
        auto [suv, pet] = read_capture_pet(path, map, setup.patient.folder, warnings);
        return {std::move(suv), std::move(pet)};
    }
    if (!map.series_uid.empty() || !map.accept_frame_uid.empty()) {
        refuse(fmt::format("boron map '{}' is no folder, but boron_map names {}", map.file,
                           map.series_uid.empty() ? "an accept_frame" : "a series"),
               "both belong to a folder of DICOM PET slices; a volume file has no series and no frame of "
               "reference",
               "leave it out, or name the folder");
    }
    return {read_volume<float>(path), {}};
}

/// The curve is known between the samples and a while beyond.
void check_times(CapturePlan const& plan, BloodLevel const& level, Warnings& warnings) {
    auto const [first, last] =
        std::minmax_element(plan.blood_samples.begin(), plan.blood_samples.end(),
                            [](auto const& a, auto const& b) { return a.min < b.min; });
    double const begin_ppm = level.ppm_at(plan.start_min); // the curve falls
    constexpr double most_ppm = 1000;                      // of a level in capture.json, too
    auto const where =
        fmt::format("the irradiation begins at {:g} min, the blood samples are of {:g} to {:g} min",
                    plan.start_min, first->min, last->min);
    if (!(begin_ppm <= most_ppm)) {
        refuse(fmt::format("the level in blood at the start of the irradiation is {:.3g} ppm", begin_ppm),
               where, "give blood.start_min on the clock of the samples, in minutes");
    }
    double const span = last->min - first->min;
    if (plan.start_min < first->min || plan.start_min > last->min + span) {
        warnings.add(
            where, fmt::format("the curve is extrapolated there; it says {:.3g} ppm at the start", begin_ppm),
            "give blood.start_min on the clock of the samples, or take samples nearer to it");
    }
}

} // namespace

void read_blood_level(CaptureSetup& setup, Warnings& warnings) {
    auto const& plan = setup.plan;
    setup.blood_relative_sigma = plan.blood_relative_sigma;
    if (plan.blood_ppm) {
        setup.blood = BloodLevel::constant(*plan.blood_ppm);
        return;
    }
    std::vector<BloodSample> samples;
    for (auto const& sample : plan.blood_samples) {
        samples.push_back({sample.min, sample.ppm});
    }
    auto const curve = plan.blood_curve == "constant"      ? BloodCurve::constant
                       : plan.blood_curve == "exponential" ? BloodCurve::exponential
                                                           : BloodCurve::biexponential;
    auto const fit = fit_blood_level(std::move(samples), curve, warnings);
    check_times(plan, fit.level, warnings);
    setup.blood = fit.level;
    setup.blood_is_constant = curve == BloodCurve::constant;
    double const end_min = plan.start_min + plan.longest_min;
    double const mean_ppm = fit.level.integral_ppm_min(plan.start_min, end_min) / plan.longest_min;
    if (setup.blood_relative_sigma == 0 && mean_ppm > 0) {
        setup.blood_relative_sigma = fit.sigma_of_mean_ppm(plan.start_min, end_min) / mean_ppm;
    }
}

fs::path boron_map_path(CaptureSetup const& setup) {
    auto const& file = setup.plan.boron_map->file;
    std::error_code failed;
    auto const home = fs::weakly_canonical(setup.patient.folder.path(), failed);
    auto real = fs::weakly_canonical(setup.patient.folder.path() / file, failed);
    auto const inside = real.lexically_relative(home);
    if (failed || inside.empty() || *inside.begin() == "..") {
        refuse(fmt::format("boron map '{}' leads out of the case", file), "a case holds its own files",
               "copy the volume into the case folder");
    }
    return real;
}

CaptureBoron read_boron_ratio(CaptureSetup const& setup, Warnings& warnings) {
    auto const& plan = *setup.plan.boron_map;
    auto [map, pet] = read_map(setup, warnings);
    check_values(map, plan, warnings);
    double const covered = covered_share(setup.body, map.grid);
    if (covered == 0) {
        auto const a = map.grid.to_patient({0, 0, 0});
        refuse(fmt::format("boron map '{}' lies outside the body", plan.file),
               fmt::format("its first voxel is at ({:.0f}, {:.0f}, {:.0f}) mm{}", a.x, a.y, a.z,
                           pet ? "" : "; a volume file has no frame of reference, positions alone place it"),
               "register the map to the CT and export it in the CT's patient coordinates");
    }
    if (covered < 1) {
        warnings.add(fmt::format("boron map '{}' covers {:.1f} % of the body", plan.file, 100 * covered),
                     "boron beyond it is taken as 0, for doses and for the neutrons' way",
                     "state boron_to_blood for what the map does not show, or export a larger map");
    }
    double const level = plan.unit == "ppm" ? *plan.blood_ppm
                         : plan.blood_SUV   ? *plan.blood_SUV
                                            : *plan.blood_ppm / *plan.ppm_per_SUV;
    Warnings said; // coverage was said above, in terms of the body
    auto ratio = boron_ratio_of_ppm(pet_boron_ppm(map, {1.0, 0.0}, setup.patient.grid, said), level);
    float const most = *std::max_element(ratio.values.begin(), ratio.values.end());
    if (most > static_cast<float>(most_ratio)) {
        refuse(fmt::format("boron map '{}' reaches {:.3g} times the level in blood", plan.file, most),
               "compounds reach some times the blood; this looks like another unit (Bq/ml?)",
               "check unit, blood_ppm and the calibration of the map");
    }
    check_map(setup, ratio, map.grid, warnings);
    return {std::move(ratio), std::move(pet)};
}

Volume<float> boron_over_map(Volume<float> map, CaptureSetup const& setup) {
    auto const& plan = setup.plan;
    for (std::size_t v = 0; v < map.values.size(); ++v) {
        auto const tissue = setup.tissue_index[v];
        auto const& stated = (tissue == 0 ? plan.elsewhere : plan.structures[tissue - 1U]).boron_to_blood;
        map.values[v] = stated ? static_cast<float>(*stated) : map.values[v];
    }
    return map;
}

} // namespace beamwright
