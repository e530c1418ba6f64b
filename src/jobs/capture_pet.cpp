#include "jobs/capture_pet.hpp"
#include "core/hash.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

/// The PET must lie in the CT's frame of reference, or its own must be named as accepted.
void check_frame(std::string const& of_pet, std::string const& of_ct, CaptureBoronMap const& map,
                 Warnings& warnings) {
    if (of_pet.empty() || of_ct.empty()) {
        warnings.add(
            fmt::format("boron map '{}': it cannot be checked that the PET lies in the frame of the CT",
                        map.file),
            of_pet.empty() ? "the PET states no FrameOfReferenceUID (0020,0052)"
                           : "the case keeps no frame of reference of its CT",
            "check positions on a picture");
    } else if (of_pet == of_ct) {
        return;
    } else if (map.accept_frame_uid == of_pet) {
        warnings.add(
            fmt::format("boron map '{}': the PET has another frame of reference than the CT", map.file),
            "accepted as asked (accept_frame); coordinates are used as they are",
            "check positions on a picture");
    } else {
        refuse(
            fmt::format("boron map '{}': the PET has frame of reference {}, the CT has {}", map.file, of_pet,
                        of_ct),
            "coordinates in different frames do not name the same places",
            fmt::format("register the PET to the CT, or set \"accept_frame\": \"{}\" in boron_map if the two "
                        "coordinate systems are known to be the same",
                        of_pet));
    }
}

/// No link in the folder may lead out of the case.
void check_inside(std::vector<fs::path> const& files, fs::path const& folder) {
    std::error_code failed;
    auto const home = fs::weakly_canonical(folder, failed);
    for (auto const& file : files) {
        auto const inside = fs::weakly_canonical(file, failed).lexically_relative(home);
        if (failed || inside.empty() || *inside.begin() == "..") {
            refuse(fmt::format("'{}' leads out of the case", file.string()), "a case holds its own files",
                   "copy the file into the case folder");
        }
    }
}

/// What `sha256sum` prints for the files, sorted by name, hashed again: a person can do the same by hand.
std::string hash_of(std::vector<fs::path> const& files, fs::path const& folder) {
    std::vector<std::pair<std::string, fs::path>> named;
    named.reserve(files.size());
    for (auto const& file : files) {
        named.emplace_back(file.lexically_relative(folder).generic_string(), file);
    }
    std::sort(named.begin(), named.end());
    Sha256 all;
    for (auto const& [name, file] : named) {
        all.add(fmt::format("{}  {}\n", sha256_of_file(file), name));
    }
    return all.hex();
}

} // namespace

CapturePetMap read_capture_pet(fs::path const& path, CaptureBoronMap const& map, CaseFolder const& folder,
                               Warnings& warnings) {
    if (map.unit != "SUV") {
        refuse(fmt::format("boron map '{}' is a folder of DICOM PET, with the unit {}", map.file, map.unit),
               "from a PET in DICOM comes standardized uptake", "set unit to SUV in boron_map");
    }
    auto pet = read_pet(path, map.series_uid, warnings);
    check_inside(pet.files, folder.path());
    auto const& ct = folder.description().source;
    check_frame(pet.frame_of_reference_uid, ct.frame_of_reference_uid, map, warnings);
    if (!ct.patient_id.empty() && pet.patient.patient_id != ct.patient_id) {
        warnings.add(fmt::format("boron map '{}': the PET has another patient id than the CT", map.file),
                     "they may belong to different patients", "make sure that they belong together");
    }
    HashedInput const input{"boron map", path.filename().string(), hash_of(pet.files, path)};
    return {std::move(pet.suv), {pet.uptake, pet.files.size(), input}};
}

Json to_json(CapturePet const& pet) {
    Json json{
        {"units", pet.uptake.units}, {"slices", pet.slices}, {"SUV_per_value", pet.uptake.SUV_per_value}};
    if (auto const& from = pet.uptake.from_activity) {
        json["weight_kg"] = from->weight_kg;
        json["injected_Bq"] = from->activity_Bq;
        json["half_life_s"] = from->half_life_s;
        json["decay_correction"] = from->decay_correction;
        json["min_from_injection"] = from->min_from_injection;
        json["reference_from"] = from->reference_from;
    }
    return json;
}

report::TextTable pet_table(CapturePet const& pet) {
    report::TextTable table{"The PET of the boron map", "As its files say.", {"", ""}, {false, false}, {}};
    table.rows.push_back({"units of its values", fmt::format("{}, {} slices", pet.uptake.units, pet.slices)});
    if (auto const& from = pet.uptake.from_activity) {
        table.rows.push_back({"body weight", fmt::format("{:g} kg", from->weight_kg)});
        table.rows.push_back({"injected", fmt::format("{:.4g} MBq", 1e-6 * from->activity_Bq)});
        table.rows.push_back({"half-life", fmt::format("{:g} s", from->half_life_s)});
        table.rows.push_back(
            {"corrected for decay to", from->reference_from.empty()
                                           ? "the injection (ADMIN)"
                                           : fmt::format("{:.2f} min after the injection (START), by {}",
                                                         from->min_from_injection, from->reference_from)});
    }
    table.rows.push_back({pet.uptake.from_activity ? "SUV (body weight, g/ml) per Bq/ml"
                          : pet.uptake.units == "GML"
                              ? "SUV (body weight, g/ml) as stored, times"
                              : "SUV (body weight, g/ml) per count, by Philips (7053,1000)",
                          fmt::format("{:.6g}", pet.uptake.SUV_per_value)});
    return table;
}

} // namespace beamwright
