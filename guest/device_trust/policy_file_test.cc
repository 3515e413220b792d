#include "guest/device_trust/policy_file.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "guest/device_trust/test_device.h"

namespace device_trust {
namespace {

using test::TestDevice;

// Nothing in it is as it comes into the world.
Policy whole() {
  TestDevice d;
  Policy p = d.policy;
  const auto chain = test::issue_chain(*d.slots[0]);
  p.chain.keyring = {{.root = chain.front(), .vendors = {0x1b36, 0x8086}}, {.root = chain.at(1), .vendors = {}}};
  p.require_own_proof = !p.require_own_proof;
  p.allow_firmware_change = true;
  p.negotiation.version_min = spdm::Version::k13;
  p.negotiation.aead = spdm::kAeadChaCha20Poly1305;
  p.chain.slot = 3;
  p.chain.device_root = chain.front();
  p.chain.revocation_lists = {test::list_of(d.slots[0]->at(1), {{3}, {7}}, crypto::calendar_time(2027, 1, 1))};
  p.chain.blocked = {base::Block<32>{1}, base::Block<32>{2}};
  p.measurements.security_version_min = 2;
  p.measurements.versions = {"1.0", "2.0"};
  p.measurements.tcb_indices = {1, 2, 0xfe};
  p.measurements.references[9] = {.type = spdm::MeasurementType::kManifest, .raw = true, .values = {{1, 2}, {3}}};
  p.interface.non_tee_ranges = {2, 4};
  p.interface.device_info = base::Block<48>{5};
  p.interface.allow_ats = true;
  return p;
}

TEST(PolicyFile, KeepsWhatItWasMadeFrom) {
  const Policy p = whole();
  const auto again = policy_of(bytes_of(p));
  ASSERT_TRUE(again);
  EXPECT_EQ(bytes_of(*again), bytes_of(p));
  EXPECT_NE(bytes_of(*again), bytes_of(Policy{}));
  EXPECT_EQ(again->chain.keyring.size(), 2u);
  EXPECT_EQ(again->chain.keyring[0].vendors, p.chain.keyring[0].vendors);
  EXPECT_EQ(again->chain.keyring[0].root, p.chain.keyring[0].root);
  EXPECT_EQ(again->chain.slot, p.chain.slot);
  EXPECT_EQ(again->chain.revocation_lists.size(), 1u);
  EXPECT_EQ(again->measurements.references.at(9).values, p.measurements.references.at(9).values);
  EXPECT_EQ(again->measurements.versions, p.measurements.versions);
  EXPECT_EQ(again->measurements.security_version_min, p.measurements.security_version_min);
  EXPECT_EQ(again->interface.device_info, p.interface.device_info);
  EXPECT_TRUE(again->interface.allow_ats);
  EXPECT_FALSE(again->interface.allow_prs);
}

TEST(PolicyFile, EachSwitchIsKept) {
  const base::Bytes empty = bytes_of(Policy{});
  using Turn = void (*)(Policy&);
  for (const Turn turn : {Turn([](Policy& p) { p.require_authentication ^= true; }),
                          Turn([](Policy& p) { p.chain.keyring_by_vendor ^= true; }),
                          Turn([](Policy& p) { p.chain.check_validity ^= true; }),
                          Turn([](Policy& p) { p.chain.require_revocation_list ^= true; }),
                          Turn([](Policy& p) { p.chain.require_responder_purpose ^= true; }),
                          Turn([](Policy& p) { p.chain.require_pci_name ^= true; }),
                          Turn([](Policy& p) { p.chain.require_serial_number ^= true; }),
                          Turn([](Policy& p) { p.measurements.require ^= true; }),
                          Turn([](Policy& p) { p.measurements.require_signature ^= true; }),
                          Turn([](Policy& p) { p.measurements.allow_unknown ^= true; }),
                          Turn([](Policy& p) { p.measurements.require_device_mode ^= true; }),
                          Turn([](Policy& p) { p.measurements.allow_debug ^= true; }),
                          Turn([](Policy& p) { p.measurements.require_summary ^= true; }),
                          Turn([](Policy& p) { p.interface.require_report ^= true; }),
                          Turn([](Policy& p) { p.interface.allow_updatable ^= true; }),
                          Turn([](Policy& p) { p.interface.allow_pasid ^= true; }),
                          Turn([](Policy& p) { p.interface.allow_prs ^= true; }),
                          Turn([](Policy& p) { p.interface.require_tsm_digests ^= true; })}) {
    Policy turned;
    turn(turned);
    EXPECT_NE(bytes_of(turned), empty);
    auto again = policy_of(bytes_of(turned));
    ASSERT_TRUE(again);
    turn(*again);
    const base::Bytes back = bytes_of(*again);
    EXPECT_EQ(back, empty);
  }
}

TEST(PolicyFile, RefusesEveryTruncationATailAndAnotherForm) {
  base::Bytes bytes = bytes_of(whole());
  for (std::size_t size = 0; size < bytes.size(); ++size) ASSERT_FALSE(policy_of(base::View(bytes).first(size)));
  bytes.push_back(0);
  EXPECT_FALSE(policy_of(bytes));
  bytes.pop_back();
  ASSERT_TRUE(policy_of(bytes));
  for (const std::size_t at : {0u, 7u}) {  // the form, and flags that nobody knows
    base::Bytes other = bytes;
    other[at] ^= 0x80;
    EXPECT_FALSE(policy_of(other));
  }
}

TEST(PolicyFile, RefusesWhatIsNoCertificate) {
  Policy p = whole();
  base::Bytes bytes = bytes_of(p);
  const base::Bytes der = p.chain.keyring[1].root.to_der();
  const auto at = std::search(bytes.begin(), bytes.end(), der.begin(), der.end());
  ASSERT_NE(at, bytes.end());
  *at ^= 0xff;
  EXPECT_FALSE(policy_of(bytes));
}

}  // namespace
}  // namespace device_trust
