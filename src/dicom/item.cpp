// The checked getters of DicomItem.
#include "dicom/file.hpp"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcelem.h>
#include <dcmtk/dcmdata/dcitem.h>
#include <dcmtk/dcmdata/dcsequen.h>
#include <fmt/format.h>

namespace beamwright {
namespace {

constexpr char const* export_again = "export the file again from the system that wrote it";

std::string tag_name(DcmTagKey key) {
    DcmTag tag(key);
    return fmt::format("{} ({:04X},{:04X})", tag.getTagName(), key.getGroup(), key.getElement());
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank(" \t\r\n\0", 5);
    auto const first = text.find_first_not_of(blank);
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// A value for a message: clean, at most 60 characters.
std::string shown(std::string_view raw) {
    auto text = cleaned_utf8(raw.substr(0, 60)).utf8;
    return "'" + text + (raw.size() > 60 ? "...'" : "'");
}

bool is_text(DcmEVR vr) {
    static constexpr DcmEVR texts[] = {EVR_AE, EVR_AS, EVR_CS, EVR_DA, EVR_DS, EVR_DT, EVR_IS, EVR_LO, EVR_LT,
                                       EVR_PN, EVR_SH, EVR_ST, EVR_TM, EVR_UC, EVR_UI, EVR_UR, EVR_UT};
    return std::find(std::begin(texts), std::end(texts), vr) != std::end(texts);
}

/// Texts that a character set changes; the others are ASCII by the standard.
bool has_character_set(DcmEVR vr) {
    return vr == EVR_LO || vr == EVR_LT || vr == EVR_PN || vr == EVR_SH || vr == EVR_ST || vr == EVR_UC ||
           vr == EVR_UT;
}

bool is_bytes(DcmEVR vr) { return vr == EVR_UN || vr == EVR_UNKNOWN || vr == EVR_UNKNOWN2B; }

/// What VR the dictionary gives where the file says UN.
DcmEVR meant_vr(DcmTagKey key, DcmElement& element) {
    DcmEVR const vr = element.getTag().getEVR();
    return is_bytes(vr) ? DcmTag(key).getEVR() : vr;
}

template <class T> std::vector<double> as_doubles(T const* values, std::size_t count) {
    return values == nullptr ? std::vector<double>{} : std::vector<double>(values, values + count);
}

/// Binary numbers through DCMTK; false if the VR holds none.
bool binary_numbers(DcmElement& element, std::vector<double>& out) {
    std::size_t const bytes = element.getLength();
    auto const take = [&]<class T>(T* values) {
        out = as_doubles(values, bytes / sizeof(T));
        return true;
    };
    Float32* f32 = nullptr;
    Float64* f64 = nullptr;
    Uint16* u16 = nullptr;
    Sint16* s16 = nullptr;
    Uint32* u32 = nullptr;
    Sint32* s32 = nullptr;
    switch (element.getTag().getEVR()) {
    case EVR_FL:
    case EVR_OF:
        return element.getFloat32Array(f32).good() && take(f32);
    case EVR_FD:
    case EVR_OD:
        return element.getFloat64Array(f64).good() && take(f64);
    case EVR_US:
    case EVR_xs:
        return element.getUint16Array(u16).good() && take(u16);
    case EVR_SS:
        return element.getSint16Array(s16).good() && take(s16);
    case EVR_UL:
        return element.getUint32Array(u32).good() && take(u32);
    case EVR_SL:
        return element.getSint32Array(s32).good() && take(s32);
    default:
        return false;
    }
}

} // namespace

DcmElement* DicomItem::find(DcmTagKey tag) const {
    DcmElement* element = nullptr;
    return item_->findAndGetElement(tag, element).good() ? element : nullptr;
}

bool DicomItem::present(DcmTagKey tag) const { return find(tag) != nullptr; }

bool DicomItem::has(DcmTagKey tag) const {
    auto* const element = find(tag);
    if (element == nullptr) {
        return false;
    }
    if (auto* const sequence = dynamic_cast<DcmSequenceOfItems*>(element)) {
        return sequence->card() > 0;
    }
    if (!is_text(meant_vr(tag, *element))) {
        return element->getLength() > 0;
    }
    return !trimmed(raw_text(tag, *element)).empty();
}

Warnings& DicomItem::warnings() const { return *shared_->warnings; }

std::string DicomItem::where() const {
    if (parent_ == nullptr) {
        return shared_->name;
    }
    std::string const above = parent_->where();
    return fmt::format("{}{}{}[{}]", above, parent_->parent_ ? " > " : ": ", DcmTag(sequence_).getTagName(),
                       position_);
}

void DicomItem::refuse_element(DcmTagKey tag, std::string const& problem, std::string why,
                               std::string what_to_do) const {
    refuse(fmt::format("{}{}{} {}", where(), parent_ ? " > " : ": ", tag_name(tag), problem), std::move(why),
           std::move(what_to_do));
}

void DicomItem::warn_element(DcmTagKey tag, std::string const& problem, std::string why,
                             std::string what_to_do) const {
    warnings().add(fmt::format("{}{}{} {}", where(), parent_ ? " > " : ": ", tag_name(tag), problem),
                   std::move(why), std::move(what_to_do));
}

std::string DicomItem::raw_text(DcmTagKey tag, DcmElement& element) const {
    if (is_bytes(element.getTag().getEVR()) && is_text(DcmTag(tag).getEVR())) {
        Uint8* bytes = nullptr;
        if (element.getUint8Array(bytes).good() && bytes != nullptr) {
            return {reinterpret_cast<char const*>(bytes), element.getLength()};
        }
        return {};
    }
    char* text = nullptr;
    Uint32 length = 0;
    if (!is_text(element.getTag().getEVR()) || element.getString(text, length).bad()) {
        refuse_element(
            tag, fmt::format("has value representation {}", DcmVR(element.getTag().getEVR()).getVRName()),
            "text is needed here", export_again);
    }
    return text == nullptr ? std::string{} : std::string(text, length);
}

std::string DicomItem::decoded(DcmTagKey tag, DcmElement& element) const {
    std::string const raw = raw_text(tag, element);
    // The name of the character set itself is read before there is one
    bool const named = character_set_ && has_character_set(meant_vr(tag, element));
    auto const result = named ? character_set_->decode(raw) : cleaned_utf8(raw);
    if (result.replaced) {
        warn_element(tag,
                     fmt::format("holds characters that cannot be read, shown as {}", shown(result.utf8)),
                     "they are not part of the character set that the file names (0008,0005)");
    }
    return result.utf8;
}

void DicomItem::read_character_set() {
    auto* const element = find(DCM_SpecificCharacterSet);
    if (element == nullptr) {
        character_set_ = parent_ ? parent_->character_set_ : std::make_shared<CharacterSet const>();
        return;
    }
    auto const set = std::make_shared<CharacterSet const>(texts(DCM_SpecificCharacterSet));
    character_set_ = set;
    for (auto const& unknown : set->unknown_terms()) {
        warn_element(DCM_SpecificCharacterSet, fmt::format("is {}", shown(unknown)),
                     "no such character set is in the standard; its letters are replaced");
    }
}

std::vector<std::string> DicomItem::texts(DcmTagKey tag) const {
    auto* const element = find(tag);
    std::vector<std::string> values;
    if (element == nullptr) {
        return values;
    }
    std::string const all = decoded(tag, *element);
    if (trimmed(all).empty()) {
        return values;
    }
    DcmEVR const vr = meant_vr(tag, *element);
    bool const one = vr == EVR_LT || vr == EVR_ST || vr == EVR_UT;
    for (std::size_t at = 0; at <= all.size();) {
        auto const last = one ? all.size() : std::min(all.find('\\', at), all.size());
        values.emplace_back(trimmed(std::string_view(all).substr(at, last - at)));
        at = last + 1;
    }
    return values;
}

std::string DicomItem::text(DcmTagKey tag) const {
    auto const values = texts(tag);
    if (values.empty() || values.front().empty()) {
        refuse_element(tag, present(tag) ? "is empty" : "is missing", "it is needed", export_again);
    }
    return values.front();
}

std::string DicomItem::text_or(DcmTagKey tag, std::string const& other) const {
    auto const values = texts(tag);
    return values.empty() || values.front().empty() ? other : values.front();
}

std::vector<double> DicomItem::parsed(DcmTagKey tag, DcmElement& element) const {
    std::vector<double> values;
    if (!is_text(meant_vr(tag, element))) {
        if (element.getLength() == 0) {
            return values;
        }
        if (!binary_numbers(element, values)) {
            refuse_element(
                tag, fmt::format("has value representation {}", DcmVR(element.getTag().getEVR()).getVRName()),
                "a number is needed here", export_again);
        }
        return values;
    }
    std::string const raw = raw_text(tag, element);
    if (trimmed(raw).empty()) {
        return values;
    }
    for (std::size_t at = 0; at <= raw.size();) {
        auto const last = std::min(raw.find('\\', at), raw.size());
        auto number = trimmed(std::string_view(raw).substr(at, last - at));
        if (number.starts_with('+')) {
            number.remove_prefix(1);
        }
        double value = 0;
        auto const [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
        if (error != std::errc{} || end != number.data() + number.size()) {
            refuse_element(tag, fmt::format("value {} is {}", values.size() + 1, shown(number)),
                           "it is not a number", export_again);
        }
        values.push_back(value);
        at = last + 1;
    }
    return values;
}

std::vector<double> DicomItem::numbers(DcmTagKey tag) const {
    auto* const element = find(tag);
    if (element == nullptr) {
        return {};
    }
    auto values = parsed(tag, *element);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) {
            refuse_element(tag, fmt::format("value {} of {} is {}", i + 1, values.size(), values[i]),
                           "it is not a finite number", export_again);
        }
    }
    return values;
}

std::vector<double> DicomItem::numbers(DcmTagKey tag, std::size_t count) const {
    auto values = numbers(tag);
    if (values.size() != count) {
        refuse_element(tag,
                       values.empty() ? (present(tag) ? "is empty" : "is missing")
                                      : fmt::format("has {} values", values.size()),
                       count == 1 ? std::string("one number is needed")
                                  : fmt::format("{} numbers are needed", count),
                       export_again);
    }
    return values;
}

double DicomItem::number(DcmTagKey tag) const { return numbers(tag, 1).front(); }

std::optional<double> DicomItem::find_number(DcmTagKey tag) const {
    return has(tag) ? std::optional(number(tag)) : std::nullopt;
}

double DicomItem::number_or(DcmTagKey tag, double other) const { return find_number(tag).value_or(other); }

long DicomItem::integer(DcmTagKey tag) const {
    double const value = number(tag);
    if (value != std::floor(value) || std::abs(value) > 4.3e9) {
        refuse_element(tag, fmt::format("is {}", value), "a whole number is needed", export_again);
    }
    return static_cast<long>(value);
}

std::optional<long> DicomItem::find_integer(DcmTagKey tag) const {
    return has(tag) ? std::optional(integer(tag)) : std::nullopt;
}

long DicomItem::integer_or(DcmTagKey tag, long other) const { return find_integer(tag).value_or(other); }

std::vector<DicomItem> DicomItem::items(DcmTagKey tag) const {
    std::vector<DicomItem> all;
    auto* const element = find(tag);
    if (element == nullptr) {
        return all;
    }
    auto* const sequence = dynamic_cast<DcmSequenceOfItems*>(element);
    if (sequence == nullptr) {
        if (element->getLength() > 0) {
            refuse_element(
                tag,
                fmt::format("has value representation {}", DcmVR(element->getTag().getEVR()).getVRName()),
                "a sequence is needed here", export_again);
        }
        return all;
    }
    auto const parent = std::make_shared<DicomItem const>(*this);
    DcmObject* object = nullptr;
    while ((object = sequence->nextInContainer(object)) != nullptr) {
        auto* const inner = dynamic_cast<DcmItem*>(object);
        if (inner == nullptr) {
            continue;
        }
        DicomItem item;
        item.item_ = inner;
        item.shared_ = shared_;
        item.parent_ = parent;
        item.sequence_ = tag;
        item.position_ = all.size() + 1;
        item.read_character_set();
        all.push_back(std::move(item));
    }
    return all;
}

DicomItem DicomItem::first_item(DcmTagKey sequence) const {
    auto all = items(sequence);
    if (all.empty()) {
        refuse_element(sequence, present(sequence) ? "is empty" : "is missing", "it is needed", export_again);
    }
    return all.front();
}

} // namespace beamwright
