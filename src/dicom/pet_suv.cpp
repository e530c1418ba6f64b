// The decay between injection and scan, by the vendor-neutral pseudo-code of the QIBA (2018).
#include "dicom/pet_suv.hpp"
#include "dicom/date_time.hpp"
#include "lanes/math.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>

namespace beamwright {
namespace {

constexpr double most_half_lives = 10;        ///< a thousandth is left then: nobody scans so late
constexpr double same_time_s = 1;             ///< times are rounded differently; 0.01 % of F-18
constexpr double soon_s = 600;                ///< a series begins minutes before its first counts at most
constexpr double same_start_s = 60;           ///< 0.6 % of F-18; makers count frame times differently
constexpr double half_life_of_F18_s = 6586.2; ///< 109.77 min (BIPM Monographie 5, vol. 1, 2004)

void check_alike(std::vector<PetHeader> const& headers) {
    auto const first = common_facts(headers.front());
    for (auto const& header : headers) {
        auto const facts = common_facts(header);
        auto const differs = std::mismatch(first.begin(), first.end(), facts.begin());
        if (differs.first != first.end()) {
            refuse(fmt::format("slices of one PET series differ in {}", differs.first->first),
                   fmt::format("'{}' in one, '{}' in another: one injection and one scan have one",
                               differs.first->second, differs.second->second),
                   "export the series again from the scanner or the archive");
        }
    }
}

/// The time that activities were corrected to, and the element that says so.
struct ReferenceTime {
    double s = 0;
    std::string from;
};

/// The start of the series, unless that lies after the first counts: then it was changed when images were made anew.
ReferenceTime reference_of(std::vector<PetHeader> const& headers, Warnings& warnings) {
    auto const& first = headers.front();
    auto const earliest =
        std::min_element(headers.begin(), headers.end(), [](PetHeader const& a, PetHeader const& b) {
            return a.acquisition_s < b.acquisition_s;
        });
    if (first.series_s <= earliest->acquisition_s + same_time_s) {
        if (earliest->acquisition_s - first.series_s > soon_s) {
            warnings.add(
                fmt::format("the PET's first counts come {:.4g} min after its SeriesTime",
                            (earliest->acquisition_s - first.series_s) / 60),
                "decay is counted to SeriesTime, as images are corrected to the start of their series",
                "compare with the SUV that the scanner's own program shows");
        }
        return {first.series_s, "SeriesDate and SeriesTime (0008,0031)"};
    }
    ReferenceTime found =
        first.maker_scan_s && *first.maker_scan_s <= earliest->acquisition_s + same_time_s
            ? ReferenceTime{*first.maker_scan_s, "the start of the scan in GE's element (0009,100D)"}
            : ReferenceTime{earliest->acquisition_s, "the earliest AcquisitionTime (0008,0032)"};
    // Minutes, not dates: warnings stay in the report
    warnings.add(fmt::format("the PET's SeriesTime lies {:.4g} min after its first counts",
                             (first.series_s - earliest->acquisition_s) / 60),
                 fmt::format("it is that of a later step; decay is counted to {}, {:.4g} min before it",
                             found.from, (first.series_s - found.s) / 60),
                 "check the minutes from injection to scan in run.json");
    return found;
}

/// When the injection was. A time without a date is that before the scan.
double injection_of(PetHeader const& header, ReferenceTime const& reference, Warnings& warnings) {
    if (header.injection_s) {
        return *header.injection_s;
    }
    double const midnight_s = std::floor(reference.s / day_s) * day_s;
    double const same_day_s = midnight_s + *header.injection_of_day_s;
    if (same_day_s <= reference.s) {
        return same_day_s;
    }
    warnings.add(
        "the PET's injection is taken to be on the day before the scan",
        fmt::format("RadiopharmaceuticalStartTime (0018,1072) has no date, and as a time of the scan's "
                    "day it would lie after the scan; so {:.4g} min lie between",
                    (reference.s - same_day_s + day_s) / 60),
        "check that time");
    return same_day_s - day_s;
}

/// Seconds of decay between injection and reference time.
double decay_s(PetHeader const& header, ReferenceTime const& reference, double injection_s) {
    double const s = reference.s - injection_s;
    auto const times = fmt::format("injection {}, scan {} (by {})", shown_date_time(injection_s),
                                   shown_date_time(reference.s), reference.from);
    if (s < 0) {
        refuse("the PET's injection lies after its scan", times,
               "correct the times in the archive and export again, or give SUV as a volume file");
    }
    if (s > most_half_lives * header.half_life_s) {
        refuse(fmt::format("{:.4g} min, {:.3g} half-lives, lie between the PET's injection and its scan",
                           s / 60, s / header.half_life_s),
               fmt::format("{}; half-life {:g} s. Less than a thousandth would be left", times,
                           header.half_life_s),
               "correct times and half-life in the archive and export again, or give SUV as a volume file");
    }
    return s;
}

/// The time of mean count rate after the begin of a frame, for a rate that falls from its begin to its end.
double mean_rate_s(double duration_s, double half_life_s) {
    double const decay_per_s = std::numbers::ln2 / half_life_s;
    double const decays = decay_per_s * duration_s;
    return decays < 1e-6 ? 0.5 * duration_s : log(decays / -std::expm1(-decays)) / decay_per_s;
}

/// A second way to the reference time, where the files allow it: back from the mean count rate of each frame. It tells
/// where the first is wrong, as in series of several injections. docs/methods/boron_distribution.md eq. 3
void check_frame_times(std::vector<PetHeader> const& headers, ReferenceTime const& reference,
                       Warnings& warnings) {
    double worst_s = 0;
    for (auto const& header : headers) {
        if (header.frame_time_s && header.frame_duration_s) {
            double const start_s = header.acquisition_s - *header.frame_time_s +
                                   mean_rate_s(*header.frame_duration_s, header.half_life_s);
            worst_s = std::max(worst_s, std::abs(start_s - reference.s));
        }
    }
    if (worst_s > same_start_s) {
        warnings.add(
            fmt::format("the PET's frame times put the start of its scan {:.4g} min from the time used",
                        worst_s / 60),
            fmt::format("used is {}; FrameReferenceTime (0054,1300) and ActualFrameDuration (0018,1242) "
                        "lead from the acquisition of a slice to another time",
                        reference.from),
            "compare with the SUV that the scanner's own program shows");
    }
}

/// docs/methods/boron_distribution.md eq. 1
PetUptake uptake_of_activity(std::vector<PetHeader> const& headers, Warnings& warnings) {
    auto const& header = headers.front();
    SuvFromActivity how;
    how.weight_kg = header.weight_kg;
    how.activity_Bq = header.activity_Bq;
    how.half_life_s = header.half_life_s;
    how.decay_correction = header.decay == DecayCorrection::start ? "START" : "ADMIN";
    if (std::abs(header.half_life_s - half_life_of_F18_s) > 0.01 * half_life_of_F18_s) {
        warnings.add(fmt::format("the PET's half-life is {:g} s, not that of F-18 ({} s)", header.half_life_s,
                                 half_life_of_F18_s),
                     "boron is usually followed by F-18-BPA", "check that this is the PET of the compound");
    }
    double left = 1;
    if (header.decay == DecayCorrection::start) {
        auto const reference = reference_of(headers, warnings);
        double const injection_s = injection_of(header, reference, warnings);
        double const s = decay_s(header, reference, injection_s);
        check_frame_times(headers, reference, warnings);
        left = exp(-std::numbers::ln2 * s / header.half_life_s);
        how.min_from_injection = s / 60;
        how.reference_from = reference.from;
    }
    return {header.units, 1000 * header.weight_kg / (header.activity_Bq * left), how};
}

} // namespace

PetUptake uptake_of(std::vector<PetHeader> const& headers, Warnings& warnings) {
    check_alike(headers);
    auto const& first = headers.front();
    return first.values == PetValues::activity ? uptake_of_activity(headers, warnings)
                                               : PetUptake{first.units, first.philips_factor, {}};
}

} // namespace beamwright
