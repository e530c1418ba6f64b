/// Files of web/ that are built into the program.
#pragma once
#include <string_view>

namespace beamwright::report {
extern std::string_view const asset_css, asset_figures_css, asset_script, asset_words_en;
} // namespace beamwright::report
