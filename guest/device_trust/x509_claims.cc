#include "guest/device_trust/x509_claims.h"

#include <algorithm>
#include <set>

#include "platform/crypto/der.h"
#include "platform/protocol/spdm/certificates.h"

namespace device_trust {
namespace {

namespace der = crypto::der;

constexpr char kBasicConstraints[] = "2.5.29.19";
constexpr char kKeyUsage[] = "2.5.29.15";
constexpr char kExtendedKeyUsage[] = "2.5.29.37";
constexpr char kSubjectAltName[] = "2.5.29.17";
constexpr char kSubjectKeyIdentifier[] = "2.5.29.14";
constexpr char kAuthorityKeyIdentifier[] = "2.5.29.35";

// The one element that is all of `in`.
std::optional<der::Element> only(std::uint8_t tag, base::View in) {
  std::optional<der::Element> element = der::read(in);
  if (!element || element->tag != tag || !in.empty()) return std::nullopt;
  return element;
}

std::optional<BasicConstraints> read_constraints(base::View value) {
  auto whole = only(der::kSequence, value);
  if (!whole) return std::nullopt;
  BasicConstraints out;
  base::View fields = whole->content;
  if (!fields.empty() && fields[0] == der::kBoolean) {
    auto flag = der::read(fields);
    if (!flag || flag->content.size() != 1 || flag->content[0] != 0xff) return std::nullopt;  // DER leaves FALSE out
    out.authority = true;
  }
  if (!fields.empty()) {
    out.path_length = der::read_integer(fields);
    if (!out.path_length || !out.authority) return std::nullopt;
  }
  return out;
}

std::optional<std::uint16_t> read_usage(base::View value) {
  auto bits = only(der::kBitString, value);
  if (!bits || bits->content.size() < 2 || bits->content.size() > 3 || bits->content[0] > 7) return std::nullopt;
  std::uint16_t usage = 0;
  for (std::size_t i = 0; i < 8 * (bits->content.size() - 1); ++i)
    if (bits->content[1 + i / 8] & (0x80 >> i % 8)) usage = static_cast<std::uint16_t>(usage | 1u << i);
  return usage;
}

std::optional<std::vector<base::Bytes>> read_purposes(base::View value) {
  auto whole = only(der::kSequence, value);
  if (!whole || whole->content.empty()) return std::nullopt;
  std::vector<base::Bytes> out;
  for (base::View rest = whole->content; !rest.empty();) {
    auto oid = der::read(rest);
    if (!oid || oid->tag != der::kObjectId) return std::nullopt;
    out.push_back(base::bytes_of(oid->whole));
  }
  return out;
}

// Names of other kinds, and other names that are no UTF-8 text, are passed over.
std::optional<std::vector<OtherName>> read_names(base::View value) {
  auto whole = only(der::kSequence, value);
  if (!whole || whole->content.empty()) return std::nullopt;
  std::vector<OtherName> out;
  for (base::View rest = whole->content; !rest.empty();) {
    auto name = der::read(rest);
    if (!name) return std::nullopt;
    if (name->tag != der::context(0)) continue;
    base::View parts = name->content;
    auto oid = der::read(parts);
    if (!oid || oid->tag != der::kObjectId) return std::nullopt;
    auto explicit_value = only(der::context(0), parts);
    if (!explicit_value) return std::nullopt;
    // A name of an OID that we know has to be text: whatever else stands there matches nothing.
    auto text = der::read_text(der::kUtf8String, explicit_value->content);
    out.push_back({base::bytes_of(oid->whole), text ? std::string(*text) : std::string()});
  }
  return out;
}

std::optional<std::vector<base::Bytes>> read_marks(base::View value) {
  auto whole = only(der::kSequence, value);
  if (!whole) return std::nullopt;
  std::vector<base::Bytes> out;
  for (base::View rest = whole->content; !rest.empty();) {
    auto mark = der::read(rest);
    if (!mark || mark->tag != der::kSequence) return std::nullopt;
    base::View parts = mark->content;
    auto oid = der::read(parts);
    if (!oid || oid->tag != der::kObjectId) return std::nullopt;
    out.push_back(base::bytes_of(oid->whole));
  }
  return out;
}

bool contains(const std::vector<base::Bytes>& oids, std::string_view oid) {
  return std::ranges::find(oids, der::object_id(oid)) != oids.end();
}

// False when the extension is not of its form, or critical and unknown.
bool take(const crypto::Extension& extension, Claims& claims) {
  const auto& [oid, value, critical] = extension;
  if (oid == kBasicConstraints) return (claims.constraints = read_constraints(value)).has_value();
  if (oid == kKeyUsage) return (claims.key_usage = read_usage(value)).has_value();
  if (oid == kExtendedKeyUsage) return (claims.purposes = read_purposes(value)).has_value();
  if (oid == kSubjectAltName) {
    auto names = read_names(value);
    if (names) claims.other_names = *std::move(names);
    return names.has_value();
  }
  if (oid == spdm::kOidSpdmExtension) {
    auto marks = read_marks(value);
    if (marks) claims.spdm_marks = *std::move(marks);
    return marks.has_value();
  }
  if (oid == kSubjectKeyIdentifier || oid == kAuthorityKeyIdentifier) return true;
  return !critical;
}

}  // namespace

bool Claims::has_purpose(std::string_view oid) const { return purposes && contains(*purposes, oid); }
bool Claims::has_mark(std::string_view oid) const { return contains(spdm_marks, oid); }

Claims claims_of(const crypto::Certificate& certificate) { return claims_of(certificate.content().extensions); }

Claims claims_of(const std::vector<crypto::Extension>& extensions) {
  Claims claims{.well_formed = true};
  std::set<std::string> oids;
  for (const crypto::Extension& extension : extensions)
    if (!oids.insert(extension.oid).second || !take(extension, claims)) claims.well_formed = false;
  return claims;
}

}  // namespace device_trust
