#include "dicom/date_time.hpp"
#include "dicom/file.hpp"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <string_view>

namespace beamwright {
namespace {

constexpr char const* export_again = "export the series again from the scanner or the archive";

bool all_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Of at most nine digits.
int number_of(std::string_view digits) {
    int value = 0;
    for (char const c : digits) {
        value = 10 * value + (c - '0');
    }
    return value;
}

/// YYYYMMDD
std::optional<double> parsed_date_s(std::string_view text) {
    if (text.size() != 8 || !all_digits(text)) {
        return {};
    }
    std::chrono::year_month_day const date{
        std::chrono::year{number_of(text.substr(0, 4))},
        std::chrono::month{static_cast<unsigned>(number_of(text.substr(4, 2)))},
        std::chrono::day{static_cast<unsigned>(number_of(text.substr(6, 2)))}};
    if (!date.ok()) {
        return {};
    }
    return day_s * static_cast<double>(std::chrono::sys_days{date}.time_since_epoch().count());
}

/// HH, HHMM, HHMMSS, HHMMSS.FFFFFF
std::optional<double> parsed_time_s(std::string_view text) {
    auto const dot = text.find('.');
    auto const whole = text.substr(0, dot);
    bool const even = whole.size() == 2 || whole.size() == 4 || whole.size() == 6;
    if (!even || !all_digits(whole)) {
        return {};
    }
    auto const part = [&](std::size_t at) { return at < whole.size() ? number_of(whole.substr(at, 2)) : 0; };
    if (part(0) > 23 || part(2) > 59 || part(4) > 60) { // 60: a leap second
        return {};
    }
    double fraction = 0;
    if (dot != std::string_view::npos) {
        auto const digits = text.substr(dot + 1);
        if (whole.size() != 6 || digits.size() > 6 || !all_digits(digits)) {
            return {};
        }
        int ten_to = 1;
        for (std::size_t i = 0; i < digits.size(); ++i) {
            ten_to *= 10;
        }
        fraction = static_cast<double>(number_of(digits)) / ten_to;
    }
    return 3600.0 * part(0) + 60.0 * part(2) + part(4) + fraction;
}

} // namespace

double read_date_s(DicomItem const& item, DcmTagKey tag) {
    auto const text = item.text(tag);
    auto const s = parsed_date_s(text);
    if (!s) {
        item.refuse_element(tag, fmt::format("is '{}'", text), "it is no date (YYYYMMDD)", export_again);
    }
    return *s;
}

double read_time_s(DicomItem const& item, DcmTagKey tag) {
    auto const text = item.text(tag);
    auto plain = text;
    if (plain.size() >= 5 && plain[2] == ':') { // before DICOM 3.0
        std::erase(plain, ':');
    }
    auto const s = parsed_time_s(plain);
    if (!s) {
        item.refuse_element(tag, fmt::format("is '{}'", text), "it is no time (HHMMSS)", export_again);
    }
    return *s;
}

std::optional<double> parsed_utc_offset_s(std::string const& text) {
    if (text.size() != 5 || (text[0] != '+' && text[0] != '-') || !all_digits(text.substr(1))) {
        return {};
    }
    int const hours = number_of(text.substr(1, 2)), minutes = number_of(text.substr(3, 2));
    if (hours > 14 || minutes > 59) {
        return {};
    }
    double const s = 3600.0 * hours + 60.0 * minutes;
    return text[0] == '-' ? -s : s;
}

std::optional<DicomDateTime> parsed_date_time(std::string const& text) {
    auto const sign = text.find_first_of("+-");
    auto const plain = text.substr(0, sign);
    DicomDateTime time;
    if (sign != std::string::npos) {
        time.utc_offset_s = parsed_utc_offset_s(text.substr(sign));
        if (!time.utc_offset_s) {
            return {};
        }
    }
    auto const date = parsed_date_s(plain.substr(0, 8));
    auto const of_day = plain.size() > 8 ? parsed_time_s(std::string_view(plain).substr(8)) : std::nullopt;
    if (!date || !of_day) {
        return {};
    }
    time.local_s = *date + *of_day;
    return time;
}

DicomDateTime read_date_time(DicomItem const& item, DcmTagKey tag) {
    auto const text = item.text(tag);
    auto const time = parsed_date_time(text);
    if (!time) {
        item.refuse_element(tag, fmt::format("is '{}'", text), "it is no date with time (YYYYMMDDHHMMSS)",
                            export_again);
    }
    return *time;
}

std::string shown_date_time(double s_since_1970) {
    double const days = std::floor(s_since_1970 / day_s);
    auto const s = static_cast<int>(s_since_1970 - day_s * days);
    std::chrono::year_month_day const date{std::chrono::sys_days{std::chrono::days{static_cast<int>(days)}}};
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), s / 3600,
                       s / 60 % 60, s % 60);
}

} // namespace beamwright
