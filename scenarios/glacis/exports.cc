#include "scenarios/glacis/exports.h"

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/exports/dissector.h"
#include "scenarios/exports/wireshark.h"
#include "scenarios/glacis/commands.h"

namespace glacis {

void add_export_options(CLI::App& command, ExportOptions& options) {
  command.add_option("--pcapng", options.pcapng,
                     "write one run's mailboxes, links and opened sessions as a capture for Wireshark with `glacis dissector`");
}

void prepare_exports(const ExportOptions& options, PlayOptions& play, const std::vector<Job>& jobs) {
  const auto of_one = [&](const std::string& file, std::string_view option) {
    if (!file.empty() && jobs.size() != 1) throw base::UserError(fmt::format("{} is of one run; name one file and one --platform", option));
    play.film = play.film || !file.empty();
  };
  of_one(options.pcapng, "--pcapng");
  play.capture = play.capture || !options.pcapng.empty();
}

void add_exports(report::OutputFiles& files, const ExportOptions& options, const std::vector<Played>& all) {
  if (!options.any_of_one_run()) return;
  const Played& played = all.at(0);
  if (played.cell.observed == "n/a") throw base::UserError("there is nothing to export: the file says `n/a` of this run");
  const auto title = fmt::format("{}\n{} on {}, seed {}: {}", played.told.scenario->title.value, played.cell.attack, played.cell.platform,
                                 played.told.seed, played.verdict.sentence());
  if (!options.pcapng.empty()) files.add(options.pcapng, exports::capture_of(title, played.verdict));
}

void add_dissector(CLI::App& app, Session&) {
  app.add_subcommand("dissector", "prints a Lua dissector with which Wireshark and tshark read --pcapng")->callback([] {
    fmt::print("{}", exports::dissector_script());
  });
}

}  // namespace glacis
