#include "dicom/image_slices.hpp"
#include <algorithm>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace beamwright {
namespace {

namespace fs = std::filesystem;

/// What must be the same for all slices of one volume.
auto group_of(ImageSlice const& slice) {
    return std::tie(slice.series.series_uid, slice.frame_of_reference_uid, slice.patient.patient_id);
}
using Group = std::tuple<std::string, std::string, std::string>;

struct Summary {
    std::size_t count = 0;
    ImageSlice const* example = nullptr;
};

std::string listed(std::map<Group, Summary> const& groups) {
    std::string text;
    std::size_t shown = 0;
    for (auto const& [group, summary] : groups) {
        if (++shown > 20) {
            text += fmt::format("; and {} more", groups.size() - 20);
            break;
        }
        text += fmt::format("{}series {} ({} images, '{}', frame of reference {}, patient '{}')",
                            text.empty() ? "" : "; ", std::get<0>(group), summary.count,
                            summary.example->series.series_description,
                            std::get<1>(group).empty() ? "none" : std::get<1>(group), std::get<2>(group));
    }
    return text;
}

} // namespace

ImageSlice read_slice_identity(DicomFile const& file, fs::path const& path) {
    ImageSlice slice;
    slice.file = path;
    slice.patient = read_patient_study(file);
    slice.series = read_series_info(file);
    slice.frame_of_reference_uid = file.text_or(DCM_FrameOfReferenceUID, "");
    slice.patient_position = file.text_or(DCM_PatientPosition, "");
    slice.instance_uid = file.text_or(DCM_SOPInstanceUID, "");
    slice.layout = read_pixel_layout(file);
    return slice;
}

void add_once(Warnings const& of_file, fs::path const& path, SeriesKind const& kind, Warnings& warnings) {
    std::string const prefix = path.string() + ": ";
    for (auto const& warning : of_file.all()) {
        bool const named = warning.problem.starts_with(prefix);
        warnings.add(named ? kind.name + " images: " + warning.problem.substr(prefix.size())
                           : warning.problem,
                     warning.why, warning.what_to_do);
    }
}

std::vector<ImageSlice> find_slices(std::vector<fs::path> const& paths, SeriesKind const& kind,
                                    SliceReader const& read, Warnings& warnings) {
    std::vector<ImageSlice> slices;
    std::map<std::string, int> others;
    for (auto const& path : files_under(paths)) {
        bool const named = std::find(paths.begin(), paths.end(), path) != paths.end();
        if (!named && !DicomFile::looks_like_dicom(path)) {
            continue; // notes, thumbnails and the like beside the images
        }
        Warnings of_file;
        auto const file = DicomFile::open(path, of_file, DicomExtent::without_pixels);
        auto const found = read(file, path);
        if (std::find(kind.objects.begin(), kind.objects.end(), file.kind()) != kind.objects.end()) {
            add_once(of_file, path, kind, warnings);
        }
        slices.insert(slices.end(), found.begin(), found.end());
        if (found.empty()) {
            ++others[file.sop_class_name()];
        }
    }
    if (slices.empty()) {
        std::string list;
        for (auto const& [name, count] : others) {
            list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count, name);
        }
        refuse(
            fmt::format("no {} images in {}", kind.name, paths.empty() ? "nothing" : paths.front().string()),
            list.empty() ? "there are no DICOM files" : "found instead: " + list,
            fmt::format("name the folder of a {} series", kind.name));
    }
    return slices;
}

std::vector<ImageSlice> choose_series(std::vector<ImageSlice> all, std::string const& series_uid,
                                      SeriesKind const& kind) {
    std::map<Group, Summary> every, wanted;
    for (auto const& slice : all) {
        auto const add = [&](std::map<Group, Summary>& to) {
            auto& summary = to[Group(group_of(slice))];
            ++summary.count;
            summary.example = &slice;
        };
        add(every);
        if (series_uid.empty() || slice.series.series_uid == series_uid) {
            add(wanted);
        }
    }
    if (wanted.empty()) {
        refuse(fmt::format("no {} series {}", kind.name, series_uid), "the files hold " + listed(every),
               kind.choose);
    }
    if (wanted.size() > 1) {
        bool const one_series = std::all_of(wanted.begin(), wanted.end(), [&](auto const& entry) {
            return std::get<0>(entry.first) == std::get<0>(wanted.begin()->first);
        });
        refuse(one_series ? fmt::format("one {} series mixes patients or frames of reference", kind.name)
                          : fmt::format("{} {} series, but one is needed", wanted.size(), kind.name),
               listed(wanted), one_series ? "name only the files that belong together" : kind.choose);
    }
    std::erase_if(all, [&](ImageSlice const& slice) {
        return !series_uid.empty() && slice.series.series_uid != series_uid;
    });
    return all;
}

void for_each_slice(ImageStack const& stack, SliceUse const& use) {
    Warnings said_before; // by the reading of the headers
    std::optional<DicomFile> file;
    fs::path open_path;
    StoredPixels pixels;
    for (std::size_t k = 0; k < stack.slices.size(); ++k) {
        auto const& slice = stack.slices[k];
        if (!file || slice.file != open_path) {
            file = DicomFile::open(slice.file, said_before);
            pixels = read_pixels(*file, slice.layout);
            open_path = slice.file;
        }
        use(k, slice, *file, pixels);
    }
}

} // namespace beamwright
