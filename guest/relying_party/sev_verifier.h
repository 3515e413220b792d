#pragma once
// The owner's part in the launch of a legacy SEV or SEV-ES guest: wraps transport keys for the platform, checks what
// LAUNCH_MEASURE says with them, and only then makes the packet for LAUNCH_SECRET. Evidence here is a MAC that
// nobody but the platform and the owner can make, so there is no certificate to read: that the platform's key is
// genuine, the owner must know beforehand.
#include <optional>
#include <set>
#include <vector>

#include "guest/relying_party/channel.h"
#include "platform/protocol/sev/launch_measure.h"
#include "platform/protocol/sev/session.h"
#include "platform/trust/defence.h"

namespace relying_party {

struct SevPolicy {
  std::set<base::Block<32>> digests;  // of the images that the owner built, for exactly its vCPUs
  bool allow_debug = false;
  std::optional<std::set<base::Bytes>> platforms{};  // PDH points that the owner knows to be genuine and his; unset: any
};

// What the host reports of a launch. All of it enters the MAC, so that a lie shows.
struct LaunchReport {
  std::uint8_t api_major = 0;
  std::uint8_t api_minor = 0;
  std::uint8_t build = 0;
  std::uint32_t policy = 0;
  sevproto::MeasureBlob measure;
};

// One launch as its owner sees it. Keys are drawn from `random` in the constructor and never used for another launch.
class SevOwner {
 public:
  SevOwner(SevPolicy policy, Random random, trust::Defences& defences);
  SevOwner(const SevOwner&) = delete;
  SevOwner& operator=(const SevOwner&) = delete;

  // `guest_policy` is what the guest is to be launched with. Empty when the platform's point (X||Y) is none of P-384
  // or not one that the owner accepts.
  std::optional<sevproto::Session> session(base::View platform_point, std::uint32_t guest_policy);

  trust::Result<> appraise(const LaunchReport& report) const;
  // The packet for LAUNCH_SECRET, or why there is none.
  trust::Result<sevproto::SecretPacket> release(const LaunchReport& report, base::View secret);

  // The owner's own secret: with it, whoever he trusts can check a measurement as he does.
  const sevproto::TransportKeys& keys() const { return keys_; }

 private:
  SevPolicy policy_;
  Random random_;
  trust::Defences& defences_;
  crypto::EcKey key_;
  sevproto::TransportKeys keys_;
};

void collect_sev_defences(std::vector<const trust::Defence*>& into);

}  // namespace relying_party
