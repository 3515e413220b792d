#include "tsm/tdx/quoting/report_key.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/crypto/hash.h"

namespace quoting {

ReportKey::ReportKey(base::View seed, const base::Block<16>& cpu_svn)
    : key_(crypto::hmac_sha256(seed, base::view_of("report key"))), cpu_svn_(cpu_svn) {}

base::Bytes ReportKey::seal(tdxproto::Report report, const Edit& edit) const {
  report.mac_struct.cpu_svn = cpu_svn_;
  report.mac_struct.tee_tcb_info_hash = tdxproto::tee_tcb_info_hash(report.tee_tcb_info);
  report.mac_struct.tee_info_hash = tdxproto::tee_info_hash(report.td_info);
  report.mac_struct.mac = {};
  base::Bytes raw = wire::encode(report);
  if (edit) edit("tdx.REPORT", raw);
  base::check(raw.size() == tdxproto::kReportSize, "an edited report keeps its size");
  const auto mac = crypto::hmac_sha256(key_, base::View(raw).first(tdxproto::kReportMacPartSize));
  std::ranges::copy(mac, raw.begin() + tdxproto::kReportMacPartSize);
  return raw;
}

bool ReportKey::verifies(const tdxproto::ReportMac& report) const {
  return crypto::hmac_sha256(key_, tdxproto::mac_part(report)) == report.mac;
}

bool ReportKey::verifies(const tdxproto::Report& report) const {
  return verifies(report.mac_struct) &&
         tdxproto::tee_tcb_info_hash(report.tee_tcb_info) == report.mac_struct.tee_tcb_info_hash &&
         tdxproto::tee_info_hash(report.td_info) == report.mac_struct.tee_info_hash;
}

}  // namespace quoting
