#include "platform/protocol/cove/x509_form.h"

#include <algorithm>

#include "platform/crypto/der.h"
#include "platform/protocol/cove/dice.h"

namespace coveproto {
namespace {

namespace der = crypto::der;

constexpr const char *kSubjectKeyOid = "2.5.29.14", *kKeyUsageOid = "2.5.29.15", *kConstraintsOid = "2.5.29.19", *kAuthorityKeyOid = "2.5.29.35";

crypto::CalendarTime not_before() { return crypto::calendar_time(2020, 1, 1); }
crypto::CalendarTime no_end() { return crypto::calendar_time(9999, 12, 31, 23, 59, 59); }

base::Bytes id_bytes(const std::string& id) { return base::from_hex(id).value_or(base::Bytes{}); }

// keyCertSign alone: bit 5 of a BIT STRING of six bits.
base::Bytes key_usage() { return der::element(der::kBitString, base::Bytes{2, 0x04}); }
base::Bytes constraints() { return der::sequence({der::element(der::kBoolean, base::Bytes{0xff}), der::integer(std::uint64_t{0})}); }
base::Bytes subject_key_id(const std::string& id) { return der::element(der::kOctetString, id_bytes(id)); }
// AuthorityKeyIdentifier: [0] IMPLICIT KeyIdentifier, and nothing else.
base::Bytes authority_key_id(const std::string& id) { return der::sequence({der::element(0x80, id_bytes(id))}); }

}  // namespace

crypto::CertificateContent x509_content(const Certificate& certificate, base::View subject_key) {
  crypto::CertificateContent out;
  out.serial = id_bytes(certificate.issuer);
  out.issuer.common_name = certificate.issuer;
  out.subject.common_name = certificate.subject;
  out.not_before = not_before();
  out.not_after = no_end();
  out.public_key = crypto::public_key_info(subject_key);
  const base::Bytes uccs = cbor::encode(cbor::Value::tagged(kUccsTag, certificate.evidence));
  out.extensions = {{kAuthorityKeyOid, authority_key_id(certificate.issuer), false},
                    {kSubjectKeyOid, subject_key_id(certificate.subject), false},
                    {kKeyUsageOid, key_usage(), true},
                    {kConstraintsOid, constraints(), true},
                    // UccsEvidence ::= SEQUENCE { uccs OCTET STRING }
                    {kUccsEvidenceOid, der::sequence({der::element(der::kOctetString, uccs)}), true}};
  return out;
}

std::optional<Certificate> certificate_of(const crypto::Certificate& x509) {
  const auto& content = x509.content();
  const crypto::Extension* found = nullptr;
  for (const auto& one : content.extensions) {
    if (one.oid != kUccsEvidenceOid) continue;
    if (found || !one.critical) return std::nullopt;
    found = &one;
  }
  if (!found) return std::nullopt;
  base::View rest = found->value;
  const auto outer = der::read(rest);
  if (!outer || outer->tag != der::kSequence || !rest.empty()) return std::nullopt;
  base::View inside = outer->content;
  const auto uccs = der::read(inside);
  if (!uccs || uccs->tag != der::kOctetString || !inside.empty()) return std::nullopt;
  const auto value = cbor::decode(uccs->content);
  const auto* evidence = value ? value->content(kUccsTag) : nullptr;
  if (!evidence || !evidence->as_map()) return std::nullopt;
  return Certificate{content.issuer.common_name, content.subject.common_name, *evidence};
}

bool follows_profile(const crypto::Certificate& x509) {
  const auto& c = x509.content();
  const auto& point = x509.public_point();
  if (!point || c.subject.common_name != id_of(*point)) return false;
  if (c.issuer.common_name.size() != 2 * kIdSize || !c.issuer.organization.empty() || !c.subject.organization.empty()) return false;
  const auto serial = base::from_hex(c.issuer.common_name);
  if (!serial) return false;
  // Read without leading zeros.
  const auto first = std::ranges::find_if(*serial, [](std::uint8_t byte) { return byte != 0; });
  if (c.serial != base::Bytes(first, serial->end()) || c.not_after != no_end()) return false;
  const auto has = [&](const char* oid, const base::Bytes& value, bool critical) {
    return std::ranges::count(c.extensions, crypto::Extension{oid, value, critical}) == 1;
  };
  return c.extensions.size() == 5 && has(kAuthorityKeyOid, authority_key_id(c.issuer.common_name), false) &&
         has(kSubjectKeyOid, subject_key_id(c.subject.common_name), false) && has(kKeyUsageOid, key_usage(), true) &&
         has(kConstraintsOid, constraints(), true);
}

}  // namespace coveproto
