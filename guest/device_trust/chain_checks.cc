// The predicates of chain_rules.h that take more than a line.
#include <algorithm>

#include "guest/device_trust/chain_rules.h"
#include "platform/crypto/der.h"
#include "platform/crypto/hash.h"

namespace device_trust {

bool root_is_trusted(const ChainCase& c) { return c.trusted != nullptr; }

bool chain_is_signed(const ChainCase& c) {
  for (std::size_t i = 0; i < c.certificates.size(); ++i) {
    const crypto::Certificate& child = c.certificates[i];
    if (i == 0 && child == c.anchor() && c.trusted) continue;  // the owner vouches for it
    const crypto::Certificate& issuer = c.issuer(i);
    if (!child.names_as_issuer(issuer) || !child.signed_by(issuer.public_key())) return false;
  }
  return true;
}

bool chain_is_valid_now(const ChainCase& c) {
  if (!c.policy.check_validity) return true;
  return c.anchor().valid_at(c.now) &&
         std::ranges::all_of(c.certificates, [&](const auto& certificate) { return certificate.valid_at(c.now); });
}

bool issuers_are_authorities(const ChainCase& c) {
  if (c.leaf_claims().is_authority()) return false;
  for (std::size_t i = 0; i + 1 < c.claims.size(); ++i) {
    const Claims& claims = c.claims[i];
    // Roots in the field do not always say what their key is for.
    if (!claims.is_authority() || (claims.key_usage && !claims.may(kUsageCertificateSign))) return false;
    const std::size_t authorities_below = c.claims.size() - 2 - i;
    if (claims.constraints->path_length && authorities_below > *claims.constraints->path_length) return false;
  }
  // A root that is not sent is a trusted one, and its word on how far it reaches counts too.
  const Claims anchor = claims_of(c.anchor());
  if (!anchor.is_authority()) return false;
  const std::size_t below = c.certificates.size() - 1 - (c.certificates.front() == c.anchor() ? 1 : 0);
  return !anchor.constraints->path_length || below <= *anchor.constraints->path_length;
}

bool chain_is_not_revoked(const ChainCase& c) {
  auto blocked = [&](const crypto::Certificate& certificate) {
    return c.policy.blocked.contains(crypto::sha256(certificate.to_der()));
  };
  if (blocked(c.anchor())) return false;
  for (std::size_t i = 0; i < c.certificates.size(); ++i) {
    const crypto::Certificate& certificate = c.certificates[i];
    if (blocked(certificate)) return false;
    if (i == 0 && certificate == c.anchor()) continue;  // nobody but the owner takes a root back
    bool current = false;
    for (const crypto::RevocationList& list : c.policy.revocation_lists) {
      if (!list.names_as_issuer(c.issuer(i)) || !list.signed_by(c.issuer(i).public_key())) continue;
      // A list that has run out no longer proves that nothing was taken back; what it took back stays so.
      if (list.revokes(certificate)) return false;
      current |= list.current_at(c.now);
    }
    if (!current && c.policy.require_revocation_list) return false;
  }
  return true;
}

bool leaf_is_responder(const ChainCase& c) {
  const Claims& leaf = c.leaf_claims();
  if (leaf.has_purpose(spdm::kOidResponderAuth)) return true;
  return !c.policy.require_responder_purpose && !leaf.has_purpose(spdm::kOidRequesterAuth);
}

bool leaf_names_device(const ChainCase& c) {
  const base::Bytes oid = crypto::der::object_id(spdm::kOidPciSigCma);
  const std::string bare = pci_name_of(c.identity, false), with_serial = pci_name_of(c.identity, true);
  bool named = false;
  for (const OtherName& name : c.leaf_claims().other_names) {
    if (name.oid != oid) continue;
    named = true;
    const bool fits = name.text == with_serial || (name.text == bare && !c.policy.require_serial_number);
    if (!fits) return false;
  }
  if (c.policy.require_serial_number && !c.identity.serial_number) return false;
  return named || !c.policy.require_pci_name;
}

bool root_speaks_for_vendor(const ChainCase& c) {
  if (!c.policy.keyring_by_vendor || !c.trusted) return true;  // without a root, cma.chain.root has had its say
  return std::ranges::any_of(c.policy.keyring, [&](const TrustedRoot& root) {
    return root.root.public_key() == c.trusted->root.public_key() &&
           (root.vendors.empty() || root.vendors.contains(c.identity.vendor_id));
  });
}

bool marks_fit_model(const ChainCase& c) {
  const Claims& leaf = c.leaf_claims();
  if (c.alias || c.generic) return !leaf.has_mark(spdm::kOidHardwareIdentity);
  return !leaf.has_mark(spdm::kOidMutableCertificate);
}

}  // namespace device_trust
