#include "dicom/file.hpp"
#include "core/atomic_file.hpp"
#include "dicom/precheck.hpp"
#include <algorithm>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmdata/dcxfer.h>
#include <dcmtk/oflog/oflog.h>
#include <fmt/format.h>
#include <fstream>

namespace beamwright {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t most_files = 100'000;

/// The dataset as DCMTK's tree; the bytes have passed the walk.
std::unique_ptr<DcmDataset> parse(std::string_view bytes, E_TransferSyntax syntax, std::string const& name) {
    auto dataset = std::make_unique<DcmDataset>();
    if (bytes.empty()) {
        return dataset;
    }
    DcmInputBufferStream stream;
    stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
    stream.setEos();
    dataset->transferInit();
    OFCondition const condition = dataset->read(stream, syntax);
    dataset->transferEnd();
    if (condition.bad() && condition != EC_EndOfStream) {
        refuse(fmt::format("{} cannot be read as DICOM", name),
               fmt::format("the parser says: {}", condition.text()),
               "export the file again from the system that wrote it");
    }
    return dataset;
}

/// The dataset bytes in a form that DCMTK parses: inflated where deflated, without pixels where not wanted.
struct Prepared {
    std::string owned;
    std::string_view bytes;
    E_TransferSyntax syntax;
};

Prepared prepare(std::string_view all, precheck::Layout const& layout, DicomExtent extent,
                 std::string const& name, Warnings& warnings) {
    DcmXfer xfer(layout.transfer_syntax_uid.c_str());
    if (xfer.getXfer() == EXS_Unknown || xfer.getXfer() == EXS_PrivateGE_LEI_WithBigEndianPixelData) {
        refuse(fmt::format("{}: transfer syntax {} is not known", name,
                           cleaned_utf8(layout.transfer_syntax_uid).utf8),
               "how the file is coded (TransferSyntaxUID 0002,0010) decides how it is read",
               "export it as explicit VR little endian");
    }
    Prepared prepared{{}, all.substr(layout.dataset_at), xfer.getXfer()};
    if (xfer.getStreamCompression() != ESC_none) {
        prepared.owned = precheck::inflated(prepared.bytes, name);
        prepared.bytes = prepared.owned;
        prepared.syntax = EXS_LittleEndianExplicit;
    }
    auto const walked = precheck::walk(prepared.bytes, xfer.isExplicitVR(), xfer.isBigEndian(), name);
    if (walked.out_of_order > 0) {
        warnings.add(fmt::format("{}: {} elements are out of order", name, walked.out_of_order),
                     "the standard wants them ascending");
    }
    prepared.bytes =
        prepared.bytes.substr(0, extent == DicomExtent::whole ? walked.end : walked.pixel_data_at);
    return prepared;
}

} // namespace

void set_up_dcmtk() {
    static bool const done = [] {
        OFLog::configure(OFLogger::OFF_LOG_LEVEL);
        return dcmDataDict.isDictionaryLoaded();
    }();
    if (!done) {
        refuse("the DICOM dictionary is missing", "DCMTK did not find its file dicom.dic",
               "install the package libdcmtk17 again, or set DCMDICTPATH to the dictionary");
    }
}

DicomFile::DicomFile() = default;
DicomFile::~DicomFile() = default;
DicomFile::DicomFile(DicomFile&&) noexcept = default;
DicomFile& DicomFile::operator=(DicomFile&&) noexcept = default;

DicomFile DicomFile::open(fs::path const& file, Warnings& warnings, DicomExtent extent) {
    return from_bytes(read_file(file, precheck::most_file_bytes), file.string(), warnings, extent);
}

DicomFile DicomFile::from_bytes(std::string const& bytes, std::string const& name, Warnings& warnings,
                                DicomExtent extent) {
    set_up_dcmtk();
    auto const layout = precheck::find_layout(bytes, name);
    auto const prepared = prepare(bytes, layout, extent, name, warnings);
    DicomFile file;
    file.name_ = name;
    file.transfer_syntax_uid_ = layout.transfer_syntax_uid;
    file.dataset_ = parse(prepared.bytes, prepared.syntax, name);
    file.item_ = file.dataset_.get();
    file.shared_ = std::make_shared<Shared const>(Shared{name, &warnings});
    file.read_character_set();
    file.sop_class_uid_ = file.text_or(DCM_SOPClassUID, layout.sop_class_uid);
    if (!layout.sop_class_uid.empty() && layout.sop_class_uid != file.sop_class_uid_) {
        char const* const claimed = dcmFindNameOfUID(layout.sop_class_uid.c_str());
        refuse(fmt::format("{} claims to be one thing and holds another", name),
               fmt::format("the file header says {}, the dataset says {}",
                           claimed ? claimed : cleaned_utf8(layout.sop_class_uid).utf8,
                           file.sop_class_name()),
               "export the file again from the system that wrote it");
    }
    return file;
}

