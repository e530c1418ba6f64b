#include "casefolder/case_folder.hpp"
#include "casefolder/plan_file.hpp"
#include "casefolder/structures_file.hpp"
#include "core/atomic_file.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

constexpr auto case_file = "case.json";

std::string pretty(Json const& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void make_folder(fs::path const& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed || !fs::is_directory(folder)) {
        refuse(fmt::format("cannot make the folder '{}'", folder.string()),
               failed ? failed.message() : "a file of that name is in the way",
               "choose a folder that you may write to");
    }
}

bool plain_name(std::string const& name) {
    auto const allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= 64 && name[0] != '.' && name[0] != '-' &&
           std::all_of(name.begin(), name.end(), allowed);
}

void check_name(std::string const& name) {
    if (!plain_name(name)) {
        refuse(fmt::format("'{}' cannot name a result", name),
               "a name is 1 to 64 letters (a-z), digits, '.', '_' or '-' and does not begin with '.' or '-'",
               "choose another name");
    }
}

/// The EXTERNAL or named body, goals, overrides and prescription must name structures that exist.
void check_names(CaseDescription const& c, StructureSet const& set, std::string const& file,
                 Warnings& warnings) {
    auto const check = [&](std::string const& name, std::string const& where) {
        try {
            structure_named(set, name);
        } catch (Refusal const& error) {
            refuse(fmt::format("{}: {}: {}", file, where, error.problem), error.why, error.what_to_do);
        }
        auto const same = std::count_if(set.structures.begin(), set.structures.end(),
                                        [&](Structure const& s) { return s.name == name; });
        if (same > 1) {
            warnings.add(fmt::format("{}: {}: {} structures are named '{}'", file, where, same, name),
                         "the first of them is meant", "rename the others if that is wrong");
        }
    };
    if (!c.body_structure.empty()) {
        check(c.body_structure, "$.body_structure");
    }
    if (c.prescription) {
        check(c.prescription->structure, "$.prescription.structure");
    }
    for (std::size_t i = 0; i < c.goals.size(); ++i) {
        check(c.goals[i].structure, fmt::format("$.goals[{}].structure", i));
    }
    for (std::size_t i = 0; i < c.overrides.size(); ++i) {
        check(c.overrides[i].structure, fmt::format("$.overrides[{}].structure", i));
    }
    if (body_structure(set, c.body_structure) == nullptr) {
        warnings.add(
            fmt::format("{}: no structure is the outer contour", file),
            "none is named in 'body_structure' and none has the type EXTERNAL",
            "name it in 'body_structure', so that what lies outside (couch, mask) can be told apart");
    }
}

void compare_inputs(Json const& found, std::vector<HashedInput> const& wanted,
                    std::vector<std::string>& differences) {
    std::size_t matched = 0;
    for (auto const& input : wanted) {
        bool known = false, same = false;
        for (auto const& other : found) {
            if (other.is_object() && other.value("role", "") == input.role) {
                known = true;
                same = same || other.value("sha256", "") == input.sha256;
            }
        }
        matched += same;
        if (!same) {
            differences.push_back(
                fmt::format("{} '{}' {}", input.role, input.name, known ? "has changed" : "is new"));
        }
    }
    if (matched == wanted.size() && found.size() != wanted.size()) {
        differences.emplace_back("it used inputs that this run would not use");
    }
}

void check_outputs(Json const& outputs, fs::path const& folder, std::vector<std::string>& differences) {
    for (auto const& output : outputs) {
        std::string const name = output.is_object() ? output.value("name", "") : "";
        std::error_code failed;
        if (!plain_name(name) ||
            fs::file_size(folder / name, failed) != output.value("bytes", std::uint64_t{0}) || failed) {
            differences.push_back(fmt::format("its file '{}' is missing or has another size", name));
        }
    }
}

} // namespace

CaseFolder::CaseFolder(fs::path folder, CaseDescription description)
    : folder_(std::move(folder)), description_(std::move(description)) {}

bool CaseFolder::is_case(fs::path const& folder) {
    std::error_code failed;
    return fs::is_regular_file(folder / case_file, failed);
}

CaseFolder CaseFolder::create(fs::path const& folder, CaseDescription const& description) {
    if (is_case(folder)) {
        refuse(fmt::format("'{}' already holds a case", folder.string()), "nothing is written over",
               "choose another folder, or remove that one yourself");
    }
    make_folder(folder);
    CaseFolder made(folder, {});
    made.save(description);
    return made;
}

CaseFolder CaseFolder::open(fs::path const& folder) {
    if (!is_case(folder)) {
        refuse(fmt::format("'{}' is not a case", folder.string()), "it holds no case.json",
               "give the folder of a case, or make one with 'beamwright import'");
    }
    return {folder, case_from_json(JsonReader::from_file(folder / case_file))};
}

