// Whatever a host calls a certificate, it is appraised or refused by a row with a name.
#include "platform/wire/fuzz.h"
#include "tests/evidence/cove/situation.h"

WIRE_FUZZ_FUNCTION(
    [](base::View in) {
      static const cove_evidence::Situation kSituation;
      auto carried = cove_evidence::Carried{.certificate = base::bytes_of(in), .endorsement = base::bytes_of(in), .event_log = base::bytes_of(in)};
      base::check(!cove_evidence::Situation::verdict(kSituation.appraise(carried)).empty(), "a refusal has a name");
    },
    cove_evidence::Situation().carried().certificate)
