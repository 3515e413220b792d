#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iostream>
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
  glacis explore --machine machines/bare-vm.yaml --platform snp --guest vm0=keep-two-pages --lift rmp.access.gpa --budget 10s
                                                              looks for attacks itself, and writes what it finds as scenarios
  glacis matrix --against badram                              what a publication says beside what was observed
  glacis evidence --platform tdx --out e                      a quote with its certificates, to test a verifier with

Exit code: 0 as expected; 1 an outcome differs, or a promise broke where nothing was expected; 2 bad input,
or an output that cannot be written: then no file is. `| head` ends a command by SIGPIPE, when its files are written.
130 or 143: `matrix`, `explore` or `run` of several files was ended by SIGINT or SIGTERM; what was played until then is told and written,
and says that it is partial.
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

// A closed pipe ends the program by SIGPIPE (the default). A full disk or a limit of file sizes must not look like success, nor cost the
// message that says so.
bool can_print() { return std::fflush(stdout) == 0 && !std::ferror(stdout) && std::cout.flush().good(); }
int cannot_print() { return complain("cannot write to standard output", glacis::kBadInput); }

// Where a standard descriptor is closed, the next file that is opened would take its place. What stands there now cannot be written to.
void fill_standard_descriptors() {
  int fd = 0;
  while (fd >= 0 && fd <= STDERR_FILENO) fd = ::open("/dev/null", O_RDONLY);
  if (fd > STDERR_FILENO) ::close(fd);
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  std::signal(SIGXFSZ, SIG_IGN);  // a write past the limit fails, as on a full disk
  try {
    glacis::Session session;
    CLI::App app(kAbout, "glacis");
    app.footer(kExamples);
    app.require_subcommand(1);
    glacis::add_run(app, session);
    glacis::add_watch(app, session);
    glacis::add_matrix(app, session);
    glacis::add_explore(app, session);
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
      const int code = app.exit(help);
      return can_print() ? code : cannot_print();
    } catch (const CLI::ParseError& error) {
      return complain(std::string(error.what()) + "; try --help", glacis::kBadInput);
    }
    return can_print() ? session.exit_code : cannot_print();
  } catch (const base::UserError& error) {
    return complain(error.what(), glacis::kBadInput);
  } catch (const base::Bug& bug) {
    return complain(std::string("this program failed: ") + bug.what(), 70);  // EX_SOFTWARE of sysexits.h
  } catch (const std::exception& error) {
    if (!can_print()) return cannot_print();
    return complain(std::string("this program failed: ") + error.what(), 70);
  }
}
