#pragma once
// The vendor's provisioning service: certificates for platforms, and the documents that say which levels are still
// good. The structure is Intel's; the keys are emulated and published, say so in their names, and vouch for nothing
// outside of Glacis.
//
//   root CA --signs--> PCK platform CA, PCK processor CA --sign--> PCK certificate (platform, TCB)
//           --signs--> TCB signing --signs--> TCB info, QE identity
//           --lists-- revoked authorities; each PCK CA lists its revoked PCK certificates
#include <string>
#include <vector>

#include "platform/crypto/certificate.h"
#include "platform/crypto/revocation_list.h"
#include "platform/protocol/tdx/collateral.h"
#include "tsm/tdx/quoting/edit.h"
#include "tsm/tdx/quoting/platform.h"

namespace quoting {

// What the vendor signs is the same in every world, since it signs before the world begins. A second vendor, of another
// name, has other keys and the same certificates otherwise.
class Provisioning {
 public:
  explicit Provisioning(std::string vendor = "vendor");

  const crypto::Certificate& root() const { return root_; }
  const crypto::Certificate& platform_ca() const { return platform_ca_; }
  const crypto::Certificate& processor_ca() const { return processor_ca_; }
  const crypto::Certificate& tcb_signing() const { return tcb_signing_; }
  const crypto::Certificate& ca_of(PckAuthority authority) const;

  crypto::Certificate pck_certificate(const Platform& platform) const;
  // Leaf, CA, root: what a quoting enclave puts into its quotes.
  std::vector<crypto::Certificate> pck_chain(const Platform& platform) const;

  crypto::RevocationList root_crl(const std::vector<base::Bytes>& serials, crypto::CalendarTime this_update,
                                  crypto::CalendarTime next_update) const;
  crypto::RevocationList pck_crl(PckAuthority authority, const std::vector<base::Bytes>& serials,
                                 crypto::CalendarTime this_update, crypto::CalendarTime next_update) const;

  // Signed over the JSON bytes. `edit` sees "tdx.TCB_INFO" and "tdx.QE_IDENTITY".
  tdxproto::SignedJson signed_tcb_info(const tdxproto::TcbInfo& info, const Edit& edit = {}) const;
  tdxproto::SignedJson signed_qe_identity(const tdxproto::QeIdentity& identity, const Edit& edit = {}) const;

 private:
  std::string vendor_;
  crypto::Certificate root_, platform_ca_, processor_ca_, tcb_signing_;
};

// What the service has to say at one moment: plain data to fill in, alter, and have signed.
struct Service {
  // What is up to date is exactly `platform`, `module_svn` and our quoting enclave; one level below it is out of date.
  static Service for_platform(const Platform& platform, const base::Block<16>& tee_tcb_svn, crypto::CalendarTime issued,
                              crypto::CalendarTime next_update);

  tdxproto::TcbInfo tcb_info;
  tdxproto::QeIdentity qe_identity;
  PckAuthority authority = PckAuthority::kPlatform;
  std::vector<base::Bytes> revoked_authorities, revoked_platforms;  // serial numbers
  crypto::CalendarTime crl_this_update = 0, crl_next_update = 0;

  tdxproto::Collateral collateral(const Provisioning& vendor, const Edit& edit = {}) const;
};

// Validity of what the vendor certifies, UTC, whatever the world's calendar says.
crypto::CalendarTime authority_not_before();  // 2018-05-21
crypto::CalendarTime authority_not_after();   // 2049-12-31
crypto::CalendarTime pck_not_before();        // 2024-01-01
crypto::CalendarTime pck_not_after();         // 2031-01-01

}  // namespace quoting
