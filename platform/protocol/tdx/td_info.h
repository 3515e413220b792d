#pragma once
// What the TDX module and the processor say of a TD and of themselves when a report is made: the content of a TDREPORT before it
// is laid out and sealed. Plain values; nothing here is a wire format.
#include <cstdint>

#include "platform/protocol/tdx/report.h"

namespace tdxproto {

// Of the module, as the SEAM loader recorded it, and of the processor below.
struct SeamInfo {
  base::Block<16> cpusvn{};
  base::Block<16> tee_tcb_svn{};   // byte 0: minor SVN of the module, byte 1: its major version
  base::Block<16> tee_tcb_svn2{};  // of the module now, where it was updated under running TDs
  Measurement mrseam{};
  Measurement mrsignerseam{};      // zero: the processor's vendor signed it
  std::uint64_t seam_attributes = 0;
  bool operator==(const SeamInfo&) const = default;
};

// All that one TDG.MR.REPORT covers.
struct ReportContent {
  TdInfo td;
  SeamInfo seam;
  base::Block<64> report_data{};
  bool operator==(const ReportContent&) const = default;
};

}  // namespace tdxproto
