#pragma once
// COSE_Key (RFC 9052, 7) for public keys: EC2 (RFC 9053, 7.1.1) on P-256, P-384 and P-521 with both coordinates, and
// OKP (RFC 9053, 7.2) on Ed25519.
#include <optional>

#include "platform/base/bytes.h"
#include "platform/cbor/cbor.h"

namespace cose {

// {1: 2, -1: curve, -2: x, -3: y} of a point X||Y, whose length must be one of the three curves'.
cbor::Value ec2_key(base::View public_point);
// X||Y. Empty unless the key is EC2 on a curve of ours, with coordinates of full width (RFC 9053, 7.1.1: leading zeroes
// stay). A compressed y is refused, and so is a key with its private part. Whether the point lies on the curve shows in
// use.
std::optional<base::Bytes> ec2_point(const cbor::Value& key);

// {1: 1, -1: 6, -2: x}.
cbor::Value ed25519_key(base::View public_key);
std::optional<base::Bytes> ed25519_public(const cbor::Value& key);

}  // namespace cose
