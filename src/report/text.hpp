/// Words and numbers of the report: escaping, the string table, digits.
#pragma once
#include "core/json.hpp"
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace beamwright::report {

/// Safe inside an element and inside a quoted attribute. Control characters and broken UTF-8 become U+FFFD.
std::string escape_html(std::string_view text);

/// JSON that cannot end the <script> it stands in.
std::string json_for_script(Json const& json);

/// Text of a key in the language's table (web/strings). A missing key is our bug.
std::string const& word(std::string const& key);
/// The whole table, for the page's script.
Json const& words();

/// A text of the table with its places filled: fill_in("{n} sites", {{"n", "12"}}).
std::string fill_in(std::string text, std::initializer_list<std::pair<std::string_view, std::string>> places);

/// Decimals follow the uncertainty (two digits of it, at most two decimals); without one, two, fewer from 100 on.
std::string number(double value, std::optional<double> uncertainty = {});
/// "58.87 ± 0.21", escaped nowhere because it holds digits only.
std::string with_uncertainty(double value, std::optional<double> uncertainty);

} // namespace beamwright::report
