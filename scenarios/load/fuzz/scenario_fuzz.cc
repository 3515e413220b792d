// Whatever the bytes, a scenario and the catalogue are read or refused with a place; nothing else.
#include <cstdlib>
#include <string>
#include <string_view>

#include "scenarios/load/catalogue_csv.h"
#include "scenarios/load/scenario_loader.h"
#include "scenarios/load/test_scenarios.h"
#include "scenarios/load/test_vocabulary.h"
#include "tests/fuzz/target.h"

namespace {

template <class Read>
void read_or_refuse(Read&& read) {
  try {
    read();
  } catch (const base::UserError& e) {
    if (!std::string_view(e.what()).starts_with("fuzz:")) std::abort();
  }
}

void read(base::View in) {
  static const load::Vocabulary vocabulary = load::test_vocabulary();
  const std::string text = base::text_of(in);
  read_or_refuse([&] { load::parse_scenario(text, "fuzz", vocabulary); });
  read_or_refuse([&] { load::parse_catalogue(text, "fuzz"); });
}

}  // namespace

FUZZ_TARGET(read, base::bytes_of(base::view_of(load::kLockBitflip)))
