// `glacis schema`: JSON Schema of the two file forms, for editors.
#include <fmt/format.h>

#include "scenarios/glacis/commands.h"
#include "scenarios/load/json_schema.h"
#include "scenarios/report/json_text.h"

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
}

}  // namespace glacis
