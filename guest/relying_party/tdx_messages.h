#pragma once
// What comes beside a quote in one EVIDENCE message, where an SNP report has its certificate table.
#include "platform/base/bytes.h"
#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace relying_party {

struct TdxAttachment {
  std::uint32_t collateral_size = 0;
  std::uint32_t event_log_size = 0;
  base::Bytes collateral;  // tdxproto::Collateral
  base::Bytes event_log;   // as CCEL has it; may be empty
  using Wire = wire::Layout<&TdxAttachment::collateral_size, &TdxAttachment::event_log_size,
                            wire::Run<&TdxAttachment::collateral, &TdxAttachment::collateral_size>{},
                            wire::Run<&TdxAttachment::event_log, &TdxAttachment::event_log_size>{}>;
};

inline std::vector<wire::Schema> tdx_schemas() { return {wire::schema_of<TdxAttachment>("rp.TDX_ATTACHMENT")}; }

}  // namespace relying_party
