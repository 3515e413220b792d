// DICE chains signed by whoever holds the secrets of a device, or made some up.
#include "guest/relying_party/pkvm_verifier.h"
#include "platform/cbor/cbor.h"
#include "scenarios/engine/kits/pkvm_kit.h"

namespace engine {

namespace {

constexpr std::size_t kFirmwareEntries = 2;  // hypervisor and pvmfw

pkvmproto::DiceInput input_of(const pkvmproto::DiceEntry& entry) {
  pkvmproto::DiceInput out;
  out.code_hash = entry.code_hash, out.config_descriptor = entry.config_descriptor;
  out.authority_hash = entry.authority_hash, out.mode = entry.mode;
  return out;
}

// A certificate that names this key as the one that signed it, whichever did.
pkvmproto::DiceEdit naming(base::View authority_point) {
  return [name = pkvmproto::dice_id(authority_point)](std::string_view, cbor::Value& claims) {
    for (auto& [label, value] : *claims.as_map())
      if (label == cbor::Value(pkvmproto::kClaimIssuer)) value = name;
  };
}

}  // namespace

// Each layer's secret comes from that of the layer below and from what was booted. Whoever took the secret out of the chip has all of
// them; old firmware gives away its own alone, and the certificate of the layer below says that it is old.
std::optional<Counterfeit> PkvmKit::forge(const Forgery& forgery, const relying_party::Evidence& genuine, const base::Block<64>& binding) {
  const auto seen = pkvmproto::decode_chain(genuine.certificates);
  if (!seen || seen->entries.size() <= kFirmwareEntries) return std::nullopt;

  const bool own = forgery.key == Forgery::Key::kOwn;
  const auto device = pkvm::Device::from_seed(base::view_of(own ? std::string("forger") : forgery.chip));
  const auto claimed = own ? device : pkvm::Device::from_seed(base::view_of(forgery.claimed_chip));
  const auto booted = device.boot(world_.library, firmware_of(kFirmwareVersion - forgery.old_tcb),
                                  [&](std::string_view what, cbor::Value& claims) {
                                    if (what == pkvm::kHypervisorComponent) naming(claimed.root_point())(what, claims);
                                  });
  auto below = pkvmproto::decode_chain(booted.chain);
  base::Bytes root = claimed.root_point();
  // Beneath keys that the forger lacks: what the genuine layers said, as it passed by.
  const bool borrowed = (own && forgery.root == Forgery::Root::kVendor) || (forgery.old_tcb && !forgery.claims_old_tcb);
  if (borrowed) below = seen, root = seen->root_point;

  std::vector<cose::Sign1> entries;
  for (std::size_t i = 0; i < kFirmwareEntries; ++i) entries.push_back(below->entries[i].message);
  auto key = pkvmproto::dice_key(booted.cdis.attest);
  base::Bytes named = below->entries[kFirmwareEntries - 1].subject_point;
  for (std::size_t i = kFirmwareEntries; i < seen->entries.size(); ++i) {
    const auto& entry = seen->entries[i];
    const auto next = forgers_key(world_.run.seed, "forger layer " + std::to_string(i));
    entries.push_back(pkvmproto::dice_certificate(world_.library, {"forger", "dice", i}, key, next.public_point(), input_of(entry),
                                                  entry.config.component_name.value_or(""), naming(named)));
    key = next, named = next.public_point();
  }
  const auto evidence = cose::sign1(world_.library, {"forger", "evidence", 0}, key,
                                    cbor::encode(cbor::Map{{relying_party::kPkvmChallengeLabel, binding}}), cose::Algorithm::kEs384);
  return Counterfeit{cose::encode_sign1(evidence), pkvmproto::encode_chain(root, entries)};
}

}  // namespace engine
