#include "platform/protocol/spdm/certificates.h"

#include "platform/base/check.h"
#include "platform/crypto/der.h"

namespace spdm {

base::View digest_of_slot(const Digests& message, std::uint8_t slot) {
  const unsigned mask = message.header.param2;
  if (slot >= kSlotCount || (mask >> slot & 1) == 0) return {};
  const std::size_t before = static_cast<std::size_t>(std::popcount(mask & ((1u << slot) - 1)));
  const std::size_t size = message.shape.digest;
  if (message.digests.size() < (before + 1) * size) return {};
  return base::View(message.digests).subspan(before * size, size);
}

base::Bytes certificate_chain_of(crypto::Digest digest, const std::vector<base::Bytes>& certificates) {
  base::check(!certificates.empty(), "a chain has a certificate");
  CertificateChain chain;
  chain.root_hash = crypto::hash(digest, certificates.front());
  for (const base::Bytes& certificate : certificates) base::append(chain.certificates, certificate);
  const std::size_t size = 4 + chain.root_hash.size() + chain.certificates.size();
  base::check(size <= 0xffff, "a certificate chain has at most 65535 bytes");
  chain.length = static_cast<std::uint16_t>(size);
  return wire::encode(chain);
}

std::vector<base::Bytes> split_certificates(base::View certificates) {
  std::vector<base::Bytes> out;
  while (!certificates.empty()) {
    auto element = crypto::der::read(certificates);
    if (!element || element->tag != crypto::der::kSequence) return {};
    out.push_back(base::bytes_of(element->whole));
  }
  return out;
}

}  // namespace spdm
