#pragma once
// TPMT_PUBLIC: what a TPM tells of a key, and what it makes one from (TPM 2.0 Library 1.59, part 2, 12.2.4). RSA and ECC; symmetric
// and hashing objects are none that anybody shows us.
#include <cstdint>

#include "platform/crypto/hash.h"
#include "platform/protocol/tpm/words.h"

namespace tpm {

// TPMT_SYM_DEF_OBJECT, TPMT_ASYM_SCHEME: only the algorithm where that is TPM_ALG_NULL.
struct Symmetric {
  std::uint16_t algorithm = kNull, key_bits = 0, mode = 0;
  bool operator==(const Symmetric&) const = default;
  bool there() const { return algorithm != kNull; }
  using Wire = wire::Layout<wire::Be<&Symmetric::algorithm, 2>{},
                            wire::When<&Symmetric::there, wire::Be<&Symmetric::key_bits, 2>{}, wire::Be<&Symmetric::mode, 2>{}>{}>;
};
struct Scheme {
  std::uint16_t algorithm = kNull, hash = 0;
  bool operator==(const Scheme&) const = default;
  bool there() const { return algorithm != kNull; }
  using Wire = wire::Layout<wire::Be<&Scheme::algorithm, 2>{}, wire::When<&Scheme::there, wire::Be<&Scheme::hash, 2>{}>{}>;
};

struct PublicArea {
  std::uint16_t type = kEcc;
  std::uint16_t name_algorithm = kSha256;
  std::uint32_t attributes = 0;
  Sized policy{};
  Symmetric symmetric{};
  Scheme scheme{};
  std::uint16_t key_bits = 2048;  // RSA
  std::uint32_t exponent = 0;     // RSA; 0 is 65537
  std::uint16_t curve = kNistP256;  // ECC
  Scheme kdf{};                     // ECC
  Sized modulus{};                  // RSA
  Sized x{}, y{};                   // ECC
  bool operator==(const PublicArea&) const = default;
  bool is_rsa() const { return type == kRsa; }
  bool is_ecc() const { return type == kEcc; }
  bool is_known() const { return is_rsa() || is_ecc(); }
  using Wire = wire::Layout<
      wire::Be<&PublicArea::type, 2>{}, wire::Demand<&PublicArea::is_known, 0>{}, wire::Be<&PublicArea::name_algorithm, 2>{},
      wire::Be<&PublicArea::attributes, 4>{}, &PublicArea::policy, &PublicArea::symmetric, &PublicArea::scheme,
      wire::When<&PublicArea::is_rsa, wire::Be<&PublicArea::key_bits, 2>{}, wire::Be<&PublicArea::exponent, 4>{}, &PublicArea::modulus>{},
      wire::When<&PublicArea::is_ecc, wire::Be<&PublicArea::curve, 2>{}, &PublicArea::kdf, &PublicArea::x, &PublicArea::y>{}>;
};

// The key's name: its name algorithm, and the hash of its public area by it. Empty for algorithms other than SHA-256.
inline base::Bytes name_of(const PublicArea& area) {
  if (area.name_algorithm != kSha256) return {};
  base::Bytes out{kSha256 >> 8, kSha256 & 0xff};
  base::append(out, crypto::sha256(wire::encode(area)));
  return out;
}

// The low-range ECC P-256 endorsement key of TCG EK Credential Profile 2.5, B.4.4, template L-2.
PublicArea endorsement_template();
// A restricted ECDSA signing key, that signs what the TPM itself says and nothing else.
PublicArea attestation_template();

}  // namespace tpm
