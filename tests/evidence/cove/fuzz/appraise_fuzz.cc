// Whatever a host calls a certificate, it is appraised or refused by a row with a name.
#include "platform/base/check.h"
#include "tests/evidence/cove/situation.h"
#include "tests/fuzz/target.h"

namespace {

void appraise(base::View in) {
  static const cove_evidence::Situation kSituation;
  cove_evidence::Carried carried;
  carried.certificate = carried.endorsement = carried.event_log = base::bytes_of(in);
  base::check(!cove_evidence::Situation::verdict(kSituation.appraise(carried)).empty(), "a refusal has a name");
}

base::Bytes seed() { return cove_evidence::Situation().carried().certificate; }

}  // namespace

FUZZ_TARGET(appraise, seed())
