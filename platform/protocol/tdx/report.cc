#include "platform/protocol/tdx/report.h"

#include "platform/crypto/hash.h"

namespace tdxproto {

Measurement tee_tcb_info_hash(const TeeTcbInfo& info) { return crypto::sha384(wire::encode(info)); }
Measurement tee_info_hash(const TdInfo& info) { return crypto::sha384(wire::encode(info)); }

base::Bytes mac_part(const ReportMac& report) {
  base::Bytes raw = wire::encode(report);
  raw.resize(kReportMacPartSize);
  return raw;
}

}  // namespace tdxproto
