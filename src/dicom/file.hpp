/// A DICOM file opened safely: lengths are checked before DCMTK sees them, and every read is checked and
/// named.
#pragma once
#include "core/refusal.hpp"
#include "dicom/text.hpp"
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctagkey.h>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

class DcmDataset;
class DcmElement;
class DcmItem;

namespace beamwright {

/// The SOP classes that beamwright knows; the rest is `other`.
enum class DicomKind { ct, enhanced_ct, pet, structures, ion_plan, photon_plan, dose, other };

/// A dataset or an item of a sequence inside an open file. A light handle: valid while its DicomFile lives.
/// Every complaint names file, sequence path, element and value. Numbers are finite, text is UTF-8 and
/// trimmed.
class DicomItem {
public:
    bool has(DcmTagKey tag) const;     ///< present with a value
    bool present(DcmTagKey tag) const; ///< present, maybe empty

    std::string text(DcmTagKey tag) const; ///< required and not empty; first value
    std::string text_or(DcmTagKey tag, std::string const& other) const; ///< first value, or `other`
    std::vector<std::string> texts(DcmTagKey tag) const; ///< all values; none if absent or empty

    double number(DcmTagKey tag) const; ///< required; exactly one value
    double number_or(DcmTagKey tag, double other) const;
    std::optional<double> find_number(DcmTagKey tag) const;
    std::vector<double> numbers(DcmTagKey tag) const; ///< all values; none if absent or empty
    /// required; refused if not `count` values
    std::vector<double> numbers(DcmTagKey tag, std::size_t count) const;

    long integer(DcmTagKey tag) const; ///< required; refused if it is no whole number
    long integer_or(DcmTagKey tag, long other) const;
    std::optional<long> find_integer(DcmTagKey tag) const;

    std::vector<DicomItem> items(DcmTagKey sequence) const; ///< none if absent or empty
    DicomItem first_item(DcmTagKey sequence) const;         ///< required

    /// "plan.dcm: IonBeamSequence[1] > IonControlPointSequence[4]"; numbers in brackets count from 1.
    std::string where() const;
    /// Refuses an element: "<where>: <name> (gggg,eeee) <problem>".
    [[noreturn]] void refuse_element(DcmTagKey tag, std::string const& problem, std::string why,
                                     std::string what_to_do) const;
    void warn_element(DcmTagKey tag, std::string const& problem, std::string why,
                      std::string what_to_do = {}) const;
    Warnings& warnings() const;

    DcmItem& dcmtk() const { return *item_; }

private:
    friend class DicomFile;
    struct Shared {
        std::string name;
        Warnings* warnings;
    };
    DcmElement* find(DcmTagKey tag) const;
    std::string raw_text(DcmTagKey tag, DcmElement& element) const;
    std::string decoded(DcmTagKey tag, DcmElement& element) const;
    std::vector<double> parsed(DcmTagKey tag, DcmElement& element) const;
    void read_character_set();

    DcmItem* item_ = nullptr;
    std::shared_ptr<Shared const> shared_;
    std::shared_ptr<CharacterSet const> character_set_;
    std::shared_ptr<DicomItem const> parent_;
    DcmTagKey sequence_;
    std::size_t position_ = 0; ///< in its sequence, from 1
};

/// What to read of a file.
enum class DicomExtent { whole, without_pixels };

/// An open file. Reads with or without preamble, implicit and explicit VR, big endian, deflated.
class DicomFile : public DicomItem {
public:
    /// \throws Refusal for what is no DICOM, truncated, lying about lengths, or over the limits of
    /// limits.hpp. `warnings` must live as long as the file.
    static DicomFile open(std::filesystem::path const& file, Warnings& warnings,
                          DicomExtent extent = DicomExtent::whole);
    /// The same on bytes in memory; `name` appears in messages.
    static DicomFile from_bytes(std::string const& bytes, std::string const& name, Warnings& warnings,
                                DicomExtent extent = DicomExtent::whole);
    /// True if the first bytes look like DICOM (with or without preamble). Never throws on contents.
    static bool looks_like_dicom(std::filesystem::path const& file);

    ~DicomFile();
    DicomFile(DicomFile&&) noexcept;
    DicomFile& operator=(DicomFile&&) noexcept;

    std::string const& name() const { return name_; }                   ///< file name for messages
    std::string const& sop_class_uid() const { return sop_class_uid_; } ///< empty if the file does not say
    std::string sop_class_name() const;                                 ///< "CTImageStorage", or the UID
    std::string transfer_syntax_uid() const { return transfer_syntax_uid_; }
    std::string transfer_syntax_name() const;
    DicomKind kind() const;
    /// Refuses a file of another kind, naming what was found.
    void expect_kind(DicomKind wanted) const;
    DcmDataset& dataset() const { return *dataset_; }

private:
    DicomFile();
    std::string name_, sop_class_uid_, transfer_syntax_uid_;
    std::unique_ptr<DcmDataset> dataset_;
};

/// Silences DCMTK's own messages and checks that it found its dictionary. Called by every reader and writer.
void set_up_dcmtk();

char const* name_of(DicomKind kind); ///< "RT Ion Plan", ...

/// Every regular file named by `paths` (files, or folders searched through), in a stable order.
/// \throws Refusal for a path that is absent, or for more than 100,000 files.
std::vector<std::filesystem::path> files_under(std::vector<std::filesystem::path> const& paths);

} // namespace beamwright
