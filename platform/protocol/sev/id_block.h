#pragma once
// What the guest's owner signed for a launch, and the keys it is signed with (SNP ABI 1.58, SNP_LAUNCH_FINISH).
// Little-endian, the coordinates and signatures too.
#include <array>
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/protocol/sev/report.h"
#include "platform/wire/wire.h"

namespace sevproto {

inline constexpr std::uint32_t kCurveP384 = 2;

struct IdBlock {
  std::array<std::uint8_t, 48> launch_digest{};
  std::array<std::uint8_t, 16> family_id{};
  std::array<std::uint8_t, 16> image_id{};
  std::uint32_t version = 1;
  std::uint32_t guest_svn = 0;
  std::uint64_t policy = 0;
  bool operator==(const IdBlock&) const = default;
  using Wire = wire::Layout<&IdBlock::launch_digest, &IdBlock::family_id, &IdBlock::image_id, &IdBlock::version,
                            &IdBlock::guest_svn, &IdBlock::policy>;
};
static_assert(wire::min_size<IdBlock>() == 0x60);

struct EcdsaPublicKey {
  std::uint32_t curve = 0;  // zero where there is no key
  std::array<std::uint8_t, 72> qx{};
  std::array<std::uint8_t, 72> qy{};
  bool operator==(const EcdsaPublicKey&) const = default;
  using Wire = wire::Layout<&EcdsaPublicKey::curve, &EcdsaPublicKey::qx, &EcdsaPublicKey::qy, wire::At<0x404>{}>;
};
static_assert(wire::min_size<EcdsaPublicKey>() == 0x404);

struct IdAuth {
  std::uint32_t id_key_algo = kAlgoEcdsaP384Sha384;
  std::uint32_t author_key_algo = 0;
  EcdsaSignature id_block_sig;
  EcdsaPublicKey id_key;
  EcdsaSignature id_key_sig;
  EcdsaPublicKey author_key;
  bool operator==(const IdAuth&) const = default;
  using Wire = wire::Layout<&IdAuth::id_key_algo, &IdAuth::author_key_algo, wire::At<0x40>{}, &IdAuth::id_block_sig,
                            &IdAuth::id_key, wire::At<0x680>{}, &IdAuth::id_key_sig, &IdAuth::author_key,
                            wire::At<0x1000>{}>;
};
static_assert(wire::min_size<IdAuth>() == 0x1000);

// From big-endian coordinates of P-384.
EcdsaPublicKey public_key_of(const base::Block<48>& x, const base::Block<48>& y);
EcdsaSignature signature_of(const base::Block<48>& r, const base::Block<48>& s);

// ID_KEY_DIGEST and AUTHOR_KEY_DIGEST of the report: SHA-384 of the whole key structure.
base::Block<48> key_digest(const EcdsaPublicKey& key);

}  // namespace sevproto
