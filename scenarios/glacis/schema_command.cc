// `glacis schema`: JSON Schema of the file forms, for editors.
#include <fmt/format.h>

#include "scenarios/glacis/commands.h"
#include "scenarios/load/json_schema.h"
#include "scenarios/report/json_text.h"
#include "scenarios/verify/policy.h"

namespace glacis {

void add_schema(CLI::App& app, Session&) {
  auto* command = app.add_subcommand("schema", "JSON Schema of a file form, for editors");
  command->require_subcommand(1);
  command->add_subcommand("scenario", "of scenario files")->callback([] {
    fmt::print("{}", report::indented(load::scenario_schema(engine::vocabulary())));
  });
  command->add_subcommand("machine", "of machine files")->callback([] {
    fmt::print("{}", report::indented(load::machine_schema(engine::machine_vocabulary())));
  });
  command->add_subcommand("policy", "of the policies that `glacis verify` judges by")->callback([] {
    fmt::print("{}", report::indented(verify::policy_schema()));
  });
}

}  // namespace glacis
