// `glacis trace`: prints what a run wrote with --trace.
#include <fmt/format.h>

#include "scenarios/glacis/commands.h"
#include "scenarios/load/document.h"
#include "scenarios/report/play.h"

namespace glacis {

void add_trace(CLI::App& app, Session&) {
  auto file = std::make_shared<std::string>();
  auto* command = app.add_subcommand("trace", "prints a file that `run --trace` wrote, one line an event");
  command->add_option("FILE", *file, "what `run --trace FILE` wrote")->required();
  command->callback([file] {
    constexpr std::size_t kTraceBytesMax = 256 << 20;
    const std::string bytes = load::read_text(*file, kTraceBytesMax);
    if (bytes.empty()) load::fail(*file, {1, 1}, "the file is empty");
    fmt::print("{}", report::text_of(engine::lines_of(base::view_of(bytes), *file)));
  });
}

}  // namespace glacis
