#pragma once
// What the host's certificate table holds for one report, read and not yet believed: whatever is malformed is simply
// absent.
#include <optional>
#include <string>

#include "platform/crypto/certificate.h"
#include "platform/crypto/revocation_list.h"
#include "platform/protocol/sev/report.h"
#include "platform/protocol/sev/tcb.h"

namespace relying_party {

struct Endorsement {
  sevproto::SigningKey kind = sevproto::SigningKey::kNone;
  std::optional<crypto::Certificate> root;          // ARK
  std::optional<crypto::Certificate> intermediate;  // ASK or ASVK: a table carries that of its leaf
  std::optional<crypto::Certificate> leaf;          // VCEK or VLEK, as `kind` says
  std::optional<crypto::RevocationList> revocation_list;
};

// Picks the leaf that the report says it was signed with.
Endorsement read_endorsement(base::View table, sevproto::SigningKey kind);

// The vendor's extensions (AMD 57230, VCEK certificate). Each is empty when missing or malformed.
std::optional<sev::Product> product_of(const crypto::Certificate& leaf);
std::optional<sev::Tcb> tcb_of(const crypto::Certificate& leaf, sev::Product product);
std::optional<base::Block<64>> chip_id_of(const crypto::Certificate& leaf, sev::Product product);
std::optional<std::string> provider_of(const crypto::Certificate& leaf);

// From family and model, which reports carry from version 3 on.
std::optional<sev::Product> product_of(const sevproto::Report& report);

}  // namespace relying_party
