// Reads a slot's chain into the case that chain_rules.h looks at.
#include <algorithm>

#include "guest/device_trust/chain_rules.h"
#include "platform/protocol/spdm/capabilities.h"

namespace device_trust {
namespace {

constexpr std::size_t kCertificatesMax = 8;

// Of the roots that the first certificate is, or names: one that signed it, if there is such.
const TrustedRoot* trusted_root_of(const crypto::Certificate& first, const std::vector<TrustedRoot>& keyring) {
  const TrustedRoot* named = nullptr;
  for (const TrustedRoot& candidate : keyring) {
    if (first == candidate.root) return &candidate;
    if (!first.names_as_issuer(candidate.root)) continue;
    if (first.signed_by(candidate.root.public_key())) return &candidate;
    if (!named) named = &candidate;
  }
  // A self-signed certificate with a trusted name and another key is another root.
  return first.names_as_issuer(first) ? nullptr : named;
}

}  // namespace

ChainCase chain_case(const DeviceEvidence& evidence, std::uint8_t slot, const Negotiated& negotiated,
                     const ChainPolicy& policy, const Seen& seen, crypto::CalendarTime now) {
  ChainCase c{.policy = policy, .identity = seen.identity, .now = now, .slot = slot};
  const SlotEvidence& from = evidence.slots[slot];
  const bool alias_by_capability = from.model == spdm::CertificateModel::kNone &&
                                   (negotiated.capabilities & spdm::kCapAliasCert) != 0;
  c.alias = from.model == spdm::CertificateModel::kAlias || alias_by_capability;
  c.generic = from.model == spdm::CertificateModel::kGeneric;
  if (!negotiated.well_formed) return c;

  const spdm::Shape shape = spdm::shape_of(negotiated.algorithms);
  auto blob = wire::decode<spdm::CertificateChain>(from.chain, {.shape = shape});
  if (!blob) return c;
  const std::vector<base::Bytes> ders = spdm::split_certificates(blob->certificates);
  if (ders.empty() || ders.size() > kCertificatesMax) return c;
  c.understood = true;
  for (const base::Bytes& der : ders) {
    auto certificate = crypto::Certificate::from_der(der);
    if (!certificate) return c;
    c.claims.push_back(claims_of(*certificate));
    c.understood &= c.claims.back().well_formed;
    c.certificates.push_back(*std::move(certificate));
  }
  c.trusted = trusted_root_of(c.certificates.front(), policy.keyring);
  const crypto::Digest digest = spdm::hash_of(negotiated.algorithms);
  const bool root_is_hashed = blob->root_hash == crypto::hash(digest, c.certificates.front().to_der()) ||
                              blob->root_hash == crypto::hash(digest, c.anchor().to_der());
  c.well_formed = root_is_hashed;
  return c;
}

const base::Bytes& identity_key_of(const ChainCase& c) {
  if (!c.alias) return c.leaf().public_key();
  for (std::size_t i = c.certificates.size(); i-- > 0;)
    if (c.claims[i].has_mark(spdm::kOidHardwareIdentity)) return c.certificates[i].public_key();
  return c.issuer(c.certificates.size() - 1).public_key();
}

}  // namespace device_trust
