#pragma once
// The CPU's own key for reports: what makes a TDREPORT worth something on this platform, and on no other.
//
// convention: the key's derivation is the CPU's secret; ours is HMAC-SHA-256 of the platform's seed.
#include "platform/base/bytes.h"
#include "platform/protocol/tdx/report.h"
#include "tsm/tdx/quoting/edit.h"

namespace quoting {

class ReportKey {
 public:
  ReportKey(base::View seed, const base::Block<16>& cpu_svn);

  // SEAMREPORT: the bytes of `report` with this CPU's CPUSVN, both hashes and the MAC. `edit` sees "tdx.REPORT" before
  // the MAC is made.
  base::Bytes seal(tdxproto::Report report, const Edit& edit = {}) const;
  // Whether this CPU made the MAC: all that SEAMVERIFYREPORT says.
  bool verifies(const tdxproto::ReportMac& report) const;
  // EVERIFYREPORT2 and what its callers check besides: the MAC, and that the two structures are the hashed ones.
  bool verifies(const tdxproto::Report& report) const;

 private:
  base::Block<32> key_;
  base::Block<16> cpu_svn_;
};

}  // namespace quoting
