#include "platform/protocol/cose/key.h"

#include "platform/base/check.h"
#include "platform/crypto/ec_key.h"

namespace cose {
namespace {

// Labels: RFC 9052, 7.1, and RFC 9053, 7.1.1 and 7.2. Values: RFC 9053, 7 and 7.1.
constexpr std::int64_t kKeyType = 1, kCurve = -1, kX = -2, kY = -3, kPrivate = -4;
constexpr std::int64_t kOkp = 1, kEc2 = 2, kEd25519 = 6;
constexpr std::size_t kEd25519Width = 32;

constexpr struct {
  std::int64_t number;
  crypto::Curve curve;
} kCurves[] = {{1, crypto::Curve::kP256}, {2, crypto::Curve::kP384}, {3, crypto::Curve::kP521}};

bool says(const cbor::Value& key, std::int64_t label, std::int64_t number) {
  const cbor::Value* value = cbor::find(key, label);
  return value != nullptr && *value == cbor::Value(number);
}

// A byte string of this width; null otherwise.
const base::Bytes* bytes_at(const cbor::Value& key, std::int64_t label, std::size_t width) {
  const cbor::Value* value = cbor::find(key, label);
  const base::Bytes* bytes = value == nullptr ? nullptr : value->as_bytes();
  return bytes != nullptr && bytes->size() == width ? bytes : nullptr;
}

}  // namespace

cbor::Value ec2_key(base::View public_point) {
  for (const auto& [number, curve] : kCurves) {
    const std::size_t width = crypto::width_of(curve);
    if (public_point.size() != 2 * width) continue;
    return cbor::Map{
        {kKeyType, kEc2}, {kCurve, number}, {kX, public_point.first(width)}, {kY, public_point.last(width)}};
  }
  throw base::Bug("a point is X||Y on P-256, P-384 or P-521");
}

std::optional<base::Bytes> ec2_point(const cbor::Value& key) {
  if (!says(key, kKeyType, kEc2) || cbor::find(key, kPrivate) != nullptr) return std::nullopt;
  for (const auto& [number, curve] : kCurves) {
    if (!says(key, kCurve, number)) continue;
    const base::Bytes* x = bytes_at(key, kX, crypto::width_of(curve));
    const base::Bytes* y = bytes_at(key, kY, crypto::width_of(curve));
    if (x == nullptr || y == nullptr) return std::nullopt;
    base::Bytes point = *x;
    base::append(point, *y);
    return point;
  }
  return std::nullopt;
}

cbor::Value ed25519_key(base::View public_key) {
  base::check(public_key.size() == kEd25519Width, "a public key of Ed25519 has 32 bytes");
  return cbor::Map{{kKeyType, kOkp}, {kCurve, kEd25519}, {kX, public_key}};
}

std::optional<base::Bytes> ed25519_public(const cbor::Value& key) {
  if (!says(key, kKeyType, kOkp) || !says(key, kCurve, kEd25519) || cbor::find(key, kPrivate) != nullptr)
    return std::nullopt;
  const base::Bytes* x = bytes_at(key, kX, kEd25519Width);
  return x == nullptr ? std::nullopt : std::optional(*x);
}

}  // namespace cose
