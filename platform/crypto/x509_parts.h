#pragma once
// What certificates and revocation lists have in common: names, times, the two signature algorithms, and the outer
// frame of a signed structure. Private to this folder.
#include <openssl/x509.h>

#include "platform/crypto/algorithms.h"
#include "platform/crypto/certificate.h"

namespace crypto::x509 {

base::Bytes encode(const Name& name);
base::Bytes encode(CalendarTime time);  // UTCTime up to 2049, RFC 5280, 4.1.2.5
base::Bytes encode(const Extension& extension);

// Empty when the attribute is text that cannot be told in UTF-8, or the time is no time.
std::optional<Name> name_of(const X509_NAME* name);
std::optional<CalendarTime> time_of(const ASN1_TIME* time);
std::optional<base::Bytes> serial_of(const ASN1_INTEGER* serial);  // empty when negative
base::Bytes der_of(const X509_NAME* name);

// A signed structure: SEQUENCE { to be signed, algorithm, BIT STRING }. Each part with tag and length, but for the
// signature.
struct Frame {
  base::Bytes tbs;
  base::Bytes algorithm;
  base::Bytes signature;
};
std::optional<Frame> unframe(base::View der);
base::Bytes frame(base::View tbs, base::View algorithm, base::View signature);

// AlgorithmIdentifier of what a key signs with.
base::Bytes algorithm_of(const RsaKey& key);
base::Bytes algorithm_of(const EcKey& key);
base::Bytes signature_of(const RsaKey& key, Library& library, const Operation& operation, base::View tbs);
base::Bytes signature_of(const EcKey& key, Library& library, const Operation& operation, base::View tbs);

// The point in a SubjectPublicKeyInfo, when it is one of P-256, P-384 or P-521 in the usual form.
std::optional<base::Bytes> point_of(base::View public_key);

// False for every algorithm but the ones above.
bool verify(base::View algorithm, base::View public_key, base::View tbs, base::View signature);

}  // namespace crypto::x509
