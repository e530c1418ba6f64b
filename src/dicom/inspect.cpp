#include "dicom/inspect.hpp"
#include "dicom/dose_in.hpp"
#include "dicom/fit.hpp"
#include "dicom/inspect_parts.hpp"
#include "dicom/plan_in.hpp"
#include <algorithm>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>

namespace beamwright {
namespace {

namespace fs = std::filesystem;

/// Collects what is found; a refusal while looking at one thing is a problem and the rest goes on.
class Inspector {
public:
    void look_at_all(std::vector<fs::path> const& paths) {
        for (auto const& path : files_under(paths)) {
            bool const named = std::find(paths.begin(), paths.end(), path) != paths.end();
            if (named || DicomFile::looks_like_dicom(path)) {
                auto const before = problems_.all().size();
                attempt([&] { look_at(path, named); });
                if (problems_.all().size() > before) {
                    unreadable_.insert(path.parent_path());
                }
            }
        }
        look_at_ct_series();
        look_at_dependent();
        if (!found_something_ && problems_.all().empty()) {
            problems_.add(
                fmt::format("nothing to use in {}", paths.empty() ? "no path" : paths.front().string()),
                objects_.empty() ? "there are no DICOM files"
                                 : "none holds a CT, structures, a plan or a dose",
                "name the files or the folder of a treatment case");
        }
    }

    Json result() const {
        Json json = top_;
        json["objects"] = objects_;
        json["problems"] = listed(problems_);
        json["warnings"] = listed(warnings_);
        return json;
    }

private:
    template <class Act> void attempt(Act&& act) {
        try {
            act();
        } catch (Refusal const& refusal) {
            problems_.add(refusal.problem, refusal.why, refusal.what_to_do);
        }
    }

    void look_at(fs::path const& path, bool named) {
        Warnings of_ct; // repeated for every image; read_ct says them once
        auto const file = DicomFile::open(path, of_ct, DicomExtent::without_pixels);
        switch (file.kind()) {
        case DicomKind::ct:
        case DicomKind::enhanced_ct:
            ct_files_[file.text_or(DCM_SeriesInstanceUID, "")].push_back(path);
            found_something_ = true;
            return;
        case DicomKind::structures:
            dependent_.emplace(0, path);
            return;
        case DicomKind::ion_plan:
        case DicomKind::photon_plan:
            dependent_.emplace(1, path);
            return;
        case DicomKind::dose:
            dependent_.emplace(2, path);
            return;
        case DicomKind::pet:
        case DicomKind::other:
            break;
        }
        add_object(file.sop_class_name(), described_header(file));
        if (named) {
            problems_.add(fmt::format("{} holds {}", file.name(), file.sop_class_name()),
                          "only CT images, RT Structure Sets, RT Ion Plans and RT Doses are used",
                          "name files that hold these");
        }
    }

    void look_at_ct_series() {
        for (auto const& [uid, files] : ct_files_) {
            bool const beside_unreadable = std::any_of(files.begin(), files.end(), [&](fs::path const& file) {
                return unreadable_.count(file.parent_path()) > 0;
            });
            try {
                auto ct = read_ct(files, {}, warnings_);
                add_object("CT", described(ct));
                top_.emplace("ct", Json(objects_.back()));
                if (!ct_) {
                    ct_ = std::move(ct);
                }
            } catch (Refusal const& refusal) {
                // A slice that cannot be read is missing from the rest: one fault, said once
                if (beside_unreadable) {
                    warnings_.add("the rest of the CT was not checked further",
                                  "files beside it cannot be read; without them: " + refusal.problem,
                                  "export those files again, then inspect again");
                } else {
                    problems_.add(refusal.problem, refusal.why, refusal.what_to_do);
                }
            }
        }
        if (ct_files_.size() > 1) {
            std::string list;
            for (auto const& [uid, files] : ct_files_) {
                list += fmt::format("{}{} ({} images)", list.empty() ? "" : "; ",
                                    uid.empty() ? "no UID" : uid, files.size());
            }
            problems_.add(fmt::format("{} CT series, but one is needed", ct_files_.size()), list,
                          "pass --series UID with one of these");
            ct_.reset(); // which one the others belong to is not known
        }
    }

    /// Structures first, then plans, then doses: each is compared with those before.
    void look_at_dependent() {
        for (auto const& [rank, path] : dependent_) {
            attempt([&, &path = path] { // clang 14 takes no structured binding by [&]
                auto const file = DicomFile::open(path, warnings_);
                Json header = described_header(file);
                // What is refused below is listed all the same, with what its header says
                add_object(file.kind() == DicomKind::dose         ? "RTDOSE"
                           : file.kind() == DicomKind::structures ? "RTSTRUCT"
                           : file.kind() == DicomKind::ion_plan   ? "RT Ion Plan"
                                                                  : "RT Plan",
                           header);
                look_inside(file, objects_.size() - 1);
            });
        }
    }

    void look_inside(DicomFile const& file, std::size_t index) {
        if (file.kind() == DicomKind::structures) {
            auto structures = read_structures(file);
            found_something_ = true;
            objects_[index].update(described(structures, ct_ ? ct_->hu.grid.spacing_mm.z : 0, warnings_));
            top_.emplace("structures", Json(objects_[index]["structures"]));
            if (!structures_) {
                structures_ = structures;
            }
            if (ct_) {
                attempt([&] { check_structures_fit_ct(structures, *ct_, {}, warnings_); });
            }
        } else if (file.kind() == DicomKind::dose) {
            auto const dose = read_rtdose(file);
            found_something_ = true;
            objects_[index].update(described(dose));
            top_.emplace("dose", Json(objects_[index]));
            if (ct_) {
                check_dose_belongs(dose, file.name(), ct_->frame_of_reference_uid, plan_uid_, warnings_);
            } else if (!plan_uid_.empty() && dose.plan_uid != plan_uid_) {
                check_dose_belongs(dose, file.name(), dose.frame_of_reference_uid, plan_uid_, warnings_);
            }
        } else {
            auto const plan = read_ion_plan(file);
            found_something_ = true;
            objects_[index].update(described(plan));
            top_.emplace("plan", Json(objects_[index]));
            plan_uid_ = plan_uid_.empty() ? plan.sop_instance_uid : plan_uid_;
            if (ct_) {
                attempt([&] {
                    (void)fitted_to_ct(plan, read_patient_study(file), *ct_,
                                       structures_ ? &*structures_ : nullptr, {}, warnings_);
                });
            }
        }
    }

    void add_object(std::string const& kind, Json const& description) {
        Json object{{"kind", kind}};
        object.update(description);
        objects_.push_back(std::move(object));
    }

    static Json listed(Warnings const& all) {
        Json list = Json::array();
        for (auto const& one : all.all()) {
            list.push_back({{"problem", cleaned_utf8(one.problem).utf8},
                            {"why", cleaned_utf8(one.why).utf8},
                            {"do", cleaned_utf8(one.what_to_do).utf8}});
        }
        return list;
    }

    Json objects_ = Json::array(), top_ = Json::object();
    Warnings problems_, warnings_;
    std::map<std::string, std::vector<fs::path>> ct_files_;
    std::set<fs::path> unreadable_;          ///< folders of files that cannot be used
    std::multimap<int, fs::path> dependent_; ///< in the order in which they are looked at
    std::optional<CtSeries> ct_;
    std::optional<StructuresIn> structures_;
    std::string plan_uid_;
    bool found_something_ = false;
};

} // namespace

Json inspect(std::vector<fs::path> const& paths) {
    Inspector inspector;
    inspector.look_at_all(paths);
    return inspector.result();
}

} // namespace beamwright
