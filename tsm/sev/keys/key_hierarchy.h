#pragma once
// The keys behind an attestation report: the vendor's roots, and what each chip derives for each TCB. The structure
// is AMD's; the roots are emulated, say so in their names, and vouch for nothing outside of Glacis.
//
//   ARK --signs--> ASK  --signs--> VCEK (chip, TCB)
//       --signs--> ASVK --signs--> VLEK (cloud provider, TCB)
#include <string>

#include "platform/base/bytes.h"
#include "platform/crypto/certificate.h"
#include "platform/crypto/revocation_list.h"
#include "platform/protocol/sev/tcb.h"
#include "tsm/sev/keys/tcb_secret.h"

namespace sev {

// A part from the factory: what is fused into it and known to the vendor's key server.
struct Chip {
  static Chip from_seed(Product product, base::View seed);

  Product product = Product::kMilan;
  base::Block<64> hwid{};  // CHIP_ID of reports; on Turin 8 bytes and zeros
  base::Block<32> secret{};

  base::View hwid_octets() const;  // as the certificate has it: 64 bytes, 8 on Turin
};

// A cloud provider enrolled for VLEKs: one key for all of its chips.
struct Provider {
  static Provider from_seed(std::string csp_id, base::View seed);

  std::string csp_id;
  base::Block<32> secret{};
};

crypto::EcKey vcek(const Chip& chip, const Tcb& tcb);
crypto::EcKey vlek(const Provider& provider, Product product, const Tcb& tcb);

// The vendor for one product: signing keys and the key server's documents. What it signs is the same in every world
// and in every run, since a vendor signs before the world begins; only the first call in a process pays for a
// signature.
class KeyHierarchy {
 public:
  explicit KeyHierarchy(Product product);

  const crypto::Certificate& ark() const { return ark_; }
  const crypto::Certificate& ask() const { return ask_; }
  const crypto::Certificate& asvk() const { return asvk_; }
  // The ASK before this one, of the same name. Nothing but a revocation list tells that the vendor took it back.
  const crypto::Certificate& retired_ask() const { return retired_ask_; }

  crypto::Certificate vcek_certificate(const Chip& chip, const Tcb& tcb) const;  // the chip is of this product
  crypto::Certificate retired_vcek_certificate(const Chip& chip, const Tcb& tcb) const;  // by the ASK before this one
  crypto::Certificate vlek_certificate(const Provider& provider, const Tcb& tcb) const;

  // By the ARK. Serial numbers are those of intermediates: every VCEK has serial 0.
  crypto::RevocationList revocation_list(const std::vector<base::Bytes>& serials, crypto::CalendarTime this_update,
                                         crypto::CalendarTime next_update) const;

  // What the key server's cert_chain answers: the intermediate, then the ARK.
  std::string vcek_chain_pem() const;
  std::string vlek_chain_pem() const;

 private:
  Product product_;
  crypto::Certificate ark_;
  crypto::Certificate ask_;
  crypto::Certificate asvk_;
  crypto::Certificate retired_ask_;
};

// Validity of what the vendor signs, UTC, whatever the world's calendar says.
crypto::CalendarTime authority_not_before();    // 2020-10-22
crypto::CalendarTime authority_not_after();     // 2045-10-22
crypto::CalendarTime endorsement_not_before();  // 2024-01-01: VCEK and VLEK
crypto::CalendarTime endorsement_not_after();   // 2031-01-01

// The vendor's extensions of an endorsement certificate, under 1.3.6.1.4.1.3704.1.
namespace oid {
inline constexpr const char* kStructVersion = "1.3.6.1.4.1.3704.1.1";
inline constexpr const char* kProductName = "1.3.6.1.4.1.3704.1.2";
inline constexpr const char* kBlSpl = "1.3.6.1.4.1.3704.1.3.1";
inline constexpr const char* kTeeSpl = "1.3.6.1.4.1.3704.1.3.2";
inline constexpr const char* kSnpSpl = "1.3.6.1.4.1.3704.1.3.3";
inline constexpr const char* kSpl4 = "1.3.6.1.4.1.3704.1.3.4";
inline constexpr const char* kSpl5 = "1.3.6.1.4.1.3704.1.3.5";
inline constexpr const char* kSpl6 = "1.3.6.1.4.1.3704.1.3.6";
inline constexpr const char* kSpl7 = "1.3.6.1.4.1.3704.1.3.7";
inline constexpr const char* kUcodeSpl = "1.3.6.1.4.1.3704.1.3.8";
inline constexpr const char* kFmcSpl = "1.3.6.1.4.1.3704.1.3.9";
inline constexpr const char* kHwid = "1.3.6.1.4.1.3704.1.4";
inline constexpr const char* kCspId = "1.3.6.1.4.1.3704.1.5";
}  // namespace oid

}  // namespace sev
