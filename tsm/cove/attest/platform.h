#pragma once
// A CoVE platform from the factory and as it was started: its Unique Device Secret, its state, the firmware that ran and the TSM that
// was loaded. The layers' secrets follow from these (platform/protocol/cove/dice.h).
#include <array>
#include <vector>

#include "platform/protocol/cove/dice.h"
#include "platform/protocol/cove/evidence.h"
#include "platform/protocol/cove/measurement.h"

namespace attest {

struct Platform {
  // A platform is its seed; the rest is what an up-to-date one of ours runs.
  static Platform from_seed(base::View seed);

  coveproto::Cdi uds{};
  coveproto::ManufacturerId manufacturer_id{};
  coveproto::PlatformState state = coveproto::PlatformState::kSecured;
  std::vector<coveproto::SwComponent> firmware;  // of M-mode, in the order in which they were started
  coveproto::SwComponent driver, tsm;

  // H(Meas(TCB)) of each layer: what is claimed of it.
  coveproto::Digest firmware_measured() const;
  coveproto::Digest tsm_measured() const;
  coveproto::Cdi platform_cdi() const { return coveproto::next_cdi(uds, firmware_measured()); }
  coveproto::Cdi tsm_cdi() const { return coveproto::next_cdi(platform_cdi(), tsm_measured()); }
  // What initial registers 0 to 3 of every TVM say.
  std::array<coveproto::Digest, 4> boot_registers() const;
};

// The security version that a component of ours has, as a number. convention: SVNs are decimal numbers.
inline constexpr unsigned kFirmwareSvn = 4, kDriverSvn = 3, kTsmSvn = 5;

}  // namespace attest
