/// The tables of the report as HTML; everything that came from outside is escaped here.
#pragma once
#include "report/report.hpp"
#include <string>

namespace beamwright::report {

enum class GoalState { met, not_met, too_close };
/// Too close to tell: the bound lies within two standard deviations of the value.
GoalState state_of(ReportGoal const& goal);

std::string goals_table(ReportInput const& input);
std::string structures_table(ReportInput const& input);
std::string beams_table(ReportInput const& input);
std::string budget_table(ReportInput const& input);
std::string provenance_table(ReportInput const& input);
std::string warnings_list(ReportInput const& input);
std::string facts_list(ReportInput const& input);

} // namespace beamwright::report
