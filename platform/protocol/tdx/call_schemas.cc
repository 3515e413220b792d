#include "platform/protocol/tdx/call_schemas.h"

#include "platform/protocol/tdx/connect.h"
#include "platform/protocol/tdx/registers.h"
#include "platform/protocol/tdx/td_params.h"
#include "platform/protocol/tdx/tdvmcall.h"

namespace tdxproto {

const std::vector<wire::Schema>& call_schemas() {
  static const std::vector<wire::Schema> kSchemas = {
      wire::schema_of<Registers>("tdx.SEAMCALL"),
      wire::schema_of<TdParams>("tdx.TD_PARAMS"),
      wire::schema_of<GetQuoteHeader>("tdx.GET_QUOTE"),
      wire::schema_of<SpdmConfig>("tdx.SPDM_CONFIG"),
      wire::schema_of<TdcmHeader>("tdx.TDCM"),
  };
  return kSchemas;
}

}  // namespace tdxproto
