#pragma once
// The second form of a CoVE attestation certificate: X.509, with the evidence in a critical extension of TCG DICE (RISC-V CoVE 0.7, "X.509
// Attestation Certificate"; TCG DICE Attestation Architecture 1.1, UccsEvidence). The TSM's identity issues it, the TVM's is its subject.
//
// convention: notBefore is the start of 2020, for the specification asks for a time in the past; the signature is ECDSA with SHA-384, as the
// layers' keys are on P-384, where SHA-512 is recommended.
#include "platform/crypto/certificate.h"
#include "platform/protocol/cove/evidence.h"

namespace coveproto {

inline constexpr const char* kUccsEvidenceOid = "2.23.133.5.4.6";
inline constexpr std::uint64_t kUccsTag = 601;

// `subject_key`: X||Y of the TVM's key. Everything but the signature, which is the TSM's.
crypto::CertificateContent x509_content(const Certificate& certificate, base::View subject_key);
// Who issued it, for whom, and the evidence. Empty when there is no such extension, or two, or one that is not critical.
std::optional<Certificate> certificate_of(const crypto::Certificate& x509);
// All other fields are those that the specification gives such a certificate.
bool follows_profile(const crypto::Certificate& x509);

}  // namespace coveproto
