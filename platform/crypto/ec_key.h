#pragma once
// Elliptic-curve keys on P-256, P-384 and P-521: signatures (ECDSA) and key agreement. Numbers are big-endian and of
// the curve's full width (32, 48 or 66 bytes); a point is X||Y without a format byte. Protocols that want another byte
// order turn it themselves.
//
// The expensive operations are memoised across the process by all their inputs (memo.h).
#include <optional>
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/crypto/library.h"

namespace crypto {

enum class Curve { kP256, kP384, kP521 };

// Bytes of one coordinate and of a scalar.
constexpr std::size_t width_of(Curve curve) { return curve == Curve::kP256 ? 32 : curve == Curve::kP384 ? 48 : 66; }

struct EcSignature {
  base::Bytes r;
  base::Bytes s;
  bool operator==(const EcSignature&) const = default;
  base::Bytes joined() const;  // r||s, as SPDM and COSE carry it
};
// Splits r||s in the middle. Empty unless each half is as wide as a curve's scalar.
std::optional<EcSignature> ec_signature_of(base::View joined);

// ECDSA-Sig-Value, DER, as X.509 carries it.
base::Bytes to_der(const EcSignature& signature);
std::optional<EcSignature> ec_signature_from_der(Curve curve, base::View der);

class EcKey {
 public:
  // The same seed and label give the same key, everywhere. The scalar is uniform over [1, n-1].
  static EcKey derive(Curve curve, base::View seed, std::string_view label);
  // Empty unless the scalar is of full width and in [1, n-1].
  static std::optional<EcKey> from_scalar(Curve curve, base::View scalar);

  Curve curve() const { return curve_; }
  const base::Bytes& public_point() const { return point_; }
  const base::Bytes& private_scalar() const { return scalar_; }

  // Signs SHA-256 (P-256), SHA-384 (P-384) or SHA-512 (P-521) of the message; or a digest of any length.
  EcSignature sign(Library& library, const Operation& operation, base::View message) const;
  EcSignature sign_digest(Library& library, const Operation& operation, base::View digest) const;

  // The X coordinate of the shared point. Empty when the peer's bytes are no point of this curve.
  std::optional<base::Bytes> ecdh(base::View peer_point) const;

 private:
  EcKey(Curve curve, base::Bytes scalar, base::Bytes point);
  Curve curve_;
  base::Bytes scalar_;
  base::Bytes point_;
};

// The curve follows from the point's length. False for anything that is no point, of another width, or does not fit.
bool ec_verify(base::View point, base::View message, const EcSignature& signature);
bool ec_verify_digest(base::View point, base::View digest, const EcSignature& signature);

}  // namespace crypto
