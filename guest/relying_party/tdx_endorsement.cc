#include "guest/relying_party/tdx_endorsement.h"

#include <algorithm>

namespace relying_party {

namespace {

// The text without the zero byte that may end it.
std::string_view text_of(const base::Bytes& pem) {
  const std::size_t size = !pem.empty() && pem.back() == 0 ? pem.size() - 1 : pem.size();
  return {reinterpret_cast<const char*>(pem.data()), size};
}

// As many certificates as the chain has, or none of them.
std::vector<crypto::Certificate> read_chain(const base::Bytes& pem, std::size_t size) {
  auto chain = crypto::Certificate::from_pem(text_of(pem));
  if (!chain || chain->size() != size) return {};
  return *chain;
}

TdxChain document_chain(const base::Bytes& pem) {
  TdxChain out;
  if (auto chain = read_chain(pem, 2); !chain.empty()) {
    out.leaf = chain[0];
    out.root = chain[1];
  }
  return out;
}

std::optional<tdxproto::PckExtension> read_extension(const crypto::Certificate& leaf) {
  const auto& all = leaf.content().extensions;
  auto is_ours = [](const crypto::Extension& e) { return e.oid == tdxproto::kSgxExtensionOid; };
  if (std::ranges::count_if(all, is_ours) != 1) return std::nullopt;
  return tdxproto::decode_pck_extension(std::ranges::find_if(all, is_ours)->value);
}

}  // namespace

TdxEndorsement read_endorsement(const tdxproto::ReadQuote& quote, base::View collateral) {
  TdxEndorsement out;
  if (quote.certification.type == tdxproto::CertificationType::kPckChain) {
    if (auto chain = read_chain(quote.certification.data, 3); !chain.empty()) {
      out.pck = {.leaf = chain[0], .authority = chain[1], .root = chain[2]};
      out.platform = read_extension(chain[0]);
    }
  }
  auto bundle = wire::decode<tdxproto::Collateral>(collateral);
  if (!bundle) return out;
  out.root_ca_crl = crypto::RevocationList::from_der(bundle->root_ca_crl);
  out.pck_crl = crypto::RevocationList::from_der(bundle->pck_crl);
  out.tcb_info_chain = document_chain(bundle->tcb_info_issuer_chain);
  out.qe_identity_chain = document_chain(bundle->qe_identity_issuer_chain);
  out.tcb_info_document = tdxproto::split(tdxproto::kTcbInfoMember, text_of(bundle->tcb_info));
  out.qe_identity_document = tdxproto::split(tdxproto::kQeIdentityMember, text_of(bundle->qe_identity));
  if (out.tcb_info_document) out.tcb_info = tdxproto::tcb_info_from_json(out.tcb_info_document->body);
  if (out.qe_identity_document) out.qe_identity = tdxproto::qe_identity_from_json(out.qe_identity_document->body);
  return out;
}

}  // namespace relying_party
