#pragma once
// Guests of SEV and SEV-ES: session with the owner, launch digest, measurement, the owner's secret, and debugging.
#include <map>

#include "platform/crypto/hash.h"
#include "platform/protocol/sev/launch_measure.h"
#include "tsm/sev/commands.h"
#include "tsm/sev/psp_state.h"

namespace sev {

enum class SevState : std::uint8_t { kLaunchUpdate = 1, kLaunchSecret = 2, kRunning = 3 };

// The platform's Diffie-Hellman key (PDH). convention: it never changes, and comes from the chip's own secret.
crypto::EcKey platform_key(const Chip& chip);

class LegacyLaunch {
 public:
  explicit LegacyLaunch(PspState& psp);

  CallResult start(const command::SevLaunchStart& request);  // the handle comes back
  CallResult activate(const command::SevActivate& request);
  CallResult update_data(const command::SevLaunchUpdate& request);
  CallResult update_vmsa(const command::SevLaunchUpdate& request);
  CallResult measure(const command::SevHandle& request);  // a MeasureBlob comes back
  CallResult secret(const command::SevLaunchSecret& request);
  CallResult finish(const command::SevHandle& request);
  CallResult decommission(const command::SevHandle& request);
  CallResult debug_decrypt(const command::SevDebug& request);  // plaintext at the destination and in the result

  const crypto::EcKey& pdh() const { return pdh_; }

 private:
  struct Guest {
    SevState state = SevState::kLaunchUpdate;
    std::uint32_t policy = 0;
    std::uint32_t asid = 0;
    sevproto::Tek tek{};
    sevproto::Tik tik{};
    base::Block<32> vek{};
    crypto::Hash256 digest;
    sevproto::Measure measure{};
  };
  Guest* find(std::uint32_t handle);
  CallResult update(const command::SevLaunchUpdate& request, bool vmsa);

  PspState& psp_;
  crypto::EcKey pdh_;
  std::map<std::uint32_t, Guest> guests_;
  std::uint32_t last_handle_ = 0;
};

}  // namespace sev
