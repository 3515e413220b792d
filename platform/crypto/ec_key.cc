#include "platform/crypto/ec_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "platform/crypto/algorithms.h"
#include "platform/crypto/hash.h"
#include "platform/crypto/memo.h"

namespace crypto {
namespace {

using Number = Owned<BIGNUM, BN_clear_free>;
using Group = Owned<EC_GROUP, EC_GROUP_free>;
using Point = Owned<EC_POINT, EC_POINT_free>;
using NumberContext = Owned<BN_CTX, BN_CTX_free>;

int nid_of(Curve curve) {
  return curve == Curve::kP256 ? NID_X9_62_prime256v1 : curve == Curve::kP384 ? NID_secp384r1 : NID_secp521r1;
}

std::optional<Curve> curve_of(base::View point) {
  for (Curve curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
    if (point.size() == 2 * width_of(curve)) return curve;
  }
  return std::nullopt;
}

Number number_of(base::View bytes) {
  Number number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  check_openssl(number != nullptr);
  return number;
}

base::Bytes bytes_of(const BIGNUM* number, std::size_t width) {
  base::Bytes out(width);
  check_openssl(BN_bn2binpad(number, out.data(), static_cast<int>(width)) >= 0);
  return out;
}

base::Bytes digest_of(Curve curve, base::View message) {
  if (curve == Curve::kP256) return base::bytes_of(base::View(sha256(message)));
  if (curve == Curve::kP384) return base::bytes_of(base::View(sha384(message)));
  return base::bytes_of(base::View(sha512(message)));
}

base::Bytes public_point_of(Curve curve, base::View scalar) {
  return memo(MemoKey("ec-public").add(scalar), [&] {
    Group group(EC_GROUP_new_by_curve_name(nid_of(curve)));
    Point point(EC_POINT_new(group.get()));
    NumberContext context(BN_CTX_secure_new());
    Number x(BN_new()), y(BN_new());
    Number factor = number_of(scalar);
    check_openssl(EC_POINT_mul(group.get(), point.get(), factor.get(), nullptr, nullptr, context.get()) == 1);
    check_openssl(EC_POINT_get_affine_coordinates(group.get(), point.get(), x.get(), y.get(), context.get()) == 1);
    base::Bytes out = bytes_of(x.get(), width_of(curve));
    base::append(out, bytes_of(y.get(), width_of(curve)));
    return out;
  });
}

// Null when `point` is not on the curve. `scalar` may be empty.
Pkey import(OSSL_LIB_CTX* library, Curve curve, base::View point, base::View scalar) {
  base::Bytes encoded{4};  // uncompressed
  base::append(encoded, point);
  Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  const char* group = curve == Curve::kP256 ? "P-256" : curve == Curve::kP384 ? "P-384" : "P-521";
  check_openssl(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1);
  check_openssl(
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()) == 1);
  Number number;
  if (!scalar.empty()) {
    number = number_of(scalar);
    check_openssl(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) == 1);
  }
  Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  PkeyContext context(EVP_PKEY_CTX_new_from_name(library, "EC", nullptr));
  check_openssl(parameters != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  const int selection = scalar.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) != 1) ERR_clear_error();
  return Pkey(key);
}

