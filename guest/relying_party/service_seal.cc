#include "guest/relying_party/service_seal.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/crypto/aead.h"
#include "platform/crypto/hash.h"

namespace relying_party {

namespace {

// A question cannot be sent back as an answer.
base::Bytes associated(Way way) { return base::bytes_of(way == Way::kQuestion ? "glacis-question" : "glacis-answer"); }

}  // namespace

ServiceKey service_key(base::View owner_secret) {
  ServiceKey out{};
  const auto bytes = crypto::hkdf_sha256(owner_secret, {}, base::view_of("glacis-service-v1"), out.size());
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

base::Bytes seal_service(const ServiceKey& key, Way way, base::View nonce, base::View plain) {
  SealedService out;
  base::check(nonce.size() == out.nonce.size(), "a nonce has 12 bytes");
  std::copy(nonce.begin(), nonce.end(), out.nonce.begin());
  out.sealed = crypto::aes256_gcm_seal(key, out.nonce, associated(way), plain);
  out.sealed_size = static_cast<std::uint32_t>(out.sealed.size());
  return wire::encode(out);
}

std::optional<OpenedService> open_service(const ServiceKey& key, Way way, base::View message) {
  if (message.size() > kMessageSizeMax || type_of(message) != MessageType::kService) return std::nullopt;
  const auto read = wire::decode<SealedService>(message);
  if (!read || read->header.version != kMessageVersion || read->sealed.size() < crypto::kGcmTagSize) return std::nullopt;
  const auto text = base::View(read->sealed).first(read->sealed.size() - crypto::kGcmTagSize);
  OpenedService out{base::Bytes(text.size())};
  crypto::Aes256Gcm gcm(key);
  out.tag_fits = gcm.open(read->nonce, associated(way), text, out.plain.data(), base::View(read->sealed).last(crypto::kGcmTagSize));
  return out;
}

}  // namespace relying_party
