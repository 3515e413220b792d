#pragma once
// What an SPDM requester refuses of certificates, challenges and measurements.
#include "platform/requester/spdm_rules.h"

namespace requester {

struct PortionCase {
  bool of_slot;
  bool fits;    // not empty, not more than was asked for
  bool steady;  // tells the same size of the whole as before
  bool in_bound;
};
inline constexpr trust::Rule<PortionCase> kPortionRules[] = {
    {{"spdm.certificate.slot", "DSP0274 1.3, 10.7", "A portion is of the slot that was asked for.", kRefuses,
      kConforms},
     [](const PortionCase& c) { return c.of_slot; }},
    {{"spdm.certificate.portion", "DSP0274 1.3, 10.7", "A portion is neither empty nor larger than asked for.",
      kRefuses, kConforms},
     [](const PortionCase& c) { return c.fits; }},
    {{"spdm.certificate.length", "DSP0274 1.3, 10.7", "All portions tell of one chain of one size.", kRefuses,
      kConforms},
     [](const PortionCase& c) { return c.steady; }},
    {{"spdm.certificate.bound", "DSP0274 1.3, 10.7", "A chain comes in a bounded number of portions.", kRefuses,
      kConforms},
     [](const PortionCase& c) { return c.in_bound; }},
};

struct ChainCase {
  bool has_digest;  // the one that DIGESTS told
  bool has_form;
  bool has_key;  // a leaf with a key of the negotiated algorithm
};
inline constexpr trust::Rule<ChainCase> kChainRules[] = {
    {{"spdm.certificate.digest", "DSP0274 1.3, 10.6", "A chain has the digest that was told of it.", kRefuses,
      kConforms},
     [](const ChainCase& c) { return c.has_digest; }},
    {{"spdm.certificate.form", "DSP0274 1.3, 10.7", "A chain is a length, a root hash and certificates.", kRefuses,
      kConforms},
     [](const ChainCase& c) { return c.has_form; }},
    {{"spdm.certificate.key", "DSP0274 1.3, 10.7", "The leaf has a key of the negotiated algorithm.", kRefuses,
      kConforms},
     [](const ChainCase& c) { return c.has_key; }},
};

struct ChallengeCase {
  bool of_slot;
  bool of_chain;    // hashes the chain that was read
  bool of_request;  // 1.3: repeats the requester's context
  bool without_mutual;
  bool has_opaque_size;
  bool is_signed;
};
inline constexpr trust::Rule<ChallengeCase> kChallengeRules[] = {
    {{"spdm.challenge.slot", "DSP0274 1.3, 10.8", "The answer is of the slot that was challenged.", kRefuses,
      kConforms},
     [](const ChallengeCase& c) { return c.of_slot; }},
    {{"spdm.challenge.chain", "DSP0274 1.3, 10.8", "The answer names the certificate chain that was read.", kRefuses,
      kConforms},
     [](const ChallengeCase& c) { return c.of_chain; }},
    {{"spdm.challenge.context", "DSP0274 1.3, 10.8", "The answer repeats the requester's context.", kRefuses,
      kConforms},
     [](const ChallengeCase& c) { return c.of_request; }},
    {{"spdm.challenge.mutual-auth", "DSP0274 1.3, 10.8", "A requester without certificates is not asked for them.",
      kRefuses, kConforms},
     [](const ChallengeCase& c) { return c.without_mutual; }},
    {{"spdm.challenge.opaque", "DSP0274 1.3, 10.8", "Opaque data have at most 1024 bytes.", kRefuses, kConforms},
     [](const ChallengeCase& c) { return c.has_opaque_size; }},
    {{"spdm.challenge.signature", "DSP0274 1.3, 10.8.3",
      "Whoever answers a challenge has the key of the certificate, and saw the same conversation.", kDetects},
     [](const ChallengeCase& c) { return c.is_signed; }},
};

struct MeasurementsCase {
  bool has_blocks;  // a record of as many blocks as it tells
  bool of_index;
  bool of_slot;
  bool of_request;
  bool has_opaque_size;
  bool is_signed;  // or no signature was asked for
};
inline constexpr trust::Rule<MeasurementsCase> kMeasurementsRules[] = {
    {{"spdm.measurements.record", "DSP0274 1.3, 10.11", "A record has the number of blocks that it tells.", kRefuses,
      kConforms},
     [](const MeasurementsCase& c) { return c.has_blocks; }},
    {{"spdm.measurements.block", "DSP0274 1.3, 10.11", "A block has the index that was asked for.", kRefuses,
      kConforms},
     [](const MeasurementsCase& c) { return c.of_index; }},
    {{"spdm.measurements.slot", "DSP0274 1.3, 10.11", "A signature is of the slot that was asked for.", kRefuses,
      kConforms},
     [](const MeasurementsCase& c) { return c.of_slot; }},
    {{"spdm.measurements.context", "DSP0274 1.3, 10.11", "The answer repeats the requester's context.", kRefuses,
      kConforms},
     [](const MeasurementsCase& c) { return c.of_request; }},
    {{"spdm.measurements.opaque", "DSP0274 1.3, 10.11", "Opaque data have at most 1024 bytes.", kRefuses, kConforms},
     [](const MeasurementsCase& c) { return c.has_opaque_size; }},
    {{"spdm.measurements.signature", "DSP0274 1.3, 10.11.3",
      "Measurements are those that the holder of the key told, to this request.", kDetects},
     [](const MeasurementsCase& c) { return c.is_signed; }},
};

struct ProbeCase {
  bool found_all;  // as many indices as were counted
};
inline constexpr trust::Rule<ProbeCase> kProbeRules[] = {
    {{"spdm.measurements.count", "DSP0274 1.3, 10.11", "As many measurements are found as the responder counts.",
      kRefuses, kConforms},
     [](const ProbeCase& c) { return c.found_all; }},
};

}  // namespace requester
