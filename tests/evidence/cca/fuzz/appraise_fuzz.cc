// Whatever a host calls a token, its endorsement and its log, they are appraised or refused by a row with a name.
#include "platform/base/check.h"
#include "tests/evidence/cca/situation.h"
#include "tests/fuzz/target.h"

namespace {

using cca_evidence::Carried;
using cca_evidence::Situation;

// Each part behind its size, 4 bytes little-endian.
base::Bytes joined(const Carried& carried) {
  base::Bytes out;
  for (const auto* part : {&carried.token, &carried.endorsement, &carried.event_log}) {
    base::append_le(out, static_cast<std::uint32_t>(part->size()));
    base::append(out, *part);
  }
  return out;
}
Carried parted(base::View in) {
  Carried out;
  for (auto* part : {&out.token, &out.endorsement, &out.event_log}) {
    if (in.size() < 4) break;
    const std::size_t size = std::min<std::size_t>(base::load_le<std::uint32_t>(in), in.size() - 4);
    *part = base::bytes_of(in.subspan(4, size));
    in = in.subspan(4 + size);
  }
  return out;
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      static const Situation situation;
      auto result = situation.appraise(parted(in));
      base::check(result || !result.refusal().by->id.empty(), "a refusal has a name");
    },
    joined(Situation().carried()))
