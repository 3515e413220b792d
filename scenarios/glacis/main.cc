#include <algorithm>
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "platform/base/check.h"
#include "platform/base/user_error.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/load/names.h"

namespace {

constexpr const char* kAbout =
    "Plays attacks on an emulated confidential-VM platform in which the hypervisor is the attacker.";
constexpr const char* kExamples = R"(
Examples:
  glacis run scenarios/catalogue/memory/severed-remap.yaml    one attack on each of its platforms, told as a play
  glacis run severed-remap --platform snp --lift rmp.access.gpa      the same on SEV-SNP, with one defence taken away
  glacis watch severed-remap --platform snp                   step by step in the terminal: messages, bytes, what is true then
  glacis new scenario mine                                    a start for an attack of your own, in this folder
  glacis matrix --json now.json                               every attack on every platform, against its expectation
  glacis matrix --against badram                              what a publication says beside what was observed
  glacis evidence --platform tdx --out e                      a quote with its certificates, to test a verifier with

Exit code: 0 as expected; 1 an outcome differs, or a promise broke where nothing was expected; 2 bad input;
130 or 143 `matrix` was ended by SIGINT or SIGTERM: what was played until then is told and written, and says that it is partial.
`test` and `bench` build first, so they belong to the launcher: ./glacis test, ./glacis bench.
Whoever is new here begins with docs/lessons/README.md.)";

// CLI11 names the stray word alone; a slip of the finger deserves the right one.
std::string advice_for(const CLI::App& app, int argc, char** argv) {
  const CLI::App* command = &app;
  for (int i = 1; i < argc && std::string(argv[i]) != "--"; ++i) {
    const std::string said = argv[i], word = said.substr(0, said.find('='));
    load::Names known;
    if (word.starts_with("--")) {
      for (const auto* option : command->get_options())
        for (const auto& name : option->get_lnames()) known.patterns.push_back("--" + name);
      if (!known.has(word)) return "unknown option `" + word + "`" + load::advice(word, known);
      continue;
    }
    const auto commands = command->get_subcommands([](const CLI::App*) { return true; });
    if (commands.empty() || word.starts_with("-")) continue;
    for (const auto* one : commands) known.patterns.push_back(one->get_name());
    if (command == &app && (word == "test" || word == "bench")) return "`" + word + "` belongs to the launcher at the top: ./glacis " + word;
    if (!known.has(word)) return "unknown command `" + word + "`" + load::advice(word, known);
    command = *std::find_if(commands.begin(), commands.end(), [&](const CLI::App* one) { return one->get_name() == word; });
  }
  return "";
}

int complain(const std::string& text, int code) {
  fmt::print(stderr, "glacis: {}\n", text);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    glacis::Session session;
    CLI::App app(kAbout, "glacis");
    app.footer(kExamples);
    app.require_subcommand(1);
    glacis::add_run(app, session);
    glacis::add_watch(app, session);
    glacis::add_matrix(app, session);
    glacis::add_check(app, session);
    glacis::add_new(app, session);
    glacis::add_list(app, session);
    glacis::add_explain(app, session);
    glacis::add_schema(app, session);
    glacis::add_serve(app, session);
    glacis::add_dump_config(app, session);
    glacis::add_trace(app, session);
    glacis::add_evidence(app, session);
    glacis::add_verify(app, session);
    glacis::add_threats(app, session);
    glacis::add_dissector(app, session);
    app.add_subcommand("version", "the program's version and that of its forms")->callback([] {
      fmt::print("glacis {}\nscenario format 1, machine format 1, JSON format 1\n", glacis::kVersion);
    });
    if (auto text = advice_for(app, argc, argv); !text.empty()) return complain(text, glacis::kBadInput);
    try {
      app.parse(argc, argv);
    } catch (const CLI::Success& help) {
      return app.exit(help);
    } catch (const CLI::ParseError& error) {
      return complain(std::string(error.what()) + "; try --help", glacis::kBadInput);
    }
    // A full disk or a closed pipe must not look like success.
    if (std::fflush(stdout) != 0) return complain("cannot write to standard output", glacis::kBadInput);
    return session.exit_code;
  } catch (const base::UserError& error) {
    return complain(error.what(), glacis::kBadInput);
  } catch (const base::Bug& bug) {
    return complain(std::string("this program failed: ") + bug.what(), 70);  // EX_SOFTWARE of sysexits.h
  } catch (const std::exception& error) {
    return complain(std::string("this program failed: ") + error.what(), 70);
  }
}
