#include "platform/protocol/sev/session.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/crypto/aead.h"
#include "platform/crypto/hash.h"

namespace sevproto {
namespace {

template <std::size_t N>
base::Block<N> block(base::View bytes) {
  base::check(bytes.size() == N, "a block has its size");
  base::Block<N> out{};
  std::ranges::copy(bytes, out.begin());
  return out;
}

struct WrapKeys {
  base::Block<16> kek;
  base::Block<16> kik;
};
WrapKeys wrap_keys(base::View shared, const base::Block<16>& nonce) {
  base::Bytes master = crypto::sp800_108_sha256(shared, "sev-master-secret", nonce, 16);
  return {block<16>(crypto::sp800_108_sha256(master, "sev-kek", {}, 16)),
          block<16>(crypto::sp800_108_sha256(master, "sev-kik", {}, 16))};
}

base::Block<32> policy_mac(const Tik& tik, std::uint32_t policy) {
  base::Bytes bytes;
  base::append_le(bytes, policy);
  return crypto::hmac_sha256(tik, bytes);
}

}  // namespace

std::optional<Session> seal_session(const crypto::EcKey& owner, base::View platform_point, const TransportKeys& keys,
                     const base::Block<16>& nonce, const base::Block<16>& iv, std::uint32_t policy) {
  auto shared = owner.ecdh(platform_point);
  if (!shared) return std::nullopt;
  WrapKeys wrap = wrap_keys(*shared, nonce);
  base::Bytes plain = base::bytes_of(base::View(keys.tek));
  base::append(plain, keys.tik);
  Session session;
  session.owner_point = block<96>(owner.public_point());
  session.nonce = nonce;
  session.wrap_iv = iv;
  session.wrap_tk = block<32>(crypto::aes128_ctr(wrap.kek, iv, plain));
  session.wrap_mac = crypto::hmac_sha256(wrap.kik, session.wrap_tk);
  session.policy_mac = policy_mac(keys.tik, policy);
  return session;
}

std::optional<TransportKeys> open_session(const crypto::EcKey& platform, const Session& session, std::uint32_t policy) {
  auto shared = platform.ecdh(session.owner_point);
  if (!shared) return std::nullopt;
  WrapKeys wrap = wrap_keys(*shared, session.nonce);
  if (crypto::hmac_sha256(wrap.kik, session.wrap_tk) != session.wrap_mac) return std::nullopt;
  base::Bytes plain = crypto::aes128_ctr(wrap.kek, session.wrap_iv, session.wrap_tk);
  base::View view(plain);
  TransportKeys keys{block<16>(view.first(16)), block<16>(view.subspan(16))};
  if (policy_mac(keys.tik, policy) != session.policy_mac) return std::nullopt;
  return keys;
}

}  // namespace sevproto
