#pragma once
// What comes beside a CoVE certificate in one EVIDENCE message, where an SNP report has its certificate table.
#include "platform/base/bytes.h"
#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace relying_party {

struct CoveAttachment {
  std::uint32_t endorsement_size = 0;
  std::uint32_t event_log_size = 0;
  base::Bytes endorsement;  // of the platform's root of trust: an X.509 certificate, DER
  base::Bytes event_log;    // coveproto::EventLog in CBOR; may be empty
  using Wire = wire::Layout<&CoveAttachment::endorsement_size, &CoveAttachment::event_log_size,
                            wire::Run<&CoveAttachment::endorsement, &CoveAttachment::endorsement_size>{},
                            wire::Run<&CoveAttachment::event_log, &CoveAttachment::event_log_size>{}>;
};

inline std::vector<wire::Schema> cove_schemas() { return {wire::schema_of<CoveAttachment>("rp.COVE_ATTACHMENT")}; }

}  // namespace relying_party
