// Runs a fuzz target without a fuzzer, over the target's own seed and the corpus files named on the command line.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "tests/fuzz/replay.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
std::vector<std::uint8_t> fuzz_seed();

int main(int argc, char** argv) {
  std::vector<fuzz::Bytes> seeds = {fuzz_seed()};
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "cannot read %s\n", argv[i]);
      return 2;
    }
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  fuzz::replay(seeds, LLVMFuzzerTestOneInput);
  std::printf("%zu seeds, %d random inputs\n", seeds.size(), fuzz::kRandomInputs);
}
