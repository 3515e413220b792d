// `glacis check`: loads scenarios and the machines they ask for, and runs nothing.
#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/engine/verb_rules.h"
#include "scenarios/glacis/commands.h"

namespace glacis {

void add_check(CLI::App& app, Session& session) {
  auto files = std::make_shared<std::vector<std::string>>();
  auto* command = app.add_subcommand("check", "reads scenario files and their machines without running them");
  command->add_option("FILE", *files, "scenario files, or ids of the catalogue")->required();
  command->callback([&session, files] {
    // Every file is looked at, so that one call tells all that is wrong.
    for (const auto& file : *files) {
      try {
        auto scenario = session.home.scenario(file);
        for (const auto& variant : scenario.variants) engine::check_steps(scenario.file, variant.steps);
        for (const auto& platform : report::platforms_of(scenario))
          if (!scenario.n_a.contains(platform)) session.home.machine(scenario, platform);
        fmt::print("{}: good\n", file);
      } catch (const base::UserError& error) {
        fmt::print(stderr, "glacis: {}\n", error.what());
        session.exit_code = kBadInput;
      }
    }
  });
}

}  // namespace glacis
