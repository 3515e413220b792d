#include "platform/protocol/tdx/quote.h"

#include <algorithm>

#include "platform/crypto/hash.h"

namespace tdxproto {

bool QuoteContent::descriptor_fits() const {
  if (!has_descriptor()) return true;
  if (descriptor.type == BodyType::kTd10) return descriptor.size == wire::min_size<TdQuoteBody>();
  return descriptor.type == BodyType::kTd15 &&
         descriptor.size == wire::min_size<TdQuoteBody>() + wire::min_size<TdQuoteBody15>();
}

std::optional<ReadQuote> read_quote(base::View raw) {
  auto quote = wire::decode<Quote>(raw);
  if (!quote || std::ranges::any_of(quote->padding, [](auto b) { return b != 0; })) return std::nullopt;
  auto signature = wire::decode<QuoteSignature>(quote->signature);
  if (!signature || signature->type != CertificationType::kQeReport) return std::nullopt;
  auto certification = wire::decode<QeCertification>(signature->data);
  if (!certification) return std::nullopt;
  const std::size_t behind = sizeof quote->signature_size + quote->signature.size() + quote->padding.size();
  return ReadQuote{.content = quote->content,
                   .signed_bytes = base::bytes_of(raw.first(raw.size() - behind)),
                   .signature = std::move(*signature),
                   .certification = *certification,
                   .qe_report_bytes = wire::encode(certification->qe_report)};
}

base::Bytes encode_quote(base::View signed_bytes, QuoteSignature signature, QeCertification certification,
                         base::View qe_report_bytes) {
  certification.auth_data_size = static_cast<std::uint16_t>(certification.auth_data.size());
  certification.size = static_cast<std::uint32_t>(certification.data.size());
  const base::Bytes certified = wire::encode(certification);
  signature.data = base::bytes_of(qe_report_bytes);
  base::append(signature.data, base::View(certified).subspan(wire::min_size<EnclaveReport>()));
  signature.size = static_cast<std::uint32_t>(signature.data.size());
  const base::Bytes behind = wire::encode(signature);
  base::Bytes out = base::bytes_of(signed_bytes);
  base::append_le(out, static_cast<std::uint32_t>(behind.size()));
  base::append(out, behind);
  return out;
}

QuoteContent content_for(const Report& report, std::uint16_t version) {
  QuoteContent content;
  content.header.version = version;
  const TeeTcbInfo& tcb = report.tee_tcb_info;
  const TdInfo& td = report.td_info;
  content.body = {.tee_tcb_svn = tcb.tee_tcb_svn,
                  .mr_seam = tcb.mr_seam,
                  .mr_signer_seam = tcb.mr_signer_seam,
                  .seam_attributes = tcb.attributes,
                  .td_attributes = td.attributes,
                  .xfam = td.xfam,
                  .mr_td = td.mr_td,
                  .mr_config_id = td.mr_config_id,
                  .mr_owner = td.mr_owner,
                  .mr_owner_config = td.mr_owner_config,
                  .rtmr = td.rtmr,
                  .report_data = report.mac_struct.report_data};
  if (content.has_body15()) content.body15 = {.tee_tcb_svn2 = tcb.tee_tcb_svn2, .mr_service_td = td.servtd_hash};
  return content;
}

std::array<std::uint8_t, 64> key_binding(const RawKey& attestation_key, base::View auth_data) {
  base::Bytes named = base::bytes_of(base::View(attestation_key));
  base::append(named, auth_data);
  std::array<std::uint8_t, 64> out{};
  std::ranges::copy(crypto::sha256(named), out.begin());
  return out;
}

}  // namespace tdxproto
