#pragma once
// An X.509 v2 revocation list: which serial numbers an issuer takes back, and how long that word stands.
#include "platform/crypto/certificate.h"

namespace crypto {

struct RevocationContent {
  Name issuer;
  CalendarTime this_update = 0;
  CalendarTime next_update = 0;  // inclusive
  std::vector<base::Bytes> serials;
};

class RevocationList {
 public:
  // Empty unless `der` is exactly one well-formed list that has a nextUpdate.
  static std::optional<RevocationList> from_der(base::View der);

  const base::Bytes& to_der() const { return der_; }
  const RevocationContent& content() const { return content_; }

  bool current_at(CalendarTime at) const { return content_.this_update <= at && at <= content_.next_update; }
  bool names_as_issuer(const Certificate& issuer) const { return issuer_der_ == issuer.subject_der_; }
  bool signed_by(base::View issuer_public_key) const;
  bool revokes(const Certificate& certificate) const;  // same issuer, and the serial is listed

 private:
  RevocationList() = default;
  static std::optional<RevocationList> read(base::View der);
  base::Bytes der_, tbs_, algorithm_, signature_, issuer_der_;
  RevocationContent content_;
};

RevocationList issue(const RevocationContent& content, Library& library, const Operation& operation, const RsaKey& key);
RevocationList issue(const RevocationContent& content, Library& library, const Operation& operation, const EcKey& key);

}  // namespace crypto
