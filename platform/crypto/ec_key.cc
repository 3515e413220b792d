#include "platform/crypto/ec_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include <algorithm>

#include "platform/crypto/algorithms.h"
#include "platform/crypto/hash.h"
#include "platform/crypto/memo.h"

namespace crypto {
namespace {

using Number = Owned<BIGNUM, BN_clear_free>;
using Point = Owned<EC_POINT, EC_POINT_free>;
using NumberContext = Owned<BN_CTX, BN_CTX_free>;

int nid_of(Curve curve) {
  return curve == Curve::kP256 ? NID_X9_62_prime256v1 : curve == Curve::kP384 ? NID_secp384r1 : NID_secp521r1;
}

// Made once, immutable from then on: making one costs as much as a multiplication by the base point.
const EC_GROUP* group_of(Curve curve) {
  static const EC_GROUP* const kGroups[] = {EC_GROUP_new_by_curve_name(nid_of(Curve::kP256)),
                                            EC_GROUP_new_by_curve_name(nid_of(Curve::kP384)),
                                            EC_GROUP_new_by_curve_name(nid_of(Curve::kP521))};
  const EC_GROUP* group = kGroups[static_cast<int>(curve)];
  check_openssl(group != nullptr);
  return group;
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

base::Bytes point_now(Curve curve, base::View scalar) {
  const EC_GROUP* group = group_of(curve);
  Point point(EC_POINT_new(group));
  NumberContext context(BN_CTX_secure_new());
  Number x(BN_new()), y(BN_new());
  Number factor = number_of(scalar);
  check_openssl(EC_POINT_mul(group, point.get(), factor.get(), nullptr, nullptr, context.get()) == 1);
  check_openssl(EC_POINT_get_affine_coordinates(group, point.get(), x.get(), y.get(), context.get()) == 1);
  base::Bytes out = bytes_of(x.get(), width_of(curve));
  base::append(out, bytes_of(y.get(), width_of(curve)));
  return out;
}

// FIPS 186-5, A.2.1: 64 bits more than the order's, so that the remainder is as good as uniform.
base::Bytes scalar_now(Curve curve, base::View seed, std::string_view label) {
  base::Bytes wide = hkdf_sha384(seed, base::view_of("glacis ec key"), base::view_of(label), width_of(curve) + 8);
  NumberContext context(BN_CTX_secure_new());
  Number order_less_one(BN_dup(EC_GROUP_get0_order(group_of(curve))));
  Number scalar(BN_new());
  check_openssl(BN_sub_word(order_less_one.get(), 1) == 1);
  check_openssl(BN_mod(scalar.get(), number_of(wide).get(), order_less_one.get(), context.get()) == 1);
  check_openssl(BN_add_word(scalar.get(), 1) == 1);
  return bytes_of(scalar.get(), width_of(curve));
}

// A key pair of ours.
Pkey import(OSSL_LIB_CTX* library, Curve curve, base::View point, base::View scalar) {
  base::Bytes encoded{4};  // uncompressed
  base::append(encoded, point);
  Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  const char* group = curve == Curve::kP256 ? "P-256" : curve == Curve::kP384 ? "P-384" : "P-521";
  check_openssl(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1);
  check_openssl(
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()) == 1);
  Number number = number_of(scalar);
  check_openssl(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) == 1);
  Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  PkeyContext context(EVP_PKEY_CTX_new_from_name(library, "EC", nullptr));
  check_openssl(parameters != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  check_openssl(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get()) == 1);
  return Pkey(key);
}

// A public key of OpenSSL's default context; null when `point` is not on the curve. It starts as a copy of one that
// has the curve and no point: reading a curve's name again costs a third of a verification.
Pkey public_key(Curve curve, base::View point) {
  const auto blank = [](const char* group) {
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(group), 0),
                               OSSL_PARAM_construct_end()};
    PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    check_openssl(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                  EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEY_PARAMETERS, parameters) == 1);
    return key;
  };
  static EVP_PKEY* const kBlank[] = {blank("P-256"), blank("P-384"), blank("P-521")};
  base::Block<2 * 66 + 1> encoded{4};  // uncompressed
  std::copy(point.begin(), point.end(), encoded.begin() + 1);
  Pkey key(EVP_PKEY_dup(kBlank[static_cast<int>(curve)]));
  check_openssl(key != nullptr);
  if (EVP_PKEY_set1_encoded_public_key(key.get(), encoded.data(), point.size() + 1) == 1) return key;
  ERR_clear_error();
  return nullptr;
}

