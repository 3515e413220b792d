// `glacis dump-config`: configuration space after a host's enumeration, for `lspci -F`.
#include <fmt/format.h>

#include "scenarios/engine/config_dump.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/load/machine_loader.h"

namespace glacis {

namespace {

struct Options {
  std::vector<std::string> parts;
  std::string machine = "machines/one-accelerator.yaml", platform = "none";
};

void dump(Session& session, const Options& options) {
  load::Scenario scenario;
  scenario.file = "dump-config";
  scenario.variants.emplace_back();
  const auto machine =
      load::load_machine(session.home.scenarios(), options.machine, options.platform, engine::machine_vocabulary());
  engine::Run run;
  run.scenario = &scenario;
  run.machine = &machine;
  run.platform = options.platform;
  run.attack = false;
  fmt::print("{}", engine::dump_config(run, options.parts));
}

}  // namespace

void add_dump_config(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "dump-config",
      "configuration space of parts after enumeration, as `lspci -xxxx` prints it and `lspci -F` reads it");
  command->add_option("PART", options->parts, "parts of the machine, like rp0 gpu0")->required();
  command->add_option("--machine", options->machine, "machine file, relative to scenarios/")->capture_default_str();
  command->add_option("--platform", options->platform, "the technology laid over it")->capture_default_str();
  command->callback([&session, options] { dump(session, *options); });
}

}  // namespace glacis
