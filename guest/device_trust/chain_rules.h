#pragma once
// What makes a certificate chain of a slot no proof of a device's identity, in the order in which a verifier looks. A
// row stands for itself: lifted, it leaves the others as they are.
#include <optional>
#include <vector>

#include "guest/device_trust/evidence.h"
#include "guest/device_trust/policy.h"
#include "guest/device_trust/seen.h"
#include "guest/device_trust/transcripts.h"
#include "guest/device_trust/x509_claims.h"
#include "platform/trust/defence.h"

namespace device_trust {

struct ChainCase {
  const ChainPolicy& policy;
  const PciIdentity& identity;
  crypto::CalendarTime now = 0;
  std::uint8_t slot = 0;
  bool alias = false;     // the leaf is one that the device made itself
  bool generic = false;   // 1.3: neither of the device's hardware nor of its firmware

  bool well_formed = false;
  bool understood = false;  // whatever is critical in it
  std::vector<crypto::Certificate> certificates{};  // the leaf last
  std::vector<Claims> claims{};                     // of each
  const TrustedRoot* trusted = nullptr;             // null when the owner trusts no root of this chain

  const crypto::Certificate& leaf() const { return certificates.back(); }
  const Claims& leaf_claims() const { return claims.back(); }
  // Where the chain is to end. That the owner trusts it is a rule of its own.
  const crypto::Certificate& anchor() const { return trusted ? trusted->root : certificates.front(); }
  // Who is to have signed certificate `i`.
  const crypto::Certificate& issuer(std::size_t i) const { return i == 0 ? anchor() : certificates[i - 1]; }
};

// `policy` and `seen` have to outlive the case.
ChainCase chain_case(const DeviceEvidence& evidence, std::uint8_t slot, const Negotiated& negotiated,
                     const ChainPolicy& policy, const Seen& seen, crypto::CalendarTime now);
// The key that stands for the hardware, whatever firmware runs. The chain is well-formed.
const base::Bytes& identity_key_of(const ChainCase& c);

// chain_checks.cc
bool root_is_trusted(const ChainCase& c);
bool chain_is_signed(const ChainCase& c);
bool chain_is_valid_now(const ChainCase& c);
bool issuers_are_authorities(const ChainCase& c);
bool chain_is_not_revoked(const ChainCase& c);
bool leaf_is_responder(const ChainCase& c);
bool leaf_names_device(const ChainCase& c);
bool root_speaks_for_vendor(const ChainCase& c);
bool marks_fit_model(const ChainCase& c);

inline constexpr trust::Rule<ChainCase> kChainRules[] = {
    {{"cma.chain.form", "DSP0274 1.3, 10.7; RFC 5280, 4",
      "A slot's chain is well-formed and of at most eight certificates.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const ChainCase& c) { return c.well_formed; }},
    {{"cma.chain.critical", "RFC 5280, 4.2", "Extensions are of their form, and all that is critical is understood.",
      trust::Act::kDetect},
     [](const ChainCase& c) { return c.understood; }},
    {{"cma.chain.root", "PCIe 6.1, 6.31.3; RFC 5280, 6.1.1 (d)", "The chain begins at a root that the owner trusts.",
      trust::Act::kDetect},
     root_is_trusted},
    {{"cma.chain.signatures", "RFC 5280, 6.1.3 (a)", "Each certificate is named and signed by the one before it.",
      trust::Act::kDetect},
     chain_is_signed},
    {{"cma.chain.validity", "RFC 5280, 6.1.3 (a) (2)", "All certificates are valid at the guest's trusted time.",
      trust::Act::kDetect},
     chain_is_valid_now},
    {{"cma.chain.authority", "RFC 5280, 6.1.4 (k) to (n)",
      "Only an authority has issued a certificate, at most as far down as it may.",
      trust::Act::kDetect},
     issuers_are_authorities},
    {{"cma.chain.revoked", "RFC 5280, 6.3.3",
      "No certificate of the chain was taken back, and current lists say so where asked for.",
      trust::Act::kDetect},
     chain_is_not_revoked},
    {{"cma.leaf.key-usage", "DSP0274 1.3, 10.7.1; RFC 5280, 4.2.1.3", "The leaf's key may make signatures.",
      trust::Act::kDetect},
     [](const ChainCase& c) { return c.leaf_claims().may(kUsageDigitalSignature); }},
    {{"cma.leaf.eku", "DSP0274 1.3, 10.7.1", "The leaf is made for a responder, not for a requester alone.",
      trust::Act::kDetect},
     leaf_is_responder},
    {{"cma.leaf.model", "DSP0274 1.3, 10.7",
      "A leaf that the device made does not claim to be its hardware, and a device's own leaf does not change.",
      trust::Act::kDetect, trust::Kind::kConformance},
     marks_fit_model},
    {{"cma.leaf.san", "PCIe 6.1, 6.31.3", "The leaf names the function that configuration space shows.",
      trust::Act::kDetect},
     leaf_names_device},
    {{"cma.keyring.vendor", "PCIe 6.1, 6.31.3", "A root vouches only for devices of the vendors that the owner lists.",
      trust::Act::kDetect},
     root_speaks_for_vendor},
    {{"cma.device.root", "PCIe 6.1, 6.31.3", "The root is the one that this device is known to have, where one is.",
      trust::Act::kDetect},
     [](const ChainCase& c) {
       return !c.policy.device_root || c.anchor().public_key() == c.policy.device_root->public_key();
     }},
    {{"cma.slot.pinned", "DSP0274 1.3, 10.6", "The slot is the pinned one, where the owner pins one.",
      trust::Act::kDetect},
     [](const ChainCase& c) { return !c.policy.slot || *c.policy.slot == c.slot; }},
};

}  // namespace device_trust