bool verify_now(Curve curve, base::View point, base::View digest, const EcSignature& signature) {
  Pkey key = public_key(curve, point);
  if (key == nullptr) return false;
  PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  check_openssl(context != nullptr && EVP_PKEY_verify_init(context.get()) == 1);
  base::Bytes der = to_der(signature);
  const bool good = EVP_PKEY_verify(context.get(), der.data(), der.size(), digest.data(), digest.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

// Empty stands for a peer that is no point. A point on these curves is in the right group, for their cofactor is 1
// (SP 800-56A, 5.6.2.3.4), so that no multiplication by the order is needed to tell.
base::Bytes derive_now(Curve curve, const EcKey& own, base::View peer_point) {
  const EC_GROUP* group = group_of(curve);
  const std::size_t width = width_of(curve);
  NumberContext context(BN_CTX_secure_new());
  Point peer(EC_POINT_new(group)), shared(EC_POINT_new(group));
  Number x(number_of(peer_point.first(width))), y(number_of(peer_point.last(width)));
  if (EC_POINT_set_affine_coordinates(group, peer.get(), x.get(), y.get(), context.get()) != 1) {
    ERR_clear_error();
    return {};
  }
  Number factor = number_of(own.private_scalar());
  check_openssl(EC_POINT_mul(group, shared.get(), nullptr, peer.get(), factor.get(), context.get()) == 1);
  check_openssl(EC_POINT_get_affine_coordinates(group, shared.get(), x.get(), nullptr, context.get()) == 1);
  return bytes_of(x.get(), width);
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
  const auto width = static_cast<std::uint8_t>(width_of(curve));
  const base::Bytes both = memo(MemoKey("ec-derive").add({&width, 1}).add(seed).add(base::view_of(label)), [&] {
    base::Bytes scalar = scalar_now(curve, seed, label);
    base::append(scalar, point_now(curve, scalar));
    return scalar;
  });
  const base::View view(both);
  return EcKey(curve, base::bytes_of(view.first(width)), base::bytes_of(view.subspan(width)));
}

std::optional<EcKey> EcKey::from_scalar(Curve curve, base::View scalar) {
  if (scalar.size() != width_of(curve)) return std::nullopt;
  Number number = number_of(scalar);
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group_of(curve))) >= 0) return std::nullopt;
  auto point = memo(MemoKey("ec-public").add(scalar), [&] { return point_now(curve, scalar); });
  return EcKey(curve, base::bytes_of(scalar), std::move(point));
}

EcSignature EcKey::sign(Library& library, const Operation& operation, base::View message) const {
  return sign_digest(library, operation, digest_of(curve_, message));
}

EcSignature EcKey::sign_digest(Library& library, const Operation& operation, base::View digest) const {
  MemoKey key = MemoKey("ec-sign").add(library.operation_key(operation)).add(scalar_).add(digest);
  base::Bytes joined = memo(key, [&] {
    library.rekey(operation);
    // Reading a key draws no random bytes, so a signature is the same with one that was read before.
    EVP_PKEY* own = library.kept_key(scalar_);
    if (own == nullptr) own = library.keep_key(scalar_, import(library.context(), curve_, point_, scalar_).release());
    PkeyContext context(EVP_PKEY_CTX_new_from_pkey(library.context(), own, nullptr));
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
