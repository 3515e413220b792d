// A chain or a handover: what is accepted is written back as it was read, a chain's entries each as they were received.
#include "platform/base/check.h"
#include "platform/protocol/pkvm/dice.h"
#include "tests/fuzz/target.h"

namespace {

base::Bytes seed() {
  crypto::Library library(1);
  pkvmproto::DiceInput input;
  input.config_descriptor = pkvmproto::encode_config_descriptor({.component_name = "layer", .security_version = 3});
  const pkvmproto::Cdis secret{}, next = pkvmproto::next_cdis(secret, input);
  const auto root = pkvmproto::dice_key(secret.attest), key = pkvmproto::dice_key(next.attest);
  const auto entry =
      pkvmproto::dice_certificate(library, {.actor = "a", .purpose = "b"}, root, key.public_point(), input, "layer");
  return pkvmproto::encode_handover({next, pkvmproto::encode_chain(root.public_point(), {entry})});
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      if (const auto handover = pkvmproto::decode_handover(in)) {
        base::check(pkvmproto::decode_handover(pkvmproto::encode_handover(*handover)) == handover,
                    "a handover is read as it was written");
        base::check(pkvmproto::decode_chain(handover->chain).has_value(), "it holds a chain");
      }
      if (const auto chain = pkvmproto::decode_chain(in)) {
        base::check(!chain->entries.empty() && chain->entries.size() <= pkvmproto::kDiceEntriesMax,
                    "a chain has entries");
        base::check(pkvmproto::append_to_chain(in, chain->entries[0].message).has_value() ||
                        chain->entries.size() == pkvmproto::kDiceEntriesMax,
                    "and takes one more");
      }
      (void)pkvmproto::decode_config_descriptor(in);
    },
    seed())
