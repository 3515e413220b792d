#pragma once
// What an SPDM requester refuses of sessions: their handshakes, keys and ends.
#include "platform/requester/spdm_rules.h"

namespace requester {

struct KeyExchangeCase {
  bool without_mutual;
  bool has_opaque_size;
  bool has_secured_version;  // one that was offered
  bool has_point;
  bool is_signed;
  bool is_verified;  // or verify data come later
};
inline constexpr trust::Rule<KeyExchangeCase> kKeyExchangeRules[] = {
    {{"spdm.key-exchange.mutual-auth", "DSP0274 1.3, 10.14", "A requester without certificates is not asked for them.",
      kRefuses, kConforms},
     [](const KeyExchangeCase& c) { return c.without_mutual; }},
    {{"spdm.key-exchange.opaque", "DSP0274 1.3, 10.14", "Opaque data have at most 1024 bytes.", kRefuses, kConforms},
     [](const KeyExchangeCase& c) { return c.has_opaque_size; }},
    {{"spdm.key-exchange.secured-version", "DSP0277 1.2, 6", "Records are of a version that was offered.", kRefuses,
      kConforms},
     [](const KeyExchangeCase& c) { return c.has_secured_version; }},
    {{"spdm.key-exchange.point", "DSP0274 1.3, 10.14", "The exchange data are a point of the negotiated curve.",
      kRefuses, kConforms},
     [](const KeyExchangeCase& c) { return c.has_point; }},
    {{"spdm.key-exchange.signature", "DSP0274 1.3, 10.14",
      "Whoever shares the session's keys has the key of the certificate, and saw the same conversation.", kDetects},
     [](const KeyExchangeCase& c) { return c.is_signed; }},
    {{"spdm.key-exchange.verify-data", "DSP0274 1.3, 10.14", "Whoever answers has the session's keys.",
      kDetects, kConforms},
     [](const KeyExchangeCase& c) { return c.is_verified; }},
};

struct FinishCase {
  bool is_verified;
};
inline constexpr trust::Rule<FinishCase> kFinishRules[] = {
    {{"spdm.finish-rsp.verify-data", "DSP0274 1.3, 10.15", "The responder has seen the whole handshake.", kDetects,
      kConforms},
     [](const FinishCase& c) { return c.is_verified; }},
};

struct PskExchangeCase {
  bool has_sizes;
  bool has_secured_version;
  bool has_context;  // when it is capable of it, and only then
  bool is_verified;
};
inline constexpr trust::Rule<PskExchangeCase> kPskExchangeRules[] = {
    {{"spdm.psk-exchange.opaque", "DSP0274 1.3, 10.16", "Opaque data have at most 1024 bytes.", kRefuses, kConforms},
     [](const PskExchangeCase& c) { return c.has_sizes; }},
    {{"spdm.psk-exchange.secured-version", "DSP0277 1.2, 6", "Records are of a version that was offered.", kRefuses,
      kConforms},
     [](const PskExchangeCase& c) { return c.has_secured_version; }},
    {{"spdm.psk-exchange.context", "DSP0274 1.3, 10.16",
      "A responder gives a context when it claimed to have one, and only then.", kRefuses, kConforms},
     [](const PskExchangeCase& c) { return c.has_context; }},
    {{"spdm.psk-exchange.verify-data", "DSP0274 1.3, 10.16", "Whoever answers has the pre-shared key.", kDetects,
      kConforms},
     [](const PskExchangeCase& c) { return c.is_verified; }},
};

struct KeyUpdateCase {
  bool echoes;
};
inline constexpr trust::Rule<KeyUpdateCase> kKeyUpdateRules[] = {
    {{"spdm.key-update.echo", "DSP0274 1.3, 10.19", "An acknowledgement repeats operation and tag.", kRefuses,
      kConforms},
     [](const KeyUpdateCase& c) { return c.echoes; }},
};

struct VendorDefinedCase {
  bool of_registry;
};
inline constexpr trust::Rule<VendorDefinedCase> kVendorDefinedRules[] = {
    {{"spdm.vendor-defined.registry", "DSP0274 1.3, 10.24", "The answer is of the vendor that was spoken to.", kRefuses,
      kConforms},
     [](const VendorDefinedCase& c) { return c.of_registry; }},
};

}  // namespace requester
