#pragma once
// A TDX server from the factory: what is fused into it, what it is registered as, and the patches that it runs.
#include <string>

#include "platform/crypto/ec_key.h"
#include "platform/protocol/tdx/pck_extension.h"
#include "tsm/tdx/quoting/report_key.h"

namespace quoting {

// Which authority certifies a platform's PCK key: one of several packages, registered, or a single one.
enum class PckAuthority { kPlatform, kProcessor };

struct Platform {
  // A platform is its seed. FMSPC names the family, so that all of ours share it unless told otherwise.
  static Platform from_seed(base::View seed, const tdxproto::PlatformTcb& tcb);

  PckAuthority authority = PckAuthority::kPlatform;
  base::Block<16> ppid{};
  base::Block<16> instance_id{};
  base::Block<6> fmspc{0xb0, 0xc0, 0x6f, 0, 0, 0};
  base::Block<2> pce_id{};
  tdxproto::PlatformTcb tcb;
  base::Block<32> secret{};

  // The raw CPUSVN. convention: ours is its components, one after another; the real order is the CPU's secret.
  const base::Block<16>& cpu_svn() const { return tcb.components; }
  ReportKey report_key() const;
  tdxproto::PckExtension pck_extension() const;
  // The PCE's key for this platform and TCB. P-256.
  crypto::EcKey pck_key() const;
};

}  // namespace quoting