void CaseFolder::save(CaseDescription const& description) {
    std::string const text = pretty(to_json(description));
    // What is written must read back: a wrong description stops here, not when the case is opened again
    auto const again = case_from_json(JsonReader::from_text(text, (folder_ / case_file).string()));
    write_atomically(folder_ / case_file, text);
    description_ = again;
}

fs::path CaseFolder::file(std::string const& name, char const* what) const {
    if (name.empty()) {
        refuse(fmt::format("the case '{}' has no file for {}", description_.label, what),
               fmt::format("case.json in '{}' names none", folder_.string()), "import it first");
    }
    // A link inside the folder must not lead out of it either
    std::error_code failed;
    auto const home = fs::weakly_canonical(folder_, failed);
    auto const real = fs::weakly_canonical(folder_ / name, failed);
    auto const inside = real.lexically_relative(home);
    if (failed || inside.empty() || *inside.begin() == "..") {
        refuse(fmt::format("'{}' leads out of the case '{}'", name, folder_.string()),
               "a case holds its own files; links that lead out of the folder are not followed",
               "copy the file into the case folder");
    }
    return folder_ / name;
}

StructureSet CaseFolder::structures() const {
    return structures_from_json(JsonReader::from_file(structures_path()));
}
Plan CaseFolder::plan() const { return plan_from_json(JsonReader::from_file(plan_path())); }
void CaseFolder::write_structures(StructureSet const& set) const {
    write_atomically(structures_path(), structures_to_text(set));
}
void CaseFolder::write_plan(Plan const& plan) const { write_atomically(plan_path(), plan_to_text(plan)); }
CapturePlan CaseFolder::capture() const { return capture_from_json(JsonReader::from_file(capture_path())); }
void CaseFolder::write_capture(CapturePlan const& plan) const {
    write_atomically(capture_path(), capture_to_text(plan));
}

void CaseFolder::validate(Warnings& warnings) const {
    std::string const file = (folder_ / case_file).string();
    std::error_code failed;
    if (!fs::is_regular_file(ct_path(), failed)) {
        refuse(fmt::format("{}: the CT '{}' is missing", file, description_.ct_file),
               "no such file in the case folder", "put it back, or import the case again");
    }
    if (has_structures()) {
        check_names(description_, structures(), file, warnings);
    } else if (description_.prescription || !description_.goals.empty() || !description_.overrides.empty()) {
        refuse(fmt::format("{}: structures are named but there are none", file), "'structures_file' is empty",
               "import the structures, or remove prescription, goals and overrides");
    }
    if (has_plan() && plan().beams.empty()) {
        warnings.add(fmt::format("{}: the plan has no beams", file), "nothing would be calculated",
                     "import a plan");
    }
}

std::vector<HashedInput> CaseFolder::inputs(InputsOf modality) const {
    RunRecord record;
    record.add_input("case", folder_ / case_file);
    record.add_input("ct", ct_path());
    if (has_structures()) {
        record.add_input("structures", structures_path());
    }
    if (modality == InputsOf::protons && has_plan()) {
        record.add_input("plan", plan_path());
    }
    if (modality == InputsOf::capture && has_capture()) {
        record.add_input("capture", capture_path());
    }
    return record.inputs;
}

fs::path CaseFolder::result_path(std::string const& name) const {
    check_name(name);
    return folder_ / "results" / name;
}

fs::path CaseFolder::checkpoint_path(std::string const& name) const {
    check_name(name);
    make_folder(folder_ / "checkpoints");
    return folder_ / "checkpoints" / (name + ".bwcheck");
}

std::vector<std::string> CaseFolder::result_names() const {
    std::vector<std::string> names;
    std::error_code failed;
    for (auto const& entry : fs::directory_iterator(folder_ / "results", failed)) {
        std::string const name = entry.path().filename().string();
        if (plain_name(name) && fs::is_regular_file(entry.path() / "run.json", failed)) {
            names.push_back(name);
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

ResultState CaseFolder::result_state(std::string const& name, RunRecord const& wanted) const {
    fs::path const folder = result_path(name);
    std::error_code failed;
    if (!fs::is_regular_file(folder / "run.json", failed)) {
        return {};
    }
    ResultState state{ResultState::Kind::differs, {}};
    Json const found = JsonReader::from_file(folder / "run.json").raw();
    Json const asked = wanted.to_json();
    auto const of = [](Json const& json, char const* key) {
        return json.is_object() ? json.value(key, Json()) : Json();
    };
    for (auto const* key : {"version", "verb", "seed", "target", "settings"}) {
        if (of(found, key) != of(asked, key)) {
            state.differences.push_back(
                fmt::format("{} was {}, now {}", key, of(found, key).dump(), of(asked, key).dump()));
        }
    }
    compare_inputs(of(found, "inputs"), wanted.inputs, state.differences);
    check_outputs(of(found, "outputs"), folder, state.differences);
    if (state.differences.empty()) {
        state.kind = ResultState::Kind::matches;
    }
    return state;
}

std::string beam_dose_file(int beam_number) { return fmt::format("dose_beam_{}.nrrd", beam_number); }

} // namespace beamwright
