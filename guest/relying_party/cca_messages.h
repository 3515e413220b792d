#pragma once
// What comes beside a CCA token in one EVIDENCE message, where an SNP report has its certificate table.
#include "platform/base/bytes.h"
#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace relying_party {

struct CcaAttachment {
  std::uint32_t endorsement_size = 0;
  std::uint32_t event_log_size = 0;
  base::Bytes endorsement;  // the vendor's, of the platform's key
  base::Bytes event_log;    // as CCEL has it; may be empty
  using Wire = wire::Layout<&CcaAttachment::endorsement_size, &CcaAttachment::event_log_size,
                            wire::Run<&CcaAttachment::endorsement, &CcaAttachment::endorsement_size>{},
                            wire::Run<&CcaAttachment::event_log, &CcaAttachment::event_log_size>{}>;
};

inline std::vector<wire::Schema> cca_schemas() { return {wire::schema_of<CcaAttachment>("rp.CCA_ATTACHMENT")}; }

}  // namespace relying_party
