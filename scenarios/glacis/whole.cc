#include "scenarios/glacis/whole.h"

#include <cstdlib>
#include <filesystem>
#include <set>

#include <unistd.h>

#include "scenarios/load/document.h"

namespace glacis {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kHome = "$GLACIS_HOME/scenarios/";
constexpr std::size_t kFileMax = std::size_t{1} << 30;  // bytes, of a program or a library

fs::path program() { return fs::read_symlink("/proc/self/exe"); }

// The programs that are started for guests and TPMs, found as they are there.
void add_helper(std::map<std::string, std::string>& files, const char* name, const char* variable) {
  const char* said = std::getenv(variable);
  const fs::path path = said && *said ? fs::path(said) : program().parent_path() / name;
  std::error_code error;
  if (fs::is_regular_file(path, error)) files[name] = digest_of_file(path.string());
}

// "../x" and "/x" when `file` is not below `folder`.
bool is_below(const fs::path& relative) { return !relative.empty() && *relative.begin() != ".." && relative.is_relative(); }

}  // namespace

std::string digest_of_file(const std::string& file) { return report::digest_of(load::read_text(file, kFileMax)); }

std::string portable_name(const Home& home, const std::string& file) {
  // As they are written first: a file of the tree may be a link to somewhere else.
  std::error_code error;
  const auto plain = fs::absolute(file, error).lexically_normal(), real = fs::weakly_canonical(file, error);
  for (const auto& in_home : {plain.lexically_relative(fs::absolute(home.scenarios(), error).lexically_normal()),
                              real.lexically_relative(fs::weakly_canonical(home.scenarios(), error))})
    if (is_below(in_home)) return std::string(kHome) + in_home.string();
  const auto here = plain.lexically_relative(fs::current_path(error));
  return is_below(here) ? here.string() : plain.string();
}

std::string file_named(const Home& home, const std::string& portable) {
  return portable.starts_with(kHome) ? home.scenarios() + "/" + portable.substr(kHome.size()) : portable;
}

report::Whole whole_of(const Home& home, std::string kind, const std::vector<load::Scenario>& scenarios,
                       std::map<std::string, std::vector<std::string>> options) {
  report::Whole out{std::move(kind), digest_of_file(program().string()), std::move(options), {}, 0};
  const load::ReadFile read = [&](const std::string& file) {
    auto text = load::read_text(file);
    out.files[portable_name(home, file)] = report::digest_of(text);
    return text;
  };
  std::set<std::pair<std::string, std::string>> machines;
  bool has_row = false;
  for (const auto& scenario : scenarios) {
    (void)read(scenario.file);
    has_row = has_row || scenario.catalogue.has_value();
    for (const auto& thread : scenario.guest)
      if (thread.from == load::Thread::From::kLibrary) out.files[portable_name(home, thread.program.value)] = digest_of_file(thread.program.value);
    for (const auto& platform : report::platforms_of(scenario))
      if (!scenario.n_a.contains(platform) && !scenario.machines.empty() && machines.emplace(scenario.machines[0].path.value, platform).second) (void)home.machine(scenario, platform, read);
  }
  if (has_row) out.files[portable_name(home, home.catalogue() + "/attacks.csv")] = digest_of_file(home.catalogue() + "/attacks.csv");
  add_helper(out.files, "glacis-vtpm", "GLACIS_VTPM");
  add_helper(out.files, "glacis-guest-runner", "GLACIS_GUEST_RUNNER");
  return out;
}

}  // namespace glacis
