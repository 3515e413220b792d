// The targets of a folder under libFuzzer: PROGRAM --target=X_fuzz and libFuzzer's own words. `--seed-to=FILE` writes the input that the
// target starts from, `--list` prints the names; either ends the program.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "tests/fuzz/target.h"

namespace {

void (*g_run)(base::View) = nullptr;

}  // namespace

// libFuzzer passes over words that begin with `--`, and hands them to the processes that it starts.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  std::string name, seed_to;
  bool list = false;
  for (int i = 1; i < *argc; ++i) {
    const std::string_view word = (*argv)[i];
    if (word.starts_with("--target=")) name = word.substr(9);
    if (word.starts_with("--seed-to=")) seed_to = word.substr(10);
    list |= word == "--list";
  }
  if (list) {
    for (const auto& target : fuzz::targets()) std::puts(target.name.c_str());
    std::exit(0);
  }
  const fuzz::Target target = fuzz::target_of(name);
  g_run = target.run;
  if (!seed_to.empty()) {
    const base::Bytes seed = target.seed();
    std::ofstream(seed_to, std::ios::binary).write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
    std::exit(0);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  g_run(base::View(data, size));
  return 0;
}
