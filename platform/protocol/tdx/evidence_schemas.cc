#include "platform/protocol/tdx/evidence_schemas.h"

#include "platform/protocol/tdx/collateral.h"
#include "platform/protocol/tdx/event_log.h"
#include "platform/protocol/tdx/quote.h"
#include "platform/protocol/tdx/report.h"

namespace tdxproto {

const std::vector<wire::Schema>& evidence_schemas() {
  static const std::vector<wire::Schema> kSchemas = {
      wire::schema_of<Report>("tdx.REPORT"),
      wire::schema_of<Quote>("tdx.QUOTE"),
      wire::schema_of<QuoteContent>("tdx.QUOTE_CONTENT"),
      wire::schema_of<EnclaveReport>("tdx.QE_REPORT"),
      wire::schema_of<QeCertification>("tdx.QE_CERTIFICATION"),
      wire::schema_of<QuoteSignature>("tdx.QUOTE_SIGNATURE"),
      wire::schema_of<SpecIdRecord>("tdx.SPEC_ID"),
      wire::schema_of<Event>("tdx.EVENT"),
      wire::schema_of<CcelTable>("tdx.CCEL"),
      wire::schema_of<Collateral>("tdx.COLLATERAL"),
  };
  return kSchemas;
}

}  // namespace tdxproto
