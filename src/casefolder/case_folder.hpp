/// A case on disk: a folder of plain files that other tools open as they are. docs/formats/case.md
#pragma once
#include "casefolder/capture_file.hpp"
#include "casefolder/case_description.hpp"
#include "core/run_record.hpp"
#include "machine/treatment/plan.hpp"
#include "patient/structures.hpp"
#include <filesystem>
#include <string>
#include <vector>

namespace beamwright {

/// Whether a finished result was made from exactly these inputs and settings.
struct ResultState {
    enum class Kind { absent, matches, differs };
    Kind kind = Kind::absent;
    std::vector<std::string> differences; ///< what differs, in words; empty unless `differs`
};

class CaseFolder {
public:
    /// Makes the folder (and its parents) with a case.json. \throws Refusal if it already holds a case.
    static CaseFolder create(std::filesystem::path const& folder, CaseDescription const& description);
    /// \throws Refusal if the folder or its case.json is missing or wrong; other files are read when asked
    /// for.
    static CaseFolder open(std::filesystem::path const& folder);
    static bool is_case(std::filesystem::path const& folder);

    std::filesystem::path const& path() const { return folder_; }
    CaseDescription const& description() const { return description_; }
    void save(CaseDescription const& description); ///< rewrites case.json

    std::filesystem::path ct_path() const { return file(description_.ct_file, "a CT"); }
    std::filesystem::path structures_path() const { return file(description_.structures_file, "structures"); }
    std::filesystem::path plan_path() const { return file(description_.plan_file, "a plan"); }
    std::filesystem::path capture_path() const {
        return file(description_.capture_file, "a capture irradiation");
    }
    bool has_structures() const { return !description_.structures_file.empty(); }
    bool has_plan() const { return !description_.plan_file.empty(); }

    bool has_capture() const { return !description_.capture_file.empty(); }

    StructureSet structures() const;
    Plan plan() const;
    CapturePlan capture() const;
    void write_structures(StructureSet const& set) const;
    void write_plan(Plan const& plan) const;
    void write_capture(CapturePlan const& plan) const;

    /// All that must hold between the files: they exist and are readable, and the names in case.json exist.
    void validate(Warnings& warnings) const;

    /// case.json, CT, structures and the plan (or, for a neutron dose, the capture irradiation) with their SHA-256.
    enum class InputsOf { protons, capture };
    std::vector<HashedInput> inputs(InputsOf modality = InputsOf::protons) const;

    /// results/NAME; a name is 1 to 64 letters, digits, '.', '_' or '-' and does not begin with '.' or '-'.
    std::filesystem::path result_path(std::string const& name) const;
    /// Where a run of that name keeps its checkpoint: checkpoints/NAME.bwcheck (the folder exists on return).
    std::filesystem::path checkpoint_path(std::string const& name) const;
    /// Finished results, sorted by name.
    std::vector<std::string> result_names() const;
    /// Compares results/NAME/run.json with the run that is wanted: version, verb, seed, target, inputs, and
    /// `details["settings"]`; and that the files it lists are there with their sizes.
    ResultState result_state(std::string const& name, RunRecord const& wanted) const;

private:
    CaseFolder(std::filesystem::path folder, CaseDescription description);
    std::filesystem::path file(std::string const& name, char const* what) const;
    std::filesystem::path folder_;
    CaseDescription description_;
};

/// File name of one beam's dose; made from its number, never from its name: "dose_beam_2.nrrd".
std::string beam_dose_file(int beam_number);

} // namespace beamwright
