// All layouts in one target: the first two bytes choose one, the others are its bytes.
#include "tests/fuzz/target.h"
#include "tests/layouts/layouts.h"

namespace {

void read(base::View in) {
  static const std::vector<wire::Schema> kAll = layouts::all();
  if (in.size() < 2) return;
  (void)kAll[base::load_le<std::uint16_t>(in) % kAll.size()].fuzz(in.data() + 2, in.size() - 2);
}

}  // namespace

FUZZ_TARGET(read, base::Bytes(2 + 1184))
