#pragma once
// What a TPM signs (TPMS_ATTEST of a quote) and how (TPMT_SIGNATURE): TPM 2.0 Library 1.59, part 2, 10.12.8 and 11.3.4.
#include <cstdint>

#include "platform/protocol/tpm/words.h"

namespace tpm {

struct Quote {
  std::uint32_t magic = kGenerated;
  std::uint16_t type = kAttestQuote;
  Sized signer{};  // qualified name of the key
  Sized extra{};   // what the challenger gave
  std::uint64_t clock = 0;  // milliseconds that the TPM was powered
  std::uint32_t reset_count = 0, restart_count = 0;
  std::uint8_t safe = 0;
  std::uint64_t firmware = 0;
  Selections selected{};
  Sized pcr_digest{};
  bool operator==(const Quote&) const = default;
  bool is_quote() const { return magic == kGenerated && type == kAttestQuote; }
  using Wire = wire::Layout<wire::Be<&Quote::magic, 4>{}, wire::Be<&Quote::type, 2>{}, wire::Demand<&Quote::is_quote, 0>{}, &Quote::signer,
                            &Quote::extra, wire::Be<&Quote::clock, 8>{}, wire::Be<&Quote::reset_count, 4>{},
                            wire::Be<&Quote::restart_count, 4>{}, &Quote::safe, wire::Be<&Quote::firmware, 8>{}, &Quote::selected,
                            &Quote::pcr_digest>;
};

// Of an ECC key. r and s without leading zeroes.
struct Signature {
  std::uint16_t algorithm = kEcdsa;
  std::uint16_t hash = kSha256;
  Sized r{}, s{};
  bool operator==(const Signature&) const = default;
  bool is_ecdsa() const { return algorithm == kEcdsa && hash == kSha256; }
  using Wire = wire::Layout<wire::Be<&Signature::algorithm, 2>{}, wire::Be<&Signature::hash, 2>{}, wire::Demand<&Signature::is_ecdsa, 0>{},
                            &Signature::r, &Signature::s>;
};

}  // namespace tpm
