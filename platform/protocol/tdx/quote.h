#pragma once
// The quote: a TD's report signed for readers far away (Intel DCAP 1.21, Quote format 4 and 5). Little-endian, but for
// the numbers of signatures and keys, which are big-endian.
//
//   header || [descriptor, from version 5] || body   <- under the attestation key's signature
//   size || signature, attestation key, certification data 6: { QE report, its signature, authentication data,
//                                                               certification data 5: PCK certificate chain }
#include <array>
#include <cstdint>
#include <optional>

#include "platform/protocol/tdx/report.h"
#include "platform/wire/demand.h"
#include "platform/wire/wire.h"

namespace tdxproto {

using RawSignature = std::array<std::uint8_t, 64>;  // ECDSA P-256: r || s
using RawKey = std::array<std::uint8_t, 64>;        // P-256: x || y

inline constexpr std::uint16_t kQuoteVersion4 = 4;
inline constexpr std::uint16_t kQuoteVersion5 = 5;
inline constexpr std::uint16_t kAttestationKeyP256 = 2;
inline constexpr std::uint32_t kTeeTypeTdx = 0x81;
inline constexpr std::array<std::uint8_t, 16> kQeVendorIntel{0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9,
                                                             0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};

struct QuoteHeader {
  std::uint16_t version = kQuoteVersion4;
  std::uint16_t attestation_key_type = kAttestationKeyP256;
  std::uint32_t tee_type = kTeeTypeTdx;
  std::uint16_t reserved1 = 0;  // version 3 kept the QE's and the PCE's SVN here
  std::uint16_t reserved2 = 0;
  std::array<std::uint8_t, 16> qe_vendor_id = kQeVendorIntel;
  std::array<std::uint8_t, 20> user_data{};  // the first 16 bytes: the platform's id at its quoting enclave
  bool operator==(const QuoteHeader&) const = default;
  using Wire = wire::Layout<&QuoteHeader::version, &QuoteHeader::attestation_key_type, &QuoteHeader::tee_type,
                            &QuoteHeader::reserved1, &QuoteHeader::reserved2, &QuoteHeader::qe_vendor_id,
                            &QuoteHeader::user_data>;
};
static_assert(wire::min_size<QuoteHeader>() == 48);

// What a quote of version 5 says of its body, in front of it.
enum class BodyType : std::uint16_t { kSgx = 1, kTd10 = 2, kTd15 = 3 };
struct BodyDescriptor {
  BodyType type = BodyType::kTd15;
  std::uint32_t size = 648;
  bool operator==(const BodyDescriptor&) const = default;
  using Wire = wire::Layout<&BodyDescriptor::type, &BodyDescriptor::size>;
};

struct TdQuoteBody {
  std::array<std::uint8_t, 16> tee_tcb_svn{};
  Measurement mr_seam{};
  Measurement mr_signer_seam{};
  std::uint64_t seam_attributes = 0;
  std::uint64_t td_attributes = 0;
  std::uint64_t xfam = 0;
  Measurement mr_td{};
  Measurement mr_config_id{};
  Measurement mr_owner{};
  Measurement mr_owner_config{};
  std::array<Measurement, kRtmrCount> rtmr{};
  std::array<std::uint8_t, 64> report_data{};
  bool operator==(const TdQuoteBody&) const = default;
  using Wire = wire::Layout<&TdQuoteBody::tee_tcb_svn, &TdQuoteBody::mr_seam, &TdQuoteBody::mr_signer_seam,
                            &TdQuoteBody::seam_attributes, &TdQuoteBody::td_attributes, &TdQuoteBody::xfam,
                            &TdQuoteBody::mr_td, &TdQuoteBody::mr_config_id, &TdQuoteBody::mr_owner,
                            &TdQuoteBody::mr_owner_config, &TdQuoteBody::rtmr, &TdQuoteBody::report_data>;
};
static_assert(wire::min_size<TdQuoteBody>() == 584);

// What a body of type 3 has behind that.
struct TdQuoteBody15 {
  std::array<std::uint8_t, 16> tee_tcb_svn2{};
  Measurement mr_service_td{};
  bool operator==(const TdQuoteBody15&) const = default;
  using Wire = wire::Layout<&TdQuoteBody15::tee_tcb_svn2, &TdQuoteBody15::mr_service_td>;
};
static_assert(wire::min_size<TdQuoteBody>() + wire::min_size<TdQuoteBody15>() == 648);

// The bytes under the attestation key's signature.
struct QuoteContent {
  QuoteHeader header;
  BodyDescriptor descriptor;  // from version 5 on
  TdQuoteBody body;
  TdQuoteBody15 body15;  // when the descriptor says so
  bool operator==(const QuoteContent&) const = default;

