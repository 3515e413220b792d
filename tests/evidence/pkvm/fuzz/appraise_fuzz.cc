// Whatever a host calls a chain and evidence, they are appraised or refused by a row with a name. The chain stands
// behind its size, 4 bytes little-endian; the rest is evidence.
#include "platform/base/check.h"
#include "tests/evidence/pkvm/situation.h"
#include "tests/fuzz/target.h"

namespace {

using pkvm_evidence::Situation;

base::Bytes joined(const Situation& s) {
  base::Bytes out;
  base::append_le(out, static_cast<std::uint32_t>(s.chain.size()));
  base::append(out, s.chain);
  base::append(out, s.evidence);
  return out;
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      static Situation situation;
      if (in.size() < 4) return;
      const std::size_t size = std::min<std::size_t>(base::load_le<std::uint32_t>(in), in.size() - 4);
      situation.chain = base::bytes_of(in.subspan(4, size));
      situation.evidence = base::bytes_of(in.subspan(4 + size));
      trust::Defences defences;
      auto result = situation.appraise(defences);
      base::check(result || !result.refusal().by->id.empty(), "a refusal has a name");
    },
    joined(Situation()))
