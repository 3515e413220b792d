#pragma once
// X.509 v3 certificates: written as told, lies included, and read strictly. A `Certificate` is a value: its DER bytes
// and what they say. Time is always an argument.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/crypto/calendar_time.h"
#include "platform/crypto/ec_key.h"
#include "platform/crypto/library.h"
#include "platform/crypto/rsa_key.h"

namespace crypto {

// The two attributes that our chains use. An empty one is left out.
struct Name {
  std::string common_name;
  std::string organization;
  bool operator==(const Name&) const = default;
};

struct Extension {
  std::string oid;    // dotted decimal
  base::Bytes value;  // the octets inside the extension's OCTET STRING, as they are
  bool critical = false;
  bool operator==(const Extension&) const = default;
};
Extension basic_constraints(bool is_authority);
// RFC 5280, 4.2.1.3: digitalSignature, and for an authority keyCertSign and cRLSign.
Extension key_usage_signature();
Extension key_usage_authority();

// Everything but the signature.
struct CertificateContent {
  base::Bytes serial{0};  // big-endian, unsigned
  Name subject;
  Name issuer;
  CalendarTime not_before = 0;
  CalendarTime not_after = 0;  // inclusive
  base::Bytes public_key;      // SubjectPublicKeyInfo, DER
  std::vector<Extension> extensions;
};

// SubjectPublicKeyInfo of a point X||Y of P-256, P-384 or P-521.
base::Bytes public_key_info(base::View point);
// And back: empty when it is no such key in the usual form.
std::optional<base::Bytes> point_of(base::View public_key_info);

class Certificate {
 public:
  // Empty unless `der` is exactly one well-formed certificate. The same bytes are read once a process: OpenSSL spends
  // more on finding a decoder for the key than a world spends on the rest of its boot.
  static std::optional<Certificate> from_der(base::View der);
  // The certificates of a PEM text in their order; empty when any of them is malformed or there is none.
  static std::optional<std::vector<Certificate>> from_pem(std::string_view pem);

  const base::Bytes& to_der() const { return der_; }
  std::string to_pem() const;

  // `content` as it was read: serial without leading zeros (zero is one byte), extensions in their order.
  const CertificateContent& content() const { return content_; }
  const std::string& common_name() const { return content_.subject.common_name; }
  const base::Bytes& public_key() const { return content_.public_key; }
  // X||Y when the key is on P-256, P-384 or P-521.
  const std::optional<base::Bytes>& public_point() const { return point_; }
  // The extension's raw value, or null. The first one when it is there twice.
  const base::Bytes* find_extension(std::string_view oid) const;
  bool is_authority() const;  // basicConstraints says CA

  // Three separate questions, so that each can be a rule of its own. All names' attributes count, not only those of
  // `Name`.
  bool valid_at(CalendarTime at) const { return content_.not_before <= at && at <= content_.not_after; }
  bool names_as_issuer(const Certificate& issuer) const { return issuer_der_ == issuer.subject_der_; }
  bool signed_by(base::View issuer_public_key) const;

  bool operator==(const Certificate& other) const { return der_ == other.der_; }

 private:
  friend class RevocationList;
  Certificate() = default;
  static std::optional<Certificate> read(base::View der);
  base::Bytes der_, tbs_, algorithm_, signature_, issuer_der_, subject_der_;
  CertificateContent content_;
  std::optional<base::Bytes> point_;
};

// RSASSA-PSS with SHA-384, or ECDSA with the hash of the key's curve.
Certificate issue(const CertificateContent& content, Library& library, const Operation& operation, const RsaKey& key);
Certificate issue(const CertificateContent& content, Library& library, const Operation& operation, const EcKey& key);

// The child names the issuer, carries its signature, and both are valid at that time. Says nothing on revocation, nor
// on whether the issuer is an authority.
bool issued_by(const Certificate& child, const Certificate& issuer, CalendarTime at);

// As many PEM blocks as certificates, in their order.
std::string to_pem(const std::vector<Certificate>& chain);

}  // namespace crypto
