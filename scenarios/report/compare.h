#pragma once
// One verdict held against one row. Every line that comes back is a difference, ready to be read by a person.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/engine/verdict.h"
#include "scenarios/load/scenario.h"

namespace report {

std::vector<std::string> differences(const engine::Verdict& verdict, const load::Row& row);
// The honest retry of a verdict held against what the file says of it: each end as it should be, and no new breach.
std::vector<std::string> differences(const engine::Verdict& verdict, const load::Afterwards& wanted);
// What weather must not change: the outcome, the defences that spoke, the promises that broke.
std::vector<std::string> differences(const engine::Verdict& stormy, const engine::Verdict& calm);

// The row of `rows` that holds on `platform` under `profile`; a row that names no profile is of the baseline.
const load::Row* find_row(const std::vector<load::Row>& rows, const std::string& platform, std::string_view profile);
bool holds_on(const load::Row& row, const std::string& platform);
std::string profile_of(const load::Row& row);

// "blocked by rmp.access.gpa at cpu0", "broken: integrity": what the row asks for.
std::string sentence_of(const load::Row& row);
// Whether the file says how an honest retry ends.
bool has_retry(const load::Scenario& scenario);
// "vm0 served, vm1 idle": what the retry should end in, and what it did.
std::string sentence_of(const load::Afterwards& wanted);
std::string sentence_of(const engine::Retry& retry);
std::string joined(const std::vector<load::Text>& texts, std::string_view between = ", ");
std::string joined(const std::vector<std::string>& texts, std::string_view between = ", ");

// The defences that spoke and the promises that broke, each once, in order of time.
std::vector<std::string> defences_of(const engine::Verdict& verdict);
std::vector<std::string> promises_of(const engine::Verdict& verdict);

// Where two runs of a guest program outside part: "call 12 of vm0 was write, then read"; empty: they do not.
std::string where_they_part(const engine::Verdict& one, const engine::Verdict& other);

}  // namespace report