bool verify_now(Curve curve, base::View point, base::View digest, const EcSignature& signature) {
  Pkey key = import(nullptr, curve, point, {});
  if (key == nullptr) return false;
  PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  check_openssl(context != nullptr && EVP_PKEY_verify_init(context.get()) == 1);
  base::Bytes der = to_der(signature);
  const bool good = EVP_PKEY_verify(context.get(), der.data(), der.size(), digest.data(), digest.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

// Empty stands for a peer that is no point.
base::Bytes derive_now(Curve curve, const EcKey& own, base::View peer_point) {
  Pkey key = import(nullptr, curve, own.public_point(), own.private_scalar());
  Pkey peer = import(nullptr, curve, peer_point, {});
  if (peer == nullptr) return {};
  PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  check_openssl(context != nullptr && EVP_PKEY_derive_init(context.get()) == 1);
  base::Bytes out(width_of(curve));
  std::size_t size = out.size();
  if (EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1) {
    ERR_clear_error();
    return {};
  }
  check_openssl(EVP_PKEY_derive(context.get(), out.data(), &size) == 1 && size == out.size());
  return out;
}

}  // namespace

base::Bytes EcSignature::joined() const {
  base::Bytes out = r;
  base::append(out, s);
  return out;
}

std::optional<EcSignature> ec_signature_of(base::View joined) {
  std::optional<Curve> curve = curve_of(joined);
  if (!curve) return std::nullopt;
  const std::size_t width = width_of(*curve);
  return EcSignature{base::bytes_of(joined.first(width)), base::bytes_of(joined.last(width))};
}

base::Bytes to_der(const EcSignature& signature) {
  Owned<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_SIG_new());
  check_openssl(pair != nullptr &&
                ECDSA_SIG_set0(pair.get(), number_of(signature.r).release(), number_of(signature.s).release()) == 1);
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  check_openssl(size > 0);
  base::Bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

std::optional<EcSignature> ec_signature_from_der(Curve curve, base::View der) {
  const unsigned char* at = der.data();
  Owned<ECDSA_SIG, ECDSA_SIG_free> pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (pair == nullptr) return std::nullopt;
  const BIGNUM* r = ECDSA_SIG_get0_r(pair.get());
  const BIGNUM* s = ECDSA_SIG_get0_s(pair.get());
  for (const BIGNUM* number : {r, s}) {
    if (BN_is_negative(number) || BN_num_bytes(number) > static_cast<int>(width_of(curve))) return std::nullopt;
  }
  EcSignature out{bytes_of(r, width_of(curve)), bytes_of(s, width_of(curve))};
  // One value has one encoding: a tail and BER's other ways of saying the same are refused.
  base::Bytes again = to_der(out);
  if (!std::equal(again.begin(), again.end(), der.begin(), der.end())) return std::nullopt;
  return out;
}

EcKey::EcKey(Curve curve, base::Bytes scalar, base::Bytes point)
    : curve_(curve), scalar_(std::move(scalar)), point_(std::move(point)) {}

EcKey EcKey::derive(Curve curve, base::View seed, std::string_view label) {
  // FIPS 186-5, A.2.1: 64 bits more than the order's, so that the remainder is as good as uniform.
  base::Bytes wide = hkdf_sha384(seed, base::view_of("glacis ec key"), base::view_of(label), width_of(curve) + 8);
  Group group(EC_GROUP_new_by_curve_name(nid_of(curve)));
  NumberContext context(BN_CTX_secure_new());
  Number order_less_one(BN_dup(EC_GROUP_get0_order(group.get())));
  Number scalar(BN_new());
  check_openssl(BN_sub_word(order_less_one.get(), 1) == 1);
  check_openssl(BN_mod(scalar.get(), number_of(wide).get(), order_less_one.get(), context.get()) == 1);
  check_openssl(BN_add_word(scalar.get(), 1) == 1);
  base::Bytes bytes = bytes_of(scalar.get(), width_of(curve));
  base::Bytes point = public_point_of(curve, bytes);
  return EcKey(curve, std::move(bytes), std::move(point));
}

std::optional<EcKey> EcKey::from_scalar(Curve curve, base::View scalar) {
  if (scalar.size() != width_of(curve)) return std::nullopt;
  Group group(EC_GROUP_new_by_curve_name(nid_of(curve)));
  Number number = number_of(scalar);
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) return std::nullopt;
  return EcKey(curve, base::bytes_of(scalar), public_point_of(curve, scalar));
}

EcSignature EcKey::sign(Library& library, const Operation& operation, base::View message) const {
  return sign_digest(library, operation, digest_of(curve_, message));
}

EcSignature EcKey::sign_digest(Library& library, const Operation& operation, base::View digest) const {
  MemoKey key = MemoKey("ec-sign").add(library.operation_key(operation)).add(scalar_).add(digest);
  base::Bytes joined = memo(key, [&] {
    library.rekey(operation);
    Pkey own = import(library.context(), curve_, point_, scalar_);
    PkeyContext context(EVP_PKEY_CTX_new_from_pkey(library.context(), own.get(), nullptr));
    check_openssl(context != nullptr && EVP_PKEY_sign_init(context.get()) == 1);
    base::Bytes der(2 * width_of(curve_) + 16);
    std::size_t size = der.size();
    check_openssl(EVP_PKEY_sign(context.get(), der.data(), &size, digest.data(), digest.size()) == 1);
    return ec_signature_from_der(curve_, base::View(der).first(size)).value().joined();
  });
  return ec_signature_of(joined).value();
}

std::optional<base::Bytes> EcKey::ecdh(base::View peer_point) const {
  if (peer_point.size() != point_.size()) return std::nullopt;
  base::Bytes shared =
      memo(MemoKey("ecdh").add(scalar_).add(peer_point), [&] { return derive_now(curve_, *this, peer_point); });
  if (shared.empty()) return std::nullopt;
  return shared;
}

bool ec_verify(base::View point, base::View message, const EcSignature& signature) {
  std::optional<Curve> curve = curve_of(point);
  return curve && ec_verify_digest(point, digest_of(*curve, message), signature);
}

bool ec_verify_digest(base::View point, base::View digest, const EcSignature& signature) {
  std::optional<Curve> curve = curve_of(point);
  if (!curve || signature.r.size() != width_of(*curve) || signature.s.size() != width_of(*curve)) return false;
  MemoKey key = MemoKey("ec-verify").add(point).add(digest).add(signature.r).add(signature.s);
  return memo(key, [&] { return base::Bytes{verify_now(*curve, point, digest, signature)}; }).front() != 0;
}

}  // namespace crypto
