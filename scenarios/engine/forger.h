#pragma once
// An adversary's program: answers an owner's challenge in a guest's place, with a report that it signs itself and a
// channel key whose other half it keeps. What it holds, and where it lies, is data; it signs with nothing that it does
// not hold. All else it takes from genuine evidence passing by and from what the vendor publishes.
#include <optional>
#include <string>

#include "guest/relying_party/channel.h"
#include "guest/relying_party/messages.h"
#include "platform/crypto/library.h"
#include "platform/protocol/sev/report.h"
#include "tsm/sev/keys/key_hierarchy.h"

namespace engine {

// Firmware that its vendor signed once and the owner no longer accepts.
inline sev::Tcb old_tcb(sev::Tcb tcb) {
  tcb.snp = 1;
  return tcb;
}

struct Forgery {
  enum class Key { kOwn, kLeaked };                // made up, or the endorsement key that was taken out of `chip`
  enum class Root { kVendor, kOwn };               // of an own key: whose intermediate and root stand above it
  enum class Intermediate { kCurrent, kRetired };  // of a leaked key: under which the vendor certified it
  Key key = Key::kOwn;
  Root root = Root::kVendor;
  Intermediate intermediate = Intermediate::kCurrent;
  std::string chip = "chip0";  // of the certificate
  bool old_tcb = false;        // the certificate is of firmware that the owner no longer accepts
  std::string claimed_chip = "chip0";  // of the report
  bool claims_old_tcb = false;
};

class Forger {
 public:
  Forger(Forgery forgery, sev::Product product, std::uint64_t seed, crypto::Library& library);

  // Evidence for the same challenge that shows a report of somebody else's, which was made on `binding`.
  relying_party::Evidence present(const relying_party::Evidence& genuine, base::Bytes report, base::Bytes table) const;
  base::Block<64> binding(const relying_party::Nonce& nonce) const;
  // Evidence for the same challenge, with the forger's channel key. Empty when what passed by holds no report.
  std::optional<relying_party::Evidence> forge(const relying_party::Evidence& genuine);
  // What the owner sealed, if it sealed it to the forger.
  std::optional<base::Bytes> open(base::View answer) const;

 private:
  base::Bytes certificates(const sev::Chip& chip, const sev::Tcb& tcb);
  crypto::Certificate issue(crypto::CertificateContent content, const crypto::EcKey& subject,
                            const crypto::EcKey& issuer);
  crypto::EcKey own(std::string_view label) const;

  Forgery forgery_;
  sev::Product product_;
  std::uint64_t seed_;
  crypto::Library& library_;
  std::uint64_t count_ = 0;  // of signatures
};

}  // namespace engine
