#pragma once
// Who made the platforms: endorses a platform's root-of-trust key with a certificate under its own root.
//
// convention `cove.endorsement`: the specification leaves the form of endorsements open. Ours are X.509: the subject is the UDS_ID.
#include "platform/crypto/revocation_list.h"
#include "tsm/cove/attest/platform.h"

namespace attest {

class Vendor {
 public:
  // Vendors of one name are one vendor.
  explicit Vendor(std::string name = "Emulated CoVE platforms");

  const crypto::Certificate& root() const { return root_; }
  crypto::Certificate endorse(const Platform& platform) const;
  // Which endorsements the vendor takes back, by serial number.
  crypto::RevocationList revocation_list(std::vector<base::Bytes> serials, crypto::CalendarTime from, crypto::CalendarTime until) const;

 private:
  std::string name_;
  crypto::EcKey key_;
  crypto::Certificate root_;
};

}  // namespace attest
