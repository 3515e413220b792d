#include "platform/protocol/spdm/key_schedule.h"

#include <string>

#include "platform/base/check.h"

namespace spdm {
namespace {

base::Bytes expand(const Algorithms& algorithms, base::View secret, std::string_view label, std::size_t length,
                   base::View context = {}) {
  return crypto::hkdf_expand(hash_of(algorithms), secret, bin_concat(algorithms.version, length, label, context),
                             length);
}

// As long as the hash.
base::Bytes expand(const Algorithms& algorithms, base::View secret, std::string_view label, base::View context = {}) {
  return expand(algorithms, secret, label, crypto::size_of(hash_of(algorithms)), context);
}

HandshakeSecrets handshake_secrets_of(const Algorithms& algorithms, base::Bytes handshake, base::View th1) {
  HandshakeSecrets out{.handshake = std::move(handshake)};
  out.request = expand(algorithms, out.handshake, kLabelRequestHandshake, th1);
  out.response = expand(algorithms, out.handshake, kLabelResponseHandshake, th1);
  return out;
}

}  // namespace

base::Bytes bin_concat(Version version, std::size_t length, std::string_view label, base::View context) {
  base::Bytes out;
  base::append_le(out, static_cast<std::uint16_t>(length));
  std::string prefix = "spdm1.2 ";
  prefix[6] = static_cast<char>('0' + (static_cast<std::uint8_t>(version) & 0xf));
  base::append(out, base::view_of(prefix));
  base::append(out, base::view_of(label));
  base::append(out, context);
  return out;
}

HandshakeSecrets handshake_secrets(const Algorithms& algorithms, base::View shared, base::View th1) {
  const crypto::Digest digest = hash_of(algorithms);
  const base::Bytes salt(crypto::size_of(digest), 0);
  return handshake_secrets_of(algorithms, crypto::hkdf_extract(digest, salt, shared), th1);
}

HandshakeSecrets handshake_secrets_psk(const Algorithms& algorithms, base::View psk, base::View th1) {
  const crypto::Digest digest = hash_of(algorithms);
  const base::Bytes salt(crypto::size_of(digest), algorithms.version >= Version::k13 ? 0xff : 0);
  return handshake_secrets_of(algorithms, crypto::hkdf_extract(digest, salt, psk), th1);
}

DataSecrets data_secrets(const Algorithms& algorithms, base::View handshake, base::View th2) {
  const crypto::Digest digest = hash_of(algorithms);
  const base::Bytes salt = expand(algorithms, handshake, kLabelDerived);
  const base::Bytes zero(crypto::size_of(digest), 0);
  DataSecrets out{.master = crypto::hkdf_extract(digest, salt, zero)};
  out.request = expand(algorithms, out.master, kLabelRequestData, th2);
  out.response = expand(algorithms, out.master, kLabelResponseData, th2);
  out.export_master = expand(algorithms, out.master, kLabelExportMaster, th2);
  return out;
}

base::Bytes finished_key(const Algorithms& algorithms, base::View secret) {
  return expand(algorithms, secret, kLabelFinished);
}

base::Bytes updated_secret(const Algorithms& algorithms, base::View secret) {
  return expand(algorithms, secret, kLabelUpdate);
}

base::Bytes verify_data(const Algorithms& algorithms, base::View finished_key, base::View transcript_hash) {
  return crypto::hmac(hash_of(algorithms), finished_key, transcript_hash);
}

TrafficKeys traffic_keys(const Algorithms& algorithms, base::View secret) {
  auto aead = aead_of(algorithms.aead);
  base::check(aead.has_value(), "one AEAD was negotiated");
  return {.aead = *aead,
          .key = expand(algorithms, secret, kLabelKey, crypto::key_size_of(*aead)),
          .iv = expand(algorithms, secret, kLabelIv, crypto::kAeadIvSize)};
}

}  // namespace spdm
