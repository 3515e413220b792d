// Runs fuzz targets without a fuzzer, over their own inputs and the corpora named on the command line.
//   PROGRAM [X_fuzz.corpus...]                                   every target that is linked in: the same inputs each time
//   PROGRAM --target=X_fuzz --seconds=N --random=R [CORPUS...]   one target for N seconds, with altered inputs that R decides
// An input that a target does not bear is printed as a line for its corpus.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/corpus.h"
#include "tests/fuzz/replay.h"
#include "tests/fuzz/target.h"

namespace {

constexpr unsigned kInputSecondsMax = 60;  // with --seconds: an input that takes longer is a finding

struct Options {
  std::string target;
  double seconds = 0;  // 0: the inputs that are always the same
  std::uint64_t random = 1;
  std::vector<std::filesystem::path> corpora;
};
Options g_options;
const fuzz::Target* g_target = nullptr;
base::View g_input;

// Called by a signal's handler too, which then ends the program: what could go wrong is not seeing this line.
void tell_input() {
  if (!g_target) return;
  const std::string text = "\n" + g_target->name + " does not bear this input (a line for " + g_target->name + ".corpus):\n" + fuzz::line_of(g_input) + "\n";
  (void)!::write(STDERR_FILENO, text.data(), text.size());
}
extern "C" void on_signal(int number) {
  tell_input();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

Options options_of(int argc, char** argv) {
  Options out;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto value = std::string(word.substr(std::min(word.size(), word.find('=') + 1)));
    if (word.starts_with("--target=")) out.target = value;
    else if (word.starts_with("--seconds=")) out.seconds = std::strtod(value.c_str(), nullptr);
    else if (word.starts_with("--random=")) out.random = std::strtoull(value.c_str(), nullptr, 10);
    else out.corpora.emplace_back(word);
  }
  return out;
}

std::vector<base::Bytes> seeds_of(const fuzz::Target& target) {
  std::vector<base::Bytes> seeds = {target.seed()};
  for (const auto& path : g_options.corpora) {
    if (path.stem() != target.name) continue;
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    try {
      for (auto& input : fuzz::inputs_of(text)) seeds.push_back(std::move(input));
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(path.string() + ": " + error.what());
    }
  }
  return seeds;
}

void play(const fuzz::Target& target) {
  const auto seeds = seeds_of(target);
  const auto one = [&](const std::uint8_t* data, std::size_t size) {
    g_input = base::View(data, size);
    if (g_options.seconds > 0) ::alarm(kInputSecondsMax);
    try {
      target.run(g_input);
    } catch (...) {  // while the input is still there
      tell_input();
      throw;
    }
  };
  g_target = &target;
  const int repeated = target.slow ? fuzz::kRandomInputs / 10 : fuzz::kRandomInputs;
  auto count = static_cast<std::uint64_t>(repeated);
  if (g_options.seconds > 0) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration<double>(g_options.seconds);
    for (const auto& seed : seeds) one(seed.data(), seed.size());
    count = fuzz::wander(seeds, g_options.random, [&] { return Clock::now() >= end; }, one);
    ::alarm(0);
  } else {
    fuzz::replay(seeds, one, repeated);
  }
  g_target = nullptr;
  std::printf("%s: %zu kept inputs, %llu random ones\n", target.name.c_str(), seeds.size(), static_cast<unsigned long long>(count));
}

}  // namespace

int main(int argc, char** argv) try {
  g_options = options_of(argc, argv);
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM}) std::signal(number, on_signal);
  if (!g_options.target.empty()) play(fuzz::target_of(g_options.target));
  else
    for (const auto& target : fuzz::targets()) play(target);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
