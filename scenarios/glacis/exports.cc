#include "scenarios/glacis/exports.h"

#include <filesystem>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/exports/csv.h"
#include "scenarios/exports/dissector.h"
#include "scenarios/exports/mermaid.h"
#include "scenarios/exports/perfetto.h"
#include "scenarios/exports/sarif.h"
#include "scenarios/exports/wireshark.h"
#include "scenarios/glacis/commands.h"

namespace glacis {

void add_export_options(CLI::App& command, ExportOptions& options) {
  command.add_option("--sarif", options.sarif, "write what differs as SARIF 2.1.0, for annotations in CI");
  command.add_option("--mermaid", options.mermaid, "write one run as a sequence diagram for Mermaid, shortened around the attack");
  command.add_option("--perfetto", options.perfetto, "write one run as a trace for Perfetto and chrome://tracing");
  command.add_option("--csv", options.csv, "write the events of one run as a table");
  command.add_option("--pcapng", options.pcapng,
                     "write one run's mailboxes, links and opened sessions as a capture for Wireshark with `glacis dissector`");
}

void prepare_exports(const ExportOptions& options, PlayOptions& play, const std::vector<Job>& jobs) {
  const auto of_one = [&](const std::string& file, std::string_view option) {
    if (file.empty()) return;
    if (jobs.size() != 1) throw base::UserError(fmt::format("{} is of one run; name one file and one --platform", option));
    if (jobs[0].scenario->n_a.contains(jobs[0].platform))
      throw base::UserError(fmt::format("{}: there is no such run; the file says `n/a`: {}", option, jobs[0].scenario->n_a.at(jobs[0].platform).value));
    play.film = true;
  };
  of_one(options.pcapng, "--pcapng");
  of_one(options.mermaid, "--mermaid");
  of_one(options.perfetto, "--perfetto");
  of_one(options.csv, "--csv");
  play.capture = play.capture || !options.pcapng.empty();
}

std::string uri_of_file(const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto whole = fs::weakly_canonical(file, error), here = fs::current_path(error);
  const auto near = whole.lexically_relative(here);
  return exports::uri_of(near.empty() || *near.begin() == ".." ? whole.string() : near.string());
}

void add_exports(report::OutputFiles& files, const ExportOptions& options, const std::vector<Played>& all) {
  if (!options.sarif.empty()) {
    std::vector<exports::Judged> judged;
    for (const auto& played : all) judged.push_back({played.told.scenario, &played.cell, uri_of_file(played.told.scenario->file)});
    files.add(options.sarif, exports::sarif_of(judged, kVersion));
  }
  if (all.empty()) return;
  const Played& played = all.front();
  const auto& [told, verdict] = std::tie(played.told, played.verdict);
  const engine::Film none;
  if (!options.mermaid.empty()) files.add(options.mermaid, exports::mermaid_of(told, verdict));
  if (!options.perfetto.empty()) files.add(options.perfetto, exports::perfetto_of(told, verdict));
  if (!options.csv.empty()) files.add(options.csv, exports::csv_of(verdict.film ? *verdict.film : none));
  if (options.pcapng.empty()) return;
  const auto title = fmt::format("{}\n{} on {}, seed {}: {}", told.scenario->title.value, told.scenario->id, told.platform, told.seed, verdict.sentence());
  files.add(options.pcapng, exports::capture_of(title, verdict));
}

void add_dissector(CLI::App& app, Session&) {
  app.add_subcommand("dissector", "prints a Lua dissector with which Wireshark and tshark read --pcapng")->callback([] {
    fmt::print("{}", exports::dissector_script());
  });
}

}  // namespace glacis
