// Whatever the bytes, a scenario and the catalogue are read or refused with a place; nothing
// else.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/load/catalogue_csv.h"
#include "scenarios/load/scenario_loader.h"
#include "scenarios/load/test_scenarios.h"
#include "scenarios/load/test_vocabulary.h"

namespace {

template <class Read>
void read_or_refuse(Read&& read) {
  try {
    read();
  } catch (const base::UserError& e) {
    if (!std::string_view(e.what()).starts_with("fuzz:")) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const load::Vocabulary vocabulary = load::test_vocabulary();
  std::string_view text(reinterpret_cast<const char*>(data), size);
  read_or_refuse([&] { load::parse_scenario(text, "fuzz", vocabulary); });
  read_or_refuse([&] { load::parse_catalogue(text, "fuzz"); });
  return 0;
}

std::vector<std::uint8_t> fuzz_seed() {
  std::string_view text = load::kLockBitflip;
  return {text.begin(), text.end()};
}