  bool has_descriptor() const { return header.version >= kQuoteVersion5; }
  bool has_body15() const { return has_descriptor() && descriptor.type == BodyType::kTd15; }
  // The descriptor's type is one of a TD, and its size the type's.
  bool descriptor_fits() const;
  using Wire =
      wire::Layout<&QuoteContent::header, wire::When<&QuoteContent::has_descriptor, &QuoteContent::descriptor>{},
                   wire::Demand<&QuoteContent::descriptor_fits, 6>{}, &QuoteContent::body,
                   wire::When<&QuoteContent::has_body15, &QuoteContent::body15>{}>;
};

// An SGX enclave's report body; here, the quoting enclave's.
struct EnclaveReport {
  std::array<std::uint8_t, 16> cpu_svn{};
  std::uint32_t misc_select = 0;
  std::array<std::uint8_t, 16> isv_ext_prod_id{};
  std::array<std::uint8_t, 16> attributes{};
  std::array<std::uint8_t, 32> mr_enclave{};
  std::array<std::uint8_t, 32> mr_signer{};
  std::array<std::uint8_t, 64> config_id{};
  std::uint16_t isv_prod_id = 0;
  std::uint16_t isv_svn = 0;
  std::uint16_t config_svn = 0;
  std::array<std::uint8_t, 16> isv_family_id{};
  std::array<std::uint8_t, 64> report_data{};
  bool operator==(const EnclaveReport&) const = default;
  using Wire = wire::Layout<&EnclaveReport::cpu_svn, &EnclaveReport::misc_select, wire::At<32>{},
                            &EnclaveReport::isv_ext_prod_id, &EnclaveReport::attributes, &EnclaveReport::mr_enclave,
                            wire::At<128>{}, &EnclaveReport::mr_signer, wire::At<192>{}, &EnclaveReport::config_id,
                            &EnclaveReport::isv_prod_id, &EnclaveReport::isv_svn, &EnclaveReport::config_svn,
                            wire::At<304>{}, &EnclaveReport::isv_family_id, &EnclaveReport::report_data>;
};
static_assert(wire::min_size<EnclaveReport>() == 384);
inline constexpr std::uint8_t kEnclaveAttributesDebug = 0x02;  // in the first byte of ATTRIBUTES

enum class CertificationType : std::uint16_t { kPckLeaf = 4, kPckChain = 5, kQeReport = 6 };

// Certification data of type 6: how the quoting enclave is certified.
struct QeCertification {
  EnclaveReport qe_report;
  RawSignature qe_report_signature{};  // by the PCK key, over the report
  std::uint16_t auth_data_size = 0;
  base::Bytes auth_data;
  CertificationType type = CertificationType::kPckChain;
  std::uint32_t size = 0;
  base::Bytes data;  // PEM, leaf first; a zero byte may end it
  bool operator==(const QeCertification&) const = default;
  using Wire =
      wire::Layout<&QeCertification::qe_report, &QeCertification::qe_report_signature, &QeCertification::auth_data_size,
                   wire::Run<&QeCertification::auth_data, &QeCertification::auth_data_size>{}, &QeCertification::type,
                   &QeCertification::size, wire::Run<&QeCertification::data, &QeCertification::size>{}>;
};

// The signature data of a quote with an ECDSA P-256 attestation key.
struct QuoteSignature {
  RawSignature signature{};
  RawKey attestation_key{};
  CertificationType type = CertificationType::kQeReport;
  std::uint32_t size = 0;
  base::Bytes data;  // QeCertification
  bool operator==(const QuoteSignature&) const = default;
  using Wire = wire::Layout<&QuoteSignature::signature, &QuoteSignature::attestation_key, &QuoteSignature::type,
                            &QuoteSignature::size, wire::Run<&QuoteSignature::data, &QuoteSignature::size>{}>;
};

struct Quote {
  QuoteContent content;
  std::uint32_t signature_size = 0;
  base::Bytes signature;  // QuoteSignature
  base::Bytes padding;    // a quote may come in a larger buffer, zeroed behind it
  bool operator==(const Quote&) const = default;
  using Wire = wire::Layout<&Quote::content, &Quote::signature_size,
                            wire::Run<&Quote::signature, &Quote::signature_size>{}, wire::Rest<&Quote::padding>{}>;
};

// A quote with all its parts read. What is signed are bytes, so the raw ones are kept beside.
struct ReadQuote {
  QuoteContent content;
  base::Bytes signed_bytes;
  QuoteSignature signature;
  QeCertification certification;
  base::Bytes qe_report_bytes;
};
// Empty unless every part is exactly its layout, and whatever lies behind the signature data is zero. Says nothing on
// whether versions and types are known ones.
std::optional<ReadQuote> read_quote(base::View raw);

// The quote of these parts; sizes follow from the contents. What is signed comes as the bytes that were signed,
// whatever they say; `certification.qe_report` is not looked at.
base::Bytes encode_quote(base::View signed_bytes, QuoteSignature signature, QeCertification certification,
                         base::View qe_report_bytes);

// The body of a quote for this report: version 4, or version 5 with a body of type 3.
QuoteContent content_for(const Report& report, std::uint16_t version);

// What the quoting enclave's REPORTDATA must be: SHA-256(key || authentication data), then zeros.
std::array<std::uint8_t, 64> key_binding(const RawKey& attestation_key, base::View auth_data);

}  // namespace tdxproto
