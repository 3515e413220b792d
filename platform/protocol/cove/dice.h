#pragma once
// The secrets of CoVE's layers and what is derived from them (RISC-V CoVE 0.7, "Layered Evidence"): each layer's Compound Device
// Identifier comes from that of the layer below and from what was measured into it, and each has a key and an identifier.
//
// convention `cove.dice.kdf`: the key derivation functions are the implementation's. Ours: KDF is HKDF with SHA-384 and no salt, under
// the info "CDI" or "ID"; AsymKDF gives a key on P-384.
#include <string>

#include "platform/crypto/ec_key.h"
#include "platform/protocol/cove/structures.h"

namespace coveproto {

using Cdi = base::Block<32>;  // and the UDS

// KDF(previous || measured): `measured` is the hash of the layer that is started.
Cdi next_cdi(const Cdi& previous, const Digest& measured);
crypto::EcKey key_of(const Cdi& cdi);
// 20 bytes, in lower-case hexadecimal.
inline constexpr std::size_t kIdSize = 20;
std::string id_of(base::View public_point);

}  // namespace coveproto
