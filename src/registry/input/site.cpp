#include "registry/input/site.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>

namespace beamwright::registry {

namespace {

// Three-character categories of ICD-10 (WHO); the groups are those that registry reports print.
constexpr std::array list{
    ListedSite{"C00-C14", "Lip, oral cavity and pharynx", "oral cavity and pharynx;mouth and pharynx", true},
    ListedSite{"C15", "Oesophagus", "esophagus", true},
    ListedSite{"C16", "Stomach", "gastric", true},
    ListedSite{"C17", "Small intestine", "small bowel", true},
    ListedSite{"C18-C21", "Colon, rectum and anus", "colorectum;colorectal;colon-rectum;colorectum and anus",
               true},
    ListedSite{"C22", "Liver", "liver and intrahepatic bile ducts", true},
    ListedSite{"C23-C24", "Gallbladder and biliary tract",
               "gallbladder;gallbladder etc.;gallbladder and bile ducts", true},
    ListedSite{"C25", "Pancreas", "", true},
    ListedSite{"C26", "Other and ill-defined digestive organs", "", true},
    ListedSite{"C30-C31", "Nose and sinuses", "nose, sinuses etc.;nasal cavity and sinuses", true},
    ListedSite{"C32", "Larynx", "", true},
    ListedSite{"C33-C34", "Trachea, bronchus and lung",
               "lung;bronchus and lung;lung (incl. trachea and bronchus);lung, trachea and bronchus", true},
    ListedSite{"C37-C38", "Other thoracic organs", "thymus, heart, mediastinum and pleura", true},
    ListedSite{"C39", "Ill-defined respiratory organs", "", true},
    ListedSite{"C40-C41", "Bone and joints", "bone", true},
    ListedSite{"C43", "Melanoma of skin", "melanoma;skin melanoma", true},
    ListedSite{"C44", "Other skin", "non-melanoma skin;skin, non-melanoma", true},
    ListedSite{"C45", "Mesothelioma", "", true},
    ListedSite{"C46", "Kaposi sarcoma", "", true},
    ListedSite{"C47,C49", "Connective and soft tissue", "soft tissue", true},
    ListedSite{"C48", "Retroperitoneum and peritoneum", "", true},
    ListedSite{"C50", "Breast", "female breast", true},
    ListedSite{"C51", "Vulva", "", true},
    ListedSite{"C52", "Vagina", "", true},
    ListedSite{"C53", "Cervix uteri", "cervix;uterine cervix", true},
    ListedSite{"C54-C55", "Corpus and uterus, not otherwise specified", "uterus;corpus and uterus nos", true},
    ListedSite{"C56", "Ovary", "", true},
    ListedSite{"C57", "Other female genital organs", "", true},
    ListedSite{"C58", "Placenta", "", true},
    ListedSite{"C60", "Penis", "", true},
    ListedSite{"C61", "Prostate", "", true},
    ListedSite{"C62", "Testis", "", true},
    ListedSite{"C63", "Other male genital organs", "", true},
    ListedSite{"C64-C66,C68", "Kidney and urinary organs without bladder",
               "kidney etc.;kidney and other urinary organs", true},
    ListedSite{"C67", "Bladder", "urinary bladder", true},
    ListedSite{"C69", "Eye", "", true},
    ListedSite{"C70-C72", "Brain and central nervous system", "brain, cns;brain;brain, nervous system", true},
    ListedSite{"C73", "Thyroid", "thyroid gland", true},
    ListedSite{"C74-C75", "Adrenal and other endocrine glands", "", true},
    ListedSite{"C76-C80", "Other and unspecified", "primary site unknown;ill-defined and unspecified", true},
    ListedSite{"C81", "Hodgkin lymphoma", "hodgkin disease", true},
    ListedSite{"C82-C86,C96", "Non-Hodgkin lymphoma", "", true},
    ListedSite{"C88", "Immunoproliferative diseases", "", true},
    ListedSite{"C90", "Multiple myeloma", "myeloma;multiple myeloma and plasma cell", true},
    ListedSite{"C91-C95", "Leukaemia", "leukemia", true},
    ListedSite{"C97", "Multiple independent sites", "", true},
    // Parts and sums of the groups above
    ListedSite{"C00-C97", "All sites", "all;all cancers;all sites together", false},
    ListedSite{"C00-C96", "All sites (C00-C96)", "", false},
    ListedSite{"C00-C43,C45-C97", "All sites but skin", "all sites except skin;all sites but c44", false},
    ListedSite{"C00-C43,C45-C96", "All sites but skin (C00-C96)", "", false},
    ListedSite{"C00", "Lip", "", false},
    ListedSite{"C01-C02", "Tongue", "", false},
    ListedSite{"C03-C06", "Mouth", "", false},
    ListedSite{"C07-C08", "Salivary glands", "", false},
    ListedSite{"C09", "Tonsil", "", false},
    ListedSite{"C10", "Other oropharynx", "", false},
    ListedSite{"C11", "Nasopharynx", "", false},
    ListedSite{"C12-C13", "Hypopharynx", "", false},
    ListedSite{"C14", "Pharynx, unspecified", "", false},
    ListedSite{"C00-C10,C12-C14", "Lip, oral cavity and pharynx without nasopharynx", "", false},
    ListedSite{"C18", "Colon", "", false},
    ListedSite{"C19-C20", "Rectum", "rectum and rectosigmoid", false},
    ListedSite{"C18-C20", "Colon and rectum", "", false},
    ListedSite{"C21", "Anus", "anal canal", false},
    ListedSite{"C54", "Corpus uteri", "", false},
    ListedSite{"C55", "Uterus, unspecified", "", false},
    ListedSite{"C64", "Kidney", "", false},
    ListedSite{"C65", "Renal pelvis", "", false},
    ListedSite{"C66", "Ureter", "", false},
    ListedSite{"C91", "Lymphoid leukaemia", "lymphoid leukemia", false},
    ListedSite{"C92-C94", "Myeloid leukaemia", "myeloid leukemia", false},
    ListedSite{"C95", "Leukaemia, unspecified", "leukemia, unspecified", false},
};

std::string lower(std::string_view text) {
    std::string out;
    for (char const c : trimmed(text)) {
        out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return out;
}

/// A range of three-character codes, 0 to 99 after a letter.
struct Range {
    char letter = 'C';
    int low = 0, high = 0;
    std::string fourth; ///< ".9", where one code has it
};

/// Two digits at the front of `text`, taken off; -1 if there are none.
int take_two_digits(std::string_view& text) {
    if (text.size() < 2 || !std::isdigit(static_cast<unsigned char>(text[0])) ||
        !std::isdigit(static_cast<unsigned char>(text[1]))) {
        return -1;
    }
    int const value = (text[0] - '0') * 10 + (text[1] - '0');
    text.remove_prefix(2);
    return value;
}

/// "C50", "C33-C34", "C33-34", "C50.9", "C509"; cancers and tumours are chapters C and D.
std::optional<Range> range_of(std::string_view text) {
    text = trimmed(text);
    Range range;
    if (text.empty()) {
        return std::nullopt;
    }
    range.letter = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    text.remove_prefix(1);
    range.low = take_two_digits(text);
    if ((range.letter != 'C' && range.letter != 'D') || range.low < 0) {
        return std::nullopt;
    }
    range.high = range.low;
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
    }
    if (text.size() == 1 && std::isdigit(static_cast<unsigned char>(text.front()))) {
        range.fourth = fmt::format(".{}", text);
        return range;
    }
    text = trimmed(text);
    if (text.empty()) {
        return range;
    }
    if (text.front() != '-') {
        return std::nullopt;
    }
    text = trimmed(text.substr(1));
    if (!text.empty() && std::toupper(static_cast<unsigned char>(text.front())) == range.letter) {
        text.remove_prefix(1);
    }
    range.high = take_two_digits(text);
    return text.empty() && range.high >= range.low ? std::optional<Range>(range) : std::nullopt;
}

std::optional<std::vector<Range>> ranges_of(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const dash = static_cast<unsigned char>(text[i]) == 0xE2 && i + 2 < text.size() &&
                          static_cast<unsigned char>(text[i + 1]) == 0x80;
        plain += dash ? '-' : (text[i] == '+' || text[i] == '/' || text[i] == ';' ? ',' : text[i]);
        i += dash ? 2 : 0;
    }
    std::vector<Range> ranges;
    for (auto const& piece : split_at(plain, ',')) {
        // A part without its letter takes that of the part before: "C82-86,96"
        bool const bare =
            !ranges.empty() && !piece.empty() && std::isdigit(static_cast<unsigned char>(piece.front()));
        auto const range = range_of(bare ? std::string(1, ranges.back().letter) + piece : piece);
        if (!range) {
            return std::nullopt;
        }
        ranges.push_back(*range);
    }
    return ranges;
}

std::string text_of(std::vector<Range> const& ranges) {
    std::string out;
    for (auto const& range : ranges) {
        out += fmt::format("{}{}{:02}{}", out.empty() ? "" : ",", range.letter, range.low, range.fourth);
        if (range.high > range.low) {
            out += fmt::format("-{}{:02}", range.letter, range.high);
        }
    }
    return out;
}

bool holds(std::vector<Range> const& group, Range const& part) {
    return std::any_of(group.begin(), group.end(), [&](Range const& range) {
        return range.letter == part.letter && range.low <= part.low && part.high <= range.high;
    });
}

bool is_called(ListedSite const& site, std::string const& word) {
    if (lower(site.words) == word) {
        return true;
    }
    auto const aliases = split_at(site.aliases, ';');
    return std::find(aliases.begin(), aliases.end(), word) != aliases.end();
}

} // namespace

