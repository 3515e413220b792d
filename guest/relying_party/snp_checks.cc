// The predicates of snp_rules.h that take more than a line.
#include <algorithm>

#include "guest/relying_party/snp_rules.h"
#include "platform/crypto/ec_key.h"

namespace relying_party {

namespace {

using sevproto::SigningKey;

constexpr std::uint32_t kVersionMin = 2;
constexpr std::uint32_t kVersionMax = 5;
constexpr std::size_t kP384PointSize = 96;

std::string root_name(const SnpCase& c) { return "ARK-" + std::string(sev::name_of(c.packing())); }

std::string intermediate_name(const SnpCase& c) {
  std::string product(sev::name_of(c.packing()));
  return (c.endorsement.kind == SigningKey::kVlek ? "SEV-VLEK-" : "SEV-") + product;
}

std::string leaf_name(const SnpCase& c) {
  return c.endorsement.kind == SigningKey::kVlek ? "SEV-VLEK" : "SEV-VCEK";
}

bool of_root(const crypto::RevocationList& list, const crypto::Certificate& root) {
  return list.names_as_issuer(root) && list.signed_by(root.public_key());
}

bool all_or_none(base::View bytes) {
  return std::ranges::all_of(bytes, [](auto b) { return b == 0; }) ||
         std::ranges::all_of(bytes, [](auto b) { return b == 0xff; });
}

// Major, minor and build as one number that grows with the version.
std::uint32_t rank(const sevproto::FirmwareVersion& v) {
  return static_cast<std::uint32_t>(v.major) << 16 | static_cast<std::uint32_t>(v.minor) << 8 | v.build;
}

}  // namespace

bool format_is_right(const SnpCase& c) {
  const auto version_min = std::max(kVersionMin, c.policy.minimum_report_version);
  return c.well_formed && sevproto::fields_fit_version(c.report) && c.report.version >= version_min &&
         c.report.version <= kVersionMax &&
         c.report.signature_algo == sevproto::kAlgoEcdsaP384Sha384 && sevproto::policy_well_formed(c.report.policy);
}

bool root_is_pinned(const SnpCase& c) {
  if (!c.accepted) return false;
  if (!c.endorsement.root) return true;
  return c.endorsement.root->public_key() == c.accepted->root.public_key() &&
         c.endorsement.root->common_name() == c.accepted->root.common_name();
}

bool chain_is_signed(const SnpCase& c) {
  const auto& [kind, root_, intermediate, leaf, list_] = c.endorsement;
  const crypto::Certificate* anchor = c.anchor();
  if (!anchor || !intermediate || !leaf) return false;
  if (!anchor->is_authority() || !intermediate->is_authority() || leaf->is_authority()) return false;
  if (anchor->common_name() != root_name(c) || intermediate->common_name() != intermediate_name(c) ||
      leaf->common_name() != leaf_name(c))
    return false;
  return crypto::issued_by(*anchor, *anchor, c.now) && crypto::issued_by(*intermediate, *anchor, c.now) &&
         crypto::issued_by(*leaf, *intermediate, c.now);
}

bool chain_is_not_revoked(const SnpCase& c) {
  const auto& e = c.endorsement;
  bool current = false, revoked = false;
  // A list that has run out no longer proves that nothing was taken back; what it took back stays so.
  auto look = [&](const std::optional<crypto::RevocationList>& list, const crypto::Certificate* root) {
    if (!list || !root || !of_root(*list, *root)) return;
    current |= list->current_at(c.now);
    for (const auto* certificate : {&e.intermediate, &e.leaf}) revoked |= *certificate && list->revokes(**certificate);
  };
  look(e.revocation_list, c.anchor());
  look(c.policy.revocation_list, c.accepted ? &c.accepted->root : nullptr);
  return !revoked && (current || !c.policy.require_revocation_list);
}

bool report_is_signed(const SnpCase& c) {
  const auto& leaf = c.endorsement.leaf;
  if (!leaf || !leaf->public_point() || leaf->public_point()->size() != kP384PointSize) return false;
  if (c.report.key_info & sevproto::kKeyInfoMaskChipKey) return false;
  auto r = sevproto::be48_of(c.report.signature.r);
  auto s = sevproto::be48_of(c.report.signature.s);
  if (!r || !s) return false;
  crypto::EcSignature signature{base::bytes_of(*r), base::bytes_of(*s)};
  return crypto::ec_verify(*leaf->public_point(), sevproto::signed_part(c.raw), signature);
}

bool certificate_is_of_reported_tcb(const SnpCase& c) {
  auto reported = c.tcb(c.report.reported_tcb);
  return reported && c.endorsement.leaf && tcb_of(*c.endorsement.leaf, c.packing()) == reported;
}

bool certificate_is_of_this_chip(const SnpCase& c) {
  const auto& leaf = c.endorsement.leaf;
  if (!leaf) return false;
  switch (c.endorsement.kind) {
    case SigningKey::kVcek: return c.policy.accept_vcek && chip_id_of(*leaf, c.packing()) == c.report.chip_id;
    case SigningKey::kVlek: return c.policy.provider && provider_of(*leaf) == c.policy.provider;
    default: return false;
  }
}

bool tcb_is_in_order(const SnpCase& c) {
  auto current = c.tcb(c.report.current_tcb), committed = c.tcb(c.report.committed_tcb);
  auto reported = c.tcb(c.report.reported_tcb), launch = c.tcb(c.report.launch_tcb);
  if (!current || !committed || !reported || !launch) return false;
  return sev::at_least(*current, *committed) && sev::at_least(*current, *reported) &&
         rank(c.report.committed) <= rank(c.report.current);
}

bool tcb_reaches_floor(const SnpCase& c) {
  if (!c.accepted) return true;  // there is no floor to miss: rp.chain.root has had its say
  auto reaches = [&](std::uint64_t packed) {
    auto tcb = c.tcb(packed);
    return tcb && sev::at_least(*tcb, c.accepted->minimum_tcb);
  };
  return reaches(c.report.reported_tcb) && (!c.policy.require_committed_tcb || reaches(c.report.committed_tcb)) &&
         (!c.policy.require_launch_tcb || reaches(c.report.launch_tcb));
}

bool no_migration_agent(const SnpCase& c) {
  if (c.policy.allow_migration_agent) return true;
  return !(c.report.policy & sevproto::kPolicyMigrateMaAllowed) && all_or_none(c.report.report_id_ma);
}

bool id_key_is_trusted(const SnpCase& c) {
  if (!c.policy.id_keys.empty() && !c.policy.id_keys.contains(c.report.id_key_digest)) return false;
  if (c.policy.author_keys.empty()) return true;
  return (c.report.key_info & sevproto::kKeyInfoAuthorKeyEn) &&
         c.policy.author_keys.contains(c.report.author_key_digest);
}

}  // namespace relying_party
