#pragma once
// The TD quoting enclave and the PCE beside it, both on the host's side of the wire and inside enclaves of their own:
// they take a TDREPORT of this platform and give a quote, or nothing.
#include <optional>
#include <vector>

#include "platform/crypto/certificate.h"
#include "platform/crypto/ec_key.h"
#include "platform/crypto/library.h"
#include "platform/protocol/tdx/quote.h"
#include "tsm/tdx/quoting/edit.h"
#include "tsm/tdx/quoting/platform.h"

namespace quoting {

// The enclave as its own report shows it: content of an honest one unless altered before it is built.
tdxproto::EnclaveReport quoting_enclave_identity();
inline constexpr std::uint16_t kQeIsvSvn = 7;
inline constexpr std::uint16_t kQeIsvProdId = 2;

class QuotingEnclave {
 public:
  // `pck_chain` is what the vendor issued for the platform, leaf first.
  QuotingEnclave(crypto::Library& library, const Platform& platform, const std::vector<crypto::Certificate>& pck_chain,
                 tdxproto::EnclaveReport identity = quoting_enclave_identity());
  QuotingEnclave(const QuotingEnclave&) = delete;
  QuotingEnclave& operator=(const QuotingEnclave&) = delete;

  // Empty unless `report` is one TDREPORT that this CPU made. `version` is 4 or 5. `edit` sees, in this order,
  // "tdx.QE_REPORT" and "tdx.QUOTE_CONTENT", each before it is signed.
  std::optional<base::Bytes> quote(base::View report, std::uint16_t version, const Edit& edit = {});

  const tdxproto::RawKey& attestation_key() const { return attestation_point_; }

 private:
  crypto::Library& library_;
  Platform platform_;
  base::Bytes pck_chain_pem_;
  tdxproto::EnclaveReport identity_;
  crypto::EcKey attestation_key_;
  tdxproto::RawKey attestation_point_{};
  std::uint64_t signatures_ = 0;
};

}  // namespace quoting
