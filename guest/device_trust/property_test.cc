// What no altered byte may do.
#include <gtest/gtest.h>

#include "guest/device_trust/test_device.h"

namespace device_trust {
namespace {

using test::TestDevice;

bool accepted(const TestDevice& d, const DeviceEvidence& evidence,
              std::initializer_list<std::string_view> lifted = {}) {
  trust::Defences defences;
  for (const auto id : lifted) defences.lift(id);
  return judge(evidence, d.question, d.policy, defences, "vm0").accepted();
}

TEST(Property, RefusesAChainWithAnyByteAltered) {
  const TestDevice d;
  DeviceEvidence evidence = d.evidence();
  for (std::size_t at = 0; at < evidence.slots[0].chain.size(); ++at) {
    evidence.slots[0].chain[at] ^= 0x01;
    ASSERT_FALSE(accepted(d, evidence)) << at;
    // Even where nothing ties the chain to the conversation, only the two reserved bytes of the blob are harmless.
    const bool reserved = at == 2 || at == 3;
    ASSERT_EQ(accepted(d, evidence, {"cma.slot.verified"}), reserved) << at;
    evidence.slots[0].chain[at] ^= 0x01;
  }
  EXPECT_TRUE(accepted(d, evidence));
}

TEST(Property, RefusesAReportWithAnyByteAltered) {
  TestDevice d;
  DeviceEvidence evidence = d.evidence();
  const TsmDigests digests = d.tsm_digests(evidence);
  for (std::size_t at = 0; at < evidence.report.size(); ++at) {
    for (const std::uint8_t mask : {0x01, 0x08, 0x80}) {
      evidence.report[at] ^= mask;
      // Receivers ignore the reserved bytes, and those bits of INTERFACE_INFO that have no meaning yet.
      const bool reserved = at == 2 || at == 3 || (at == 0 && mask == 0x80) || at == 1;
      d.question.tsm.reset();
      ASSERT_EQ(accepted(d, evidence), reserved) << at << " " << int{mask};
      d.question.tsm = digests;
      ASSERT_FALSE(accepted(d, evidence)) << at << " " << int{mask};
      evidence.report[at] ^= mask;
    }
  }
  EXPECT_TRUE(accepted(d, evidence));
}

TEST(Property, RefusesATranscriptOrASignatureWithAnyByteAltered) {
  const TestDevice d;
  DeviceEvidence evidence = d.evidence();
  for (base::Bytes* bytes : {&evidence.vca, &evidence.proof.transcript, &evidence.proof.signature,
                             &evidence.measurements.transcript, &evidence.measurements.signature}) {
    for (std::size_t at = 0; at < bytes->size(); ++at) {
      (*bytes)[at] ^= 0x10;
      ASSERT_FALSE(accepted(d, evidence)) << at;
      (*bytes)[at] ^= 0x10;
    }
  }
  EXPECT_TRUE(accepted(d, evidence));
}

TEST(Property, RefusesEveryTruncation) {
  const TestDevice d;
  DeviceEvidence evidence = d.evidence();
  for (base::Bytes* bytes : {&evidence.slots[0].chain, &evidence.vca, &evidence.proof.transcript,
                             &evidence.measurements.transcript, &evidence.report}) {
    const base::Bytes whole = *bytes;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      bytes->assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      ASSERT_FALSE(accepted(d, evidence)) << size;
    }
    *bytes = whole;
  }
  EXPECT_TRUE(accepted(d, evidence));
}

TEST(Property, AnOldConversationIsNotANewOne) {
  TestDevice d;
  const DeviceEvidence old = d.evidence();
  d.proof_nonce.fill(0xb1);
  d.measurements_nonce.fill(0xb2);
  d.question.asked.proof = d.proof_nonce;
  d.question.asked.measurements = d.measurements_nonce;
  DeviceEvidence mixed = d.evidence();
  EXPECT_TRUE(accepted(d, mixed));
  EXPECT_FALSE(accepted(d, old));
  mixed.measurements = old.measurements;
  EXPECT_FALSE(accepted(d, mixed));
}

}  // namespace
}  // namespace device_trust
