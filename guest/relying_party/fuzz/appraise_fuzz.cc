// Whatever a guest calls its report and its certificates, they are appraised or refused by a named defence.
#include "guest/relying_party/snp_verifier.h"
#include "guest/relying_party/test_evidence.h"
#include "platform/base/check.h"
#include "platform/wire/wire.h"
#include "tests/fuzz/target.h"

namespace {

using namespace relying_party;

// The report's bytes, then the table's.
base::Bytes seed() {
  test::TestEvidence machine;
  base::Bytes out = machine.bytes();
  base::append(out, machine.table());
  return out;
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      static const test::TestEvidence machine;
      const std::size_t report = std::min<std::size_t>(in.size(), wire::min_size<sevproto::Report>());
      trust::Defences defences;
      const auto result = appraise({in.first(report), in.subspan(report)}, machine.policy, machine.expected, machine.now, defences);
      base::check(result || !result.refusal().by->id.empty(), "a refusal has a name");
    },
    seed())