bool DicomFile::looks_like_dicom(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    std::string head(132, '\0');
    in.read(head.data(), 132);
    head.resize(static_cast<std::size_t>(in.gcount()));
    if (head.size() == 132 && head.substr(128) == "DICM") {
        return true;
    }
    auto const starts = [&](std::string_view mark) { return std::string_view(head).starts_with(mark); };
    bool const little = starts({"\x08\0", 2}) || starts({"\x02\0", 2});
    return head.size() >= 8 && (starts("DICM") || (little && head[3] == '\0') || starts({"\0\x08\0", 3}));
}

std::string DicomFile::sop_class_name() const {
    char const* const known = dcmFindNameOfUID(sop_class_uid_.c_str());
    return sop_class_uid_.empty() ? "no SOP class" : (known ? known : sop_class_uid_);
}

std::string DicomFile::transfer_syntax_name() const {
    char const* const known = dcmFindNameOfUID(transfer_syntax_uid_.c_str());
    return known ? known : transfer_syntax_uid_;
}

DicomKind DicomFile::kind() const {
    static std::pair<char const*, DicomKind> const kinds[] = {
        {UID_CTImageStorage, DicomKind::ct},
        {UID_EnhancedCTImageStorage, DicomKind::enhanced_ct},
        {UID_LegacyConvertedEnhancedCTImageStorage, DicomKind::enhanced_ct},
        {UID_PositronEmissionTomographyImageStorage, DicomKind::pet},
        {UID_RTStructureSetStorage, DicomKind::structures},
        {UID_RTIonPlanStorage, DicomKind::ion_plan},
        {UID_RTPlanStorage, DicomKind::photon_plan},
        {UID_RTDoseStorage, DicomKind::dose},
    };
    for (auto const& [uid, kind] : kinds) {
        if (sop_class_uid_ == uid) {
            return kind;
        }
    }
    return DicomKind::other;
}

void DicomFile::expect_kind(DicomKind wanted) const {
    if (kind() != wanted) {
        refuse(fmt::format("{} is not {}", name_, name_of(wanted)),
               fmt::format("it holds {}", sop_class_name()),
               fmt::format("name a file that holds {}", name_of(wanted)));
    }
}

char const* name_of(DicomKind kind) {
    switch (kind) {
    case DicomKind::ct:
        return "a CT image";
    case DicomKind::enhanced_ct:
        return "an enhanced CT image";
    case DicomKind::pet:
        return "a PET image";
    case DicomKind::structures:
        return "an RT Structure Set";
    case DicomKind::ion_plan:
        return "an RT Ion Plan";
    case DicomKind::photon_plan:
        return "an RT Plan (photons or electrons)";
    case DicomKind::dose:
        return "an RT Dose";
    case DicomKind::other:
        break;
    }
    return "another object";
}

std::vector<fs::path> files_under(std::vector<fs::path> const& paths) {
    std::vector<fs::path> files;
    auto const add = [&](fs::path const& file) {
        files.push_back(file);
        if (files.size() > most_files) {
            refuse(fmt::format("more than {} files to look through", most_files), "that is no study",
                   "name the folder of one study");
        }
    };
    for (auto const& path : paths) {
        std::error_code error;
        if (fs::is_regular_file(path, error)) {
            add(path);
        } else if (fs::is_directory(path, error)) {
            auto const quiet = fs::directory_options::skip_permission_denied;
            for (auto it = fs::recursive_directory_iterator(path, quiet, error);
                 it != fs::recursive_directory_iterator(); it.increment(error)) {
                if (!error && it->is_regular_file(error)) {
                    add(it->path());
                }
            }
        } else {
            refuse(fmt::format("{} does not exist", path.string()), "it is neither a file nor a folder",
                   "check the name");
        }
    }
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
    return files;
}

} // namespace beamwright
