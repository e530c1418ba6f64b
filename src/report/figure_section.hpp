/// Cards of plots, bars, chains and tables: on pages of figures and below the dose in a report. No script.
#pragma once
#include "report/xy_plot.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright::report {

/// One row of a bar table: a dot with its interval, or a bar from low to high where there is no dot.
struct BarRow {
    std::string name;
    std::vector<std::string> cells; ///< further columns, ready to be read
    std::string value;              ///< the dot and interval in words
    std::optional<double> at;
    double low = 0, high = 0; ///< ends; infinite ends run to the edge
    int color = 0;
    bool pale = false; ///< of a lesser kind: hollow
};

/// Rows with bars on one axis: caterpillar plots, ranges, sensitivities.
struct BarTable {
    std::string title, note, name_column, value_column, axis;
    std::vector<std::string> columns; ///< titles of BarRow::cells
    std::vector<BarRow> rows;
    std::optional<double> reference; ///< a line through all rows
    std::string reference_label;
    bool logarithmic = false;
    bool from_zero = false; ///< the axis starts at 0
};

/// A link of a chain: what comes in from the left, and the amount.
struct ChainLink {
    std::string factor, factor_detail; ///< "× 0.483", "utilization"; empty for the first
    std::string amount, label, interval;
    bool last = false;
};
struct Chain {
    std::string title;
    std::vector<ChainLink> links;
    std::string note;
};

struct TextTable {
    std::string title, note;
    std::vector<std::string> columns;
    std::vector<bool> numbers; ///< by column: right-aligned
    std::vector<std::vector<std::string>> rows;
};

/// A card of the page. What is empty is not shown.
struct FigureSection {
    std::string id, title, note;
    std::vector<Chain> chains;
    std::vector<XyPlot> plots; ///< side by side where there is room
    std::vector<BarTable> bars;
    std::vector<TextTable> tables;
};

/// The card as HTML; empty for a section without content.
std::string section_html(FigureSection const& section);
/// "3,120,000", "0.483", "19.4": whole numbers from a thousand on, else four significant digits.
std::string plain_number(double value);
/// Colors of the plots, as a style sheet.
std::string palette_css();

} // namespace beamwright::report
