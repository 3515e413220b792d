#include "tsm/tdx/quoting/quoting_enclave.h"

#include <algorithm>
#include <numeric>

#include "platform/base/check.h"
#include "platform/crypto/hash.h"

namespace quoting {
namespace {

// What Intel's enclave authenticates beside its key: the bytes 0 to 31.
base::Bytes auth_data() {
  base::Bytes out(32);
  std::iota(out.begin(), out.end(), std::uint8_t{0});
  return out;
}

tdxproto::RawSignature raw(const crypto::EcSignature& signature) {
  tdxproto::RawSignature out{};
  std::ranges::copy(signature.joined(), out.begin());
  return out;
}

// A platform's id at its quoting enclave, which names it to whoever keeps track of quotes.
base::Block<32> qe_id(const Platform& platform) {
  return crypto::hmac_sha256(platform.secret, base::view_of("quoting enclave id"));
}

}  // namespace

tdxproto::EnclaveReport quoting_enclave_identity() {
  tdxproto::EnclaveReport out;
  // INIT, MODE64BIT and PROVISION_KEY; x87, SSE, AVX and AVX-512.
  out.attributes = {0x15, 0, 0, 0, 0, 0, 0, 0, 0xe7, 0, 0, 0, 0, 0, 0, 0};
  out.mr_enclave = crypto::sha256(base::view_of("Glacis EMULATED TD quoting enclave"));
  out.mr_signer = crypto::sha256(base::view_of("Glacis EMULATED enclave signer"));
  out.isv_prod_id = kQeIsvProdId;
  out.isv_svn = kQeIsvSvn;
  return out;
}

QuotingEnclave::QuotingEnclave(crypto::Library& library, const Platform& platform,
                               const std::vector<crypto::Certificate>& pck_chain, tdxproto::EnclaveReport identity)
    : library_(library),
      platform_(platform),
      pck_chain_pem_(base::bytes_of(crypto::to_pem(pck_chain))),
      identity_(identity),
      attestation_key_(crypto::EcKey::derive(crypto::Curve::kP256, platform.secret, "attestation key")) {
  pck_chain_pem_.push_back(0);  // a C string, as the vendor's own enclave leaves it
  std::ranges::copy(attestation_key_.public_point(), attestation_point_.begin());
}

std::optional<base::Bytes> QuotingEnclave::quote(base::View raw_report, std::uint16_t version, const Edit& edit) {
  const auto report = wire::decode<tdxproto::Report>(raw_report);
  if (!report || report->mac_struct.report_type.type != tdxproto::kReportTypeTdx ||
      !platform_.report_key().verifies(*report))
    return std::nullopt;
  if (version != tdxproto::kQuoteVersion4 && version != tdxproto::kQuoteVersion5) return std::nullopt;

  tdxproto::EnclaveReport own = identity_;
  own.cpu_svn = platform_.cpu_svn();
  own.report_data = tdxproto::key_binding(attestation_point_, auth_data());
  base::Bytes own_bytes = wire::encode(own);
  if (edit) edit("tdx.QE_REPORT", own_bytes);
  base::check(own_bytes.size() == wire::min_size<tdxproto::EnclaveReport>(), "an edited report keeps its size");

  tdxproto::QuoteContent content = tdxproto::content_for(*report, version);
  std::ranges::copy_n(qe_id(platform_).begin(), 16, content.header.user_data.begin());
  base::Bytes content_bytes = wire::encode(content);
  if (edit) edit("tdx.QUOTE_CONTENT", content_bytes);

  const std::uint64_t count = signatures_++;
  tdxproto::QeCertification certification;
  certification.qe_report_signature =
      raw(platform_.pck_key().sign(library_, {.actor = "pce", .purpose = "qe report", .count = count}, own_bytes));
  certification.auth_data = auth_data();
  certification.data = pck_chain_pem_;
  tdxproto::QuoteSignature signature;
  signature.attestation_key = attestation_point_;
  signature.signature = raw(
      attestation_key_.sign(library_, {.actor = "quoting enclave", .purpose = "quote", .count = count}, content_bytes));
  return tdxproto::encode_quote(content_bytes, signature, certification, own_bytes);
}

}  // namespace quoting