std::span<ListedSite const> listed_sites() { return list; }

std::optional<Site> site_from_text(std::string_view text) {
    if (auto const ranges = ranges_of(text); ranges && !ranges->empty()) {
        auto const code = text_of(*ranges);
        for (auto const& site : list) {
            if (code == site.icd10) {
                return Site{code, site.words};
            }
        }
        return Site{code, code};
    }
    auto const word = lower(text);
    for (auto const& site : list) {
        if (!word.empty() && is_called(site, word)) {
            return Site{site.icd10, site.words};
        }
    }
    return std::nullopt;
}

std::optional<Site> group_of(std::string_view icd10) {
    auto const parts = ranges_of(icd10);
    if (!parts || parts->empty()) {
        return std::nullopt;
    }
    for (auto const& site : list) {
        auto const group = ranges_of(site.icd10);
        if (site.is_group && std::all_of(parts->begin(), parts->end(),
                                         [&](Range const& part) { return holds(*group, part); })) {
            return Site{site.icd10, site.words};
        }
    }
    return std::nullopt;
}

bool codes_overlap(std::string_view first, std::string_view second) {
    auto const a = ranges_of(first), b = ranges_of(second);
    if (!a || !b) {
        return false;
    }
    for (auto const& one : *a) {
        for (auto const& two : *b) {
            bool const apart = one.letter != two.letter || one.high < two.low || two.high < one.low ||
                               (!one.fourth.empty() && !two.fourth.empty() && one.fourth != two.fourth);
            if (!apart) {
                return true;
            }
        }
    }
    return false;
}

std::string nearest_site(std::string_view text) {
    std::vector<std::string> known;
    for (auto const& site : list) {
        known.push_back(lower(site.words));
        for (auto const& alias : split_at(site.aliases, ';')) {
            if (!alias.empty()) {
                known.push_back(alias);
            }
        }
    }
    return nearest_word(lower(text), known);
}

} // namespace beamwright::registry
