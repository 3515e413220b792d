// `glacis new`: a working start for a scenario, a machine or a guest program; never overwrites.
#include <algorithm>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/report/atomic_file.h"

namespace glacis {

namespace {

constexpr const char* kScenario = R"(format: 1
scenario: The host swaps two guest pages in the nested page tables
why: >
  What is at stake, and how the attack works.
sources:
  paper: {{ cite: "Authors, title, venue year, section" }}
machine: machines/bare-vm.yaml                   # glacis list machines
platforms: [ none, sev, sev-es, snp ]            # glacis list platforms
guest: {{ vm0: keep-two-pages }}                   # glacis list programs
assumes: [ address of vm0.page.secret, moment vm0.stored ]
# Steps, one after the other. by: glacis list positions; at: glacis list boundaries; do: glacis list verbs
attack:
  - {{ by: vmm, at: vm0.mapping, when: {{ after: vm0.stored }}, do: {{ swap: [ vm0.page.secret, vm0.page.decoy ] }} }}
# Without `expect` a run tells what it saw, and ends with 1 where a promise broke. What must come of it:
# expect:
#   - {{ platforms: [ none, sev, sev-es ], outcome: broken, promise: integrity }}
#   - {{ platforms: [ snp ], outcome: blocked, by: rmp.access.gpa }}
)";

constexpr const char* kMachine = R"(format: 1
machine: {}
using: bare-vm.yaml
# One part a line, as in `vm1: {{ is: vm }}`; a line without `is` changes a part of the file below.
)";

constexpr const char* kGuest = R"(// {0}: keeps a page, and checks that it reads back what it wrote.
#include "guest/programs/programs.h"

namespace programs {{

void {1}(abi::Guest& guest, const std::vector<std::string>&) {{
  constexpr std::uint64_t kPageBytes = 4096;
  const auto secret = guest.random(32);
  const auto page = guest.alloc("secret", kPageBytes);
  guest.write(page, secret);
  guest.moment("stored");
  guest.yield();
  guest.ends(guest.read(page, secret.size()) == secret ? "intact" : "corrupted");
}}

}}  // namespace programs
)";

void need_word(const std::string& name) {
  auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  if (name.empty() || name[0] == '-' || !std::all_of(name.begin(), name.end(), good))
    throw base::UserError("`" + name + "` is no name: small letters, digits and hyphens");
}

std::string underscored(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace

void add_new(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("new", "writes a working start; refuses to overwrite");
  command->require_subcommand(1);
  auto name = std::make_shared<std::string>();
  auto add = [&](const char* kind, const char* what, std::function<void()> write) {
    auto* one = command->add_subcommand(kind, what);
    one->add_option("NAME", *name, "small letters, digits and hyphens")->required();
    one->callback([name, write] {
      need_word(*name);
      write();
    });
  };
  add("scenario", "NAME.yaml in the current folder", [name] {
    report::write_new_file(*name + ".yaml", fmt::format(kScenario));
    fmt::print("wrote {0}.yaml; try: glacis run {0}.yaml\n", *name);
  });
  add("machine", "scenarios/machines/NAME.yaml", [name, &session] {
    auto path = session.home.scenarios() + "/machines/" + *name + ".yaml";
    report::write_new_file(path, fmt::format(kMachine, *name));
    fmt::print("wrote {}; a scenario names it as machine: machines/{}.yaml\n", path, *name);
  });
  add("guest", "guest/programs/NAME_program.cc", [name, &session] {
    auto path = session.home.scenarios() + "/../guest/programs/" + underscored(*name) + "_program.cc";
    report::write_new_file(path, fmt::format(kGuest, *name, underscored(*name)));
    fmt::print("wrote {}; declare `{}` in guest/programs/programs.h, list it in programs.cc and in BUILD\n", path,
               underscored(*name));
  });
}

}  // namespace glacis
