#pragma once
// For tests: a vendor of our own, a chip, and a report, all of them open to every lie. Certificates are signed on
// P-384, since making RSA keys takes seconds; the verifier does not care.
#include <optional>
#include <string>
#include <vector>

#include "guest/relying_party/snp_verifier.h"
#include "platform/crypto/ec_key.h"
#include "platform/protocol/sev/cert_table.h"

namespace relying_party::test {

struct TestEvidence {
  explicit TestEvidence(sev::Product product = sev::Product::kMilan);

  // As it would be for an honest guest; alter anything before `bytes` or `table`.
  sev::Product product;
  std::string vendor = "vendor";         // whose root and intermediate: another name makes other keys
  std::string leaf_issuer = "vendor";    // whose intermediate key signs the leaf
  sevproto::SigningKey kind = sevproto::SigningKey::kVcek;
  sev::Tcb leaf_tcb;
  base::Bytes hwid;
  std::string provider = "cloud.example";
  std::string leaf_product_name;
  crypto::CalendarTime leaf_not_after;
  bool with_root = true, with_intermediate = true, with_leaf = true, with_list = true;
  std::vector<base::Bytes> revoked;
  crypto::CalendarTime list_next_update;
  std::string signer = "chip";                  // another name signs with another key
  std::vector<std::size_t> flips_after_signing;  // offsets of bytes altered afterwards

  sevproto::Report report;
  Policy policy;
  base::Block<64> expected{};
  crypto::CalendarTime now;

  crypto::Certificate root() const;
  crypto::Certificate intermediate() const;
  crypto::Certificate leaf() const;
  crypto::RevocationList list(std::vector<base::Bytes> serials) const;
  base::Bytes table() const;
  base::Bytes bytes() const;  // signed

  // "accepted", or the id of the defence that spoke.
  std::string appraised(trust::Defences& defences) const;
  std::string appraised() const;
};

std::string verdict(const trust::Result<Appraisal>& result);

// The bytes of a hash chain over `seed`.
std::function<base::Bytes(std::size_t)> random_from(std::string seed);

}  // namespace relying_party::test
