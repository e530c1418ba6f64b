/// CT calibrations: from Hounsfield units to tissue. docs/methods/ct_calibration.md
#pragma once
#include "core/json.hpp"
#include "core/refusal.hpp"
#include "tables/material.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

struct HuPoint {
    double hu = 0;
    double value = 0; ///< density in g/cm3 or relative stopping power
};

/// Composition from `from_HU` up to the next bin.
struct HuBin {
    double from_HU = 0;
    Material material;
};

/// A scanner that a calibration belongs to; empty or 0 matches any.
struct ScannerPattern {
    std::string manufacturer, model;
    double kvp = 0;
};

struct Calibration {
    std::string name, description;
    std::vector<std::string> sources;
    double least_hu = 0, most_hu = 0;    ///< stated limits
    bool clamp = false;                  ///< HU outside: taken as the limit, else refused
    std::optional<double> warn_above_hu; ///< metal and teeth: counted and said
    bool curve_is_stopping_power = false;
    double energy_MeV = 100;    ///< of the relative stopping power
    std::vector<HuPoint> curve; ///< HU ascending, linear between points
    std::vector<HuBin> bins;    ///< from_HU ascending; the first reaches down to the least HU
    std::vector<ScannerPattern> scanners;
};

/// JSON of this program (.json), HU table (.csv with the columns HU and density_g_per_cm3 or
/// relative_stopping_power; compositions of schneider2000), or a folder with MCsquare's text pair. \throws
/// Refusal
Calibration load_calibration(std::filesystem::path const& file_or_folder);
/// By shipped name or by path. \throws Refusal listing the names that exist
Calibration find_calibration(std::string const& name_or_path);

Calibration calibration_from_json(JsonReader const& json);
Calibration calibration_from_csv(std::filesystem::path const& file);
/// HU_Density_Conversion.txt and HU_Material_Conversion.txt; the material list (list.dat, "number name") is
/// optional: without it the numbers are those of MCsquare's own list.
Calibration calibration_from_mcsquare(std::filesystem::path const& density_file,
                                      std::filesystem::path const& material_file,
                                      std::optional<std::filesystem::path> const& material_list = {});

/// A file's content with the name that messages give it.
struct NamedText {
    std::string name, text;
};
Calibration calibration_from_csv_text(NamedText const& table);
Calibration calibration_from_mcsquare_text(NamedText const& density, NamedText const& material,
                                           std::optional<NamedText> const& material_list = {});

Json calibration_to_json(Calibration const& calibration);
/// \throws Refusal naming `source` for a curve or bins that do not rise, values that are not positive, wrong
/// limits
void check_calibration(Calibration const& calibration, std::string const& source);

/// The scanner as the CT names it.
struct ScannerInfo {
    std::string manufacturer, model;
    double kvp = 0;
};
/// What a job asks: the named calibration (name or path), else the shipped one that is mapped to the scanner.
/// \throws Refusal listing the names that exist when neither is given
Calibration calibration_for(std::optional<std::string> const& name_or_path, ScannerInfo const& scanner);

} // namespace beamwright
