#include "scenarios/glacis/own_guest.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/glacis/home.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/contract.h"

namespace glacis {

namespace {

namespace fs = std::filesystem;

load::Thread parse(const std::string& word, bool built_in) {
  const auto wrong = [&](const std::string& what) -> base::UserError {
    const std::string program = built_in ? "VM=PROGRAM, " : "";
    return base::UserError("--guest wants " + program + "VM=library:PATH or VM=connect:unix:PATH, not `" + word + "`: " + what);
  };
  const auto at = word.find('=');
  if (at == word.npos || at == 0) throw wrong("no VM is named");
  load::Thread out;
  out.vm = word.substr(0, at);
  std::istringstream words(word.substr(at + 1));
  std::string path;
  words >> path;
  const auto take = [&](std::string_view prefix) { return path.starts_with(prefix) && path.size() > prefix.size(); };
  constexpr std::string_view kLibrary = "library:", kConnect = "connect:unix:";
  if (take(kLibrary)) {
    out.from = load::Thread::From::kLibrary;
    out.program.value = path.substr(kLibrary.size());
    std::error_code error;
    if (!fs::is_regular_file(out.program.value, error)) throw base::UserError("there is no guest library `" + out.program.value + "`");
  } else if (take(kConnect)) {
    out.from = load::Thread::From::kConnect;
    out.program.value = path.substr(kConnect.size());
  } else if (built_in && path.find(':') == path.npos) {
    const auto& known = engine::vocabulary().programs;
    if (!known.has(path)) throw base::UserError("there is no guest program `" + path + "`" + load::advice(path, known));
    out.program.value = path;
  } else {
    throw wrong("a guest is a library or listens at a Unix socket");
  }
  for (std::string argument; words >> argument;) out.args.push_back(std::move(argument));
  return out;
}

void replace(load::Scenario& scenario, load::Thread guest) {
  auto& threads = scenario.guest;
  const auto is_of_vm = [&](const load::Thread& thread) { return thread.vm == guest.vm; };
  const auto first = std::find_if(threads.begin(), threads.end(), is_of_vm);
  if (first == threads.end()) {
    std::vector<std::string> have;
    for (const auto& thread : threads) have.push_back(thread.vm);
    throw base::UserError(fmt::format("{}: runs no guest in `{}`; it has {}", scenario.file, guest.vm, report::joined(have)));
  }
  if (guest.args.empty()) {
    guest.args = first->args;
    if (first->from == load::Thread::From::kBuiltIn) guest.args = report::contract_of(scenario, guest.vm).arguments;
  }
  guest.program.pos = first->program.pos;
  *first = std::move(guest);
  threads.erase(std::remove_if(std::next(first), threads.end(), [&](const load::Thread& thread) { return thread.vm == first->vm; }), threads.end());
}

}  // namespace

std::vector<load::Thread> guests_of(const std::vector<std::string>& guests) {
  std::vector<load::Thread> out;
  for (const auto& word : guests) {
    out.push_back(parse(word, true));
    const auto same = [&](const load::Thread& thread) { return thread.vm == out.back().vm; };
    if (std::count_if(out.begin(), out.end(), same) > 1) throw base::UserError("--guest names `" + out.back().vm + "` twice");
  }
  return out;
}

std::set<std::string> replace_guests(std::vector<load::Scenario>& scenarios, const std::vector<std::string>& guests) {
  std::set<std::string> out;
  for (const auto& word : guests) {
    const auto guest = parse(word, false);
    if (!out.insert(guest.vm).second) throw base::UserError("--guest names `" + guest.vm + "` twice");
    for (auto& scenario : scenarios) replace(scenario, guest);
  }
  return out;
}

std::vector<std::string> files_of(const std::vector<std::string>& files_and_folders) {
  std::vector<std::string> out;
  for (const auto& name : files_and_folders) {
    std::error_code error;
    if (!fs::is_directory(name, error)) {
      out.push_back(name);
      continue;
    }
    const auto inside = files_under(name, ".yaml");
    if (inside.empty()) throw base::UserError("there is no scenario file (.yaml) in `" + name + "`");
    out.insert(out.end(), inside.begin(), inside.end());
  }
  return out;
}

}  // namespace glacis
