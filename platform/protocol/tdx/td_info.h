#pragma once
// What the TDX module and the processor say of a TD and of themselves when a report is made: the content of a TDREPORT before it
// is laid out and sealed. Plain values; nothing here is a wire format.
#include <array>
#include <cstdint>

#include "platform/base/bytes.h"

namespace tdxproto {

using Measurement = base::Block<48>;  // SHA-384

inline constexpr std::size_t kRtmrs = 4;

// Of one TD.
struct TdIdentity {
  std::uint64_t attributes = 0;  // kAttribute... of td_params.h
  std::uint64_t xfam = 0;
  Measurement mrtd{};            // final from TDH.MR.FINALIZE on
  Measurement mrconfigid{};      // the host's to choose at TDH.MNG.INIT, as the next two
  Measurement mrowner{};
  Measurement mrownerconfig{};
  std::array<Measurement, kRtmrs> rtmr{};
  Measurement servtd_hash{};     // zero where no service TD is bound
  bool operator==(const TdIdentity&) const = default;
};

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
  TdIdentity td;
  SeamInfo seam;
  base::Block<64> report_data{};
  bool operator==(const ReportContent&) const = default;
};

}  // namespace tdxproto
