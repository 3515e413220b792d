#pragma once
// The guest's side of pKVM: what it shares with the host and what the host may emulate for it, what firmware handed
// over, keys and evidence made from that.
//
// Promise: a page is shared while the guest means it to be, and in no other case.
//
// convention: the key of the chain's last certificate signs the owner's challenge itself. Android has another VM check
// the chain and issue an X.509 certificate (remote key provisioning), which the model has not.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/protocol/pkvm/dice.h"
#include "platform/trust/defence.h"
#include "tsm/abi/answer.h"
#include "tsm/abi/pkvm_platform.h"

namespace tsm_abi {

class PkvmGuest {
 public:
  PkvmGuest(PkvmPlatform& platform, trust::Defences& defences, std::string at = "guest");
  PkvmGuest(const PkvmGuest&) = delete;
  PkvmGuest& operator=(const PkvmGuest&) = delete;

  // What a kernel does first: who is below it, and what that can do.
  Answer<Done> boot();
  Answer<Done> share_page(std::uint64_t ipa);
  Answer<Done> unshare_page(std::uint64_t ipa);
  bool shared(std::uint64_t ipa) const { return shared_.contains(ipa / 4096); }
  // Accesses to that page go to the host from here on.
  Answer<Done> leave_to_host(std::uint64_t ipa);

  // As firmware left it in the guest's memory. False: it is none, and the guest has no keys.
  bool take_handover(base::View handover);
  // Makes a layer of its own of what the host chose for this VM: keys and evidence name it from here on. `edit` sees
  // its claims, as kPkvmConfiguration.
  bool measure_configuration(crypto::Library& library, base::View configuration, const pkvmproto::DiceEdit& edit = {});
  bool has_handover() const { return handover_.has_value(); }
  const base::Bytes& chain() const { return handover_->chain; }
  // COSE_Sign1 with tag 18 over {10: challenge}. `edit` sees the payload before it is signed, as "evidence".
  Answer<base::Bytes> attest(crypto::Library& library, const base::Block<64>& challenge,
                             const pkvmproto::DiceEdit& edit = {});
  // The same for this VM on this device, whatever kernel of its authority runs, as long as it is as debuggable.
  Answer<base::Block<32>> sealing_key(std::uint64_t select) const;

 private:
  std::int64_t call(std::uint64_t function, std::uint64_t x1 = 0);

  PkvmPlatform& platform_;
  trust::Defences& defences_;
  std::string at_;
  std::set<std::uint64_t> shared_;  // frames
  std::optional<pkvmproto::Handover> handover_;
  std::uint64_t signatures_ = 0;
};

// The label of a challenge in what is signed: EAT's nonce (RFC 9711, 4.1).
inline constexpr std::int64_t kPkvmEvidenceChallenge = 10;

// The component that stands for it. convention: Android's payload layer names files of a disk image.
inline constexpr std::string_view kPkvmConfiguration = "Configuration";

// Rows of the guest's tables.
std::vector<const trust::Defence*> pkvm_guest_defences();

}  // namespace tsm_abi
