#pragma once
// Playing files on platforms as the command line bends them: what `run`, `watch` and the pages have in common.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/report/cell.h"
#include "scenarios/report/play.h"

namespace glacis {

struct PlayOptions {
  std::vector<std::string> platforms, lift, set, weather;
  std::set<std::string> replaced;  // VMs whose guests the user brings
  std::uint64_t seed = 1;
  std::string profile = "baseline", replay;
  bool film = false, capture = false;
};

struct Job {
  const load::Scenario* scenario;
  std::string platform;  // "" where the machine fixes its own
};

struct Played {
  report::Told told;
  engine::Verdict verdict;
  std::optional<std::string> recording;  // of a responder outside
  report::Cell cell;
  bool compared = true;
};

// For an option: empty, or why that is none. CLI11 takes -1, and what is too large, for the largest number there is.
std::string whole_number(const std::string& text);

// Every name of the options held against what there is. Throws base::UserError, as do all of these.
void check_options(const PlayOptions& options);
std::map<std::string, std::string> parse_set(const std::vector<std::string>& words);
// Each file on each of the platforms wanted; none wanted: on all that it is for.
std::vector<Job> jobs_of(const std::vector<load::Scenario>& scenarios, const std::vector<std::string>& wanted);
void lay_set(load::Machine& machine, const std::map<std::string, std::string>& set);
Played play(const report::Stage& stage, const Job& job, const PlayOptions& options);
// How the run compares with what its file expects, a line for each check.
std::string judgement_of(const Played& played);
// As text: the play where wanted, the verdict, and how it compares.
std::string text_of(const Played& played, bool quiet);

}  // namespace glacis
