// The predicates of tdx_rules.h that take more than a line.
#include <tuple>

#include "guest/relying_party/tdx_rules.h"
#include "platform/crypto/ec_key.h"

namespace relying_party {

namespace {

using crypto::Certificate;
using crypto::RevocationList;

constexpr std::string_view kRootName = "Intel SGX Root CA";
constexpr std::string_view kPlatformCaName = "Intel SGX PCK Platform CA";
constexpr std::string_view kProcessorCaName = "Intel SGX PCK Processor CA";
constexpr std::string_view kPckName = "Intel SGX PCK Certificate";
constexpr std::string_view kTcbSigningName = "Intel SGX TCB Signing";

constexpr std::size_t kP256PointSize = 64;

bool is_p256(const Certificate& certificate) {
  return certificate.public_point() && certificate.public_point()->size() == kP256PointSize;
}

// The same name and key. Certificates of one root may differ: a vendor renews them.
bool is_root(const std::optional<Certificate>& root, const std::optional<Certificate>& known) {
  return root && known && root->public_key() == known->public_key() && root->common_name() == known->common_name();
}

bool signed_by(base::View point, base::View message, const tdxproto::RawSignature& signature) {
  auto numbers = crypto::ec_signature_of(signature);
  return numbers && point.size() == kP256PointSize && crypto::ec_verify(point, message, *numbers);
}
bool signed_by(const std::optional<Certificate>& by, base::View message, const tdxproto::RawSignature& signature) {
  return by && by->public_point() && signed_by(*by->public_point(), message, signature);
}

// What the lists of one issuer have to say: the host's and the owner's own.
struct Lists {
  bool current = false;  // one of them is
  bool revoked = false;  // one of them lists the certificate
};
void look(Lists& into, const std::optional<RevocationList>& list, const std::optional<Certificate>& issuer,
          const std::optional<Certificate>& certificate, crypto::CalendarTime now) {
  if (!list || !issuer || !list->names_as_issuer(*issuer) || !list->signed_by(issuer->public_key())) return;
  // A list that has run out no longer proves that nothing was taken back; what it took back stays so.
  into.current |= list->current_at(now);
  into.revoked |= certificate && list->revokes(*certificate);
}
// The host's list is of the root in the quote. That this is the pinned one is a row of its own.
Lists look_at_root_lists(const TdxCase& c, const std::optional<Certificate>& certificate) {
  Lists out;
  look(out, c.endorsement.root_ca_crl, c.endorsement.pck.root, certificate, c.now);
  look(out, c.policy.root_ca_crl, c.policy.root, certificate, c.now);
  return out;
}
Lists look_at_pck_lists(const TdxCase& c) {
  Lists out;
  for (const auto* list : {&c.endorsement.pck_crl, &c.policy.pck_crl})
    look(out, *list, c.endorsement.pck.authority, c.endorsement.pck.leaf, c.now);
  return out;
}

bool document_is_signed(const TdxCase& c, const TdxChain& chain, const std::optional<tdxproto::SignedJson>& document) {
  const auto& [leaf, authority_, root] = chain;
  if (!leaf || !document || !is_root(root, c.endorsement.pck.root) || !root->is_authority() || leaf->is_authority() ||
      leaf->common_name() != kTcbSigningName || !crypto::issued_by(*leaf, *root, c.now))
    return false;
  const Lists lists = look_at_root_lists(c, leaf);
  if (lists.revoked || (!lists.current && c.policy.require_revocation_lists)) return false;
  return signed_by(leaf, base::view_of(document->body), document->signature);
}

template <std::size_t N>
bool equal_under_mask(const std::array<std::uint8_t, N>& value, const std::array<std::uint8_t, N>& wanted,
                      const std::array<std::uint8_t, N>& mask) {
  for (std::size_t i = 0; i < N; ++i)
    if ((value[i] & mask[i]) != (wanted[i] & mask[i])) return false;
  return true;
}

bool is_accepted(const TdxCase& c, const std::optional<TdxTcbVerdict>& verdict) {
  return verdict && c.policy.accepted_statuses.contains(verdict->status);
}

bool fits(const tdxproto::TdxModule* wanted, const tdxproto::TdQuoteBody& body) {
  std::array<std::uint8_t, 8> attributes{};
  base::store_le(attributes, 0, body.seam_attributes);
  return wanted && wanted->mr_signer == body.mr_signer_seam &&
         equal_under_mask(attributes, wanted->attributes, wanted->attributes_mask);
}

}  // namespace

bool tdx_format_is_right(const TdxCase& c) {
  if (!c.quote) return false;
  const auto& header = c.quote->content.header;
  const tdxproto::QuoteHeader known;
  return (header.version == tdxproto::kQuoteVersion4 || header.version == tdxproto::kQuoteVersion5) &&
         header.attestation_key_type == tdxproto::kAttestationKeyP256 && header.tee_type == tdxproto::kTeeTypeTdx &&
         header.reserved1 == 0 && header.reserved2 == 0 && header.qe_vendor_id == known.qe_vendor_id &&
         c.quote->certification.type == tdxproto::CertificationType::kPckChain &&
         !(c.attributes() & ~tdxproto::kAttributesDefined);
}

bool tdx_root_is_pinned(const TdxCase& c) { return is_root(c.endorsement.pck.root, c.policy.root); }

bool tdx_chain_is_signed(const TdxCase& c) {
  const auto& [leaf, authority, root] = c.endorsement.pck;
  if (!leaf || !authority || !root) return false;
  if (!root->is_authority() || !authority->is_authority() || leaf->is_authority()) return false;
  if (!is_p256(*root) || !is_p256(*authority) || !is_p256(*leaf)) return false;
  const bool named = root->common_name() == kRootName && leaf->common_name() == kPckName &&
                     (authority->common_name() == kPlatformCaName || authority->common_name() == kProcessorCaName);
  return named && crypto::issued_by(*root, *root, c.now) && crypto::issued_by(*authority, *root, c.now) &&
         crypto::issued_by(*leaf, *authority, c.now);
}

bool tdx_chain_is_not_revoked(const TdxCase& c) {
  const Lists of_root = look_at_root_lists(c, c.endorsement.pck.authority);
  const Lists of_authority = look_at_pck_lists(c);
  const bool current = of_root.current && of_authority.current;
  return !of_root.revoked && !of_authority.revoked && (current || !c.policy.require_revocation_lists);
}

bool qe_report_is_signed(const TdxCase& c) {
  return c.quote &&
         signed_by(c.endorsement.pck.leaf, c.quote->qe_report_bytes, c.quote->certification.qe_report_signature);
}

bool qe_vouches_for_key(const TdxCase& c) {
  return c.quote && c.quote->certification.qe_report.report_data ==
                        tdxproto::key_binding(c.quote->signature.attestation_key, c.quote->certification.auth_data);
}

bool quote_is_signed(const TdxCase& c) {
  return c.quote && signed_by(c.quote->signature.attestation_key, c.quote->signed_bytes, c.quote->signature.signature);
}

bool collateral_is_signed(const TdxCase& c) {
  const auto& e = c.endorsement;
  return document_is_signed(c, e.tcb_info_chain, e.tcb_info_document) &&
         document_is_signed(c, e.qe_identity_chain, e.qe_identity_document);
}

bool collateral_is_current(const TdxCase& c) {
  const auto [tcb, qe] = std::tie(c.endorsement.tcb_info, c.endorsement.qe_identity);
  auto current = [&](const auto& document) {
    return document && document->issue_date <= c.now && c.now <= document->next_update &&
           document->tcb_evaluation_data_number >= c.policy.minimum_tcb_evaluation_data_number;
  };
  return current(tcb) && current(qe);
}

bool qe_is_the_vendors(const TdxCase& c) {
  const auto& wanted = c.endorsement.qe_identity;
  if (!wanted || !c.quote) return false;
  const auto& qe = c.quote->certification.qe_report;
  const tdxproto::QeIdentity known;
  std::array<std::uint8_t, 4> misc_select{};
  base::store_le(misc_select, 0, qe.misc_select);
  return wanted->id == known.id && wanted->version == known.version &&
         equal_under_mask(misc_select, wanted->misc_select, wanted->misc_select_mask) &&
         equal_under_mask(qe.attributes, wanted->attributes, wanted->attributes_mask) &&
         !(qe.attributes[0] & tdxproto::kEnclaveAttributesDebug) && qe.mr_signer == wanted->mr_signer &&
         qe.isv_prod_id == wanted->isv_prod_id;
}

bool qe_level_is_accepted(const TdxCase& c) { return is_accepted(c, qe_tcb_of(c)); }

std::optional<TdxTcbVerdict> qe_tcb_of(const TdxCase& c) {
  const auto& wanted = c.endorsement.qe_identity;
  if (!wanted || !c.quote) return std::nullopt;
  return enclave_tcb(wanted->levels, c.quote->certification.qe_report.isv_svn);
}

bool tcb_info_is_of_this_platform(const TdxCase& c) {
  const auto [info, platform] = std::tie(c.endorsement.tcb_info, c.endorsement.platform);
  const tdxproto::TcbInfo known;
  return info && platform && info->id == known.id && info->version == known.version &&
         info->tcb_type == known.tcb_type && info->fmspc == platform->fmspc && info->pce_id == platform->pce_id;
}

bool module_is_the_vendors(const TdxCase& c) {
  const auto& info = c.endorsement.tcb_info;
  if (!info || !c.quote) return false;
  const auto& body = c.quote->content.body;
  if (!c.policy.mr_seams.empty() && !c.policy.mr_seams.contains(body.mr_seam)) return false;
  return fits(&info->module, body) && fits(module_of(*info, body.tee_tcb_svn[1]), body);
}

bool tcb_level_is_accepted(const TdxCase& c) { return is_accepted(c, tcb_of(c)); }

std::optional<TdxTcbVerdict> tcb_of(const TdxCase& c) {
  const auto [info, platform] = std::tie(c.endorsement.tcb_info, c.endorsement.platform);
  if (!info || !platform || !c.quote) return std::nullopt;
  const auto& content = c.quote->content;
  auto verdict = platform_tcb(*info, platform->tcb, content.body.tee_tcb_svn);
  if (!verdict || !content.has_body15()) return verdict;
  // The module may have been replaced under the running TD: both count.
  auto now = platform_tcb(*info, platform->tcb, content.body15.tee_tcb_svn2);
  if (!now) return std::nullopt;
  verdict->join(*now);
  return verdict;
}

bool platform_is_known(const TdxCase& c) {
  return !c.policy.platforms || (c.endorsement.platform && c.policy.platforms->contains(c.endorsement.platform->ppid));
}

bool features_are_as_allowed(const TdxCase& c) {
  const std::uint64_t xfam = c.content().body.xfam;
  return (xfam & c.policy.xfam_required) == c.policy.xfam_required && !(xfam & ~c.policy.xfam_allowed);
}

bool owner_is_as_expected(const TdxCase& c) {
  const auto body = c.content().body;
  return (!c.policy.mr_owner || body.mr_owner == *c.policy.mr_owner) &&
         (!c.policy.mr_owner_config || body.mr_owner_config == *c.policy.mr_owner_config);
}

bool rtmrs_have_expected_values(const TdxCase& c) {
  const auto quoted = c.content().body.rtmr;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    const auto& values = c.policy.rtmrs[i].values;
    if (!values.empty() && !values.contains(quoted[i])) return false;
  }
  return true;
}

bool log_replays(const TdxCase& c) {
  const auto quoted = c.content().body.rtmr;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    if (!c.policy.rtmrs[i].events) continue;
    if (!c.log || tdxproto::replay(*c.log)[i] != quoted[i]) return false;
  }
  return true;
}

bool events_are_as_expected(const TdxCase& c) {
  for (std::size_t i = 0; i < c.policy.rtmrs.size(); ++i) {
    const auto& wanted = c.policy.rtmrs[i].events;
    if (!wanted) continue;
    if (!c.log || !wanted->fits(*c.log, static_cast<std::uint32_t>(i) + tdxproto::kMrIndexRtmr0)) return false;
  }
  return true;
}

}  // namespace relying_party
