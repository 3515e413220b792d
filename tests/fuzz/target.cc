#include "tests/fuzz/target.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace fuzz {
namespace {

std::vector<Target>& registered() {
  static std::vector<Target> all;
  return all;
}

}  // namespace

Registered::Registered(const char* file, void (*run)(base::View input), base::Bytes (*seed)(), bool slow) {
  registered().push_back({std::filesystem::path(file).stem().string(), run, seed, slow});
}

std::vector<Target> targets() {
  std::vector<Target> all = registered();
  std::ranges::sort(all, {}, &Target::name);
  return all;
}

Target target_of(const std::string& name) {
  const auto all = targets();
  if (name.empty() && all.size() == 1) return all[0];
  for (const auto& one : all)
    if (one.name == name) return one;
  std::fprintf(stderr, "no target `%s`; say --target= and one of:", name.c_str());
  for (const auto& one : all) std::fprintf(stderr, " %s", one.name.c_str());
  std::fputc('\n', stderr);
  std::exit(2);
}

}  // namespace fuzz
