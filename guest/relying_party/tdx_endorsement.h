#pragma once
// What came with one quote, read and not yet believed: whatever is malformed is simply absent.
#include <optional>

#include "platform/crypto/certificate.h"
#include "platform/crypto/revocation_list.h"
#include "platform/protocol/tdx/collateral.h"
#include "platform/protocol/tdx/pck_extension.h"
#include "platform/protocol/tdx/quote.h"

namespace relying_party {

// Who signed something, and who vouches for that one.
struct TdxChain {
  std::optional<crypto::Certificate> leaf, authority, root;  // a document's chain has no authority between the two
};

struct TdxEndorsement {
  TdxChain pck;  // out of the quote
  std::optional<tdxproto::PckExtension> platform;
  std::optional<crypto::RevocationList> root_ca_crl, pck_crl;
  TdxChain tcb_info_chain, qe_identity_chain;
  std::optional<tdxproto::SignedJson> tcb_info_document, qe_identity_document;
  std::optional<tdxproto::TcbInfo> tcb_info;
  std::optional<tdxproto::QeIdentity> qe_identity;
};

TdxEndorsement read_endorsement(const tdxproto::ReadQuote& quote, base::View collateral);

}  // namespace relying_party
