#pragma once
// The session of a legacy guest's owner with a platform (SEV API 0.24, LAUNCH_START): the transport keys wrapped for
// the platform's Diffie-Hellman key, and the policy bound to them.
//
// simplified: the owner's key is a bare point of P-384, not a certificate.
#include <array>
#include <optional>

#include "platform/base/bytes.h"
#include "platform/crypto/ec_key.h"
#include "platform/protocol/sev/launch_measure.h"
#include "platform/wire/wire.h"

namespace sevproto {

struct Session {
  std::array<std::uint8_t, 96> owner_point{};
  std::array<std::uint8_t, 16> nonce{};
  std::array<std::uint8_t, 32> wrap_tk{};  // TEK, TIK under KEK
  std::array<std::uint8_t, 16> wrap_iv{};
  std::array<std::uint8_t, 32> wrap_mac{};    // HMAC(KIK, wrap_tk)
  std::array<std::uint8_t, 32> policy_mac{};  // HMAC(TIK, policy)
  using Wire = wire::Layout<&Session::owner_point, &Session::nonce, &Session::wrap_tk, &Session::wrap_iv,
                            &Session::wrap_mac, &Session::policy_mac>;
};

struct TransportKeys {
  Tek tek{};
  Tik tik{};
  friend bool operator==(const TransportKeys&, const TransportKeys&) = default;
};

// `platform_point` is the platform's, and it is the owner's business to know that it is genuine. Empty when it is no point of
// P-384.
std::optional<Session> seal_session(const crypto::EcKey& owner, base::View platform_point, const TransportKeys& keys,
                     const base::Block<16>& nonce, const base::Block<16>& iv, std::uint32_t policy);
// Empty when a MAC does not fit.
std::optional<TransportKeys> open_session(const crypto::EcKey& platform, const Session& session, std::uint32_t policy);

}  // namespace sevproto
