#include "guest/device_trust/evidence.h"

#include <gtest/gtest.h>

#include "guest/device_trust/test_device.h"
#include "guest/device_trust/transcripts.h"

namespace device_trust {
namespace {

using test::TestDevice;

TEST(Evidence, SurvivesItsBytesAndIsJudgedTheSame) {
  TestDevice d;
  d.slots[4] = d.slots[0];
  const base::Bytes bytes = bytes_of(d.evidence());
  const auto again = evidence_of(bytes);
  ASSERT_TRUE(again);
  EXPECT_EQ(bytes_of(*again), bytes);
  trust::Defences defences;
  EXPECT_TRUE(judge(*again, d.question, d.policy, defences, "owner").accepted());
  EXPECT_EQ(digest_of(*again), digest_of(d.evidence()));
}

TEST(Evidence, RefusesEveryTruncationATailAndAnotherForm) {
  base::Bytes bytes = bytes_of(TestDevice().evidence());
  for (std::size_t size = 0; size < bytes.size(); ++size) ASSERT_FALSE(evidence_of(base::View(bytes).first(size)));
  bytes.push_back(0);
  EXPECT_FALSE(evidence_of(bytes));
  bytes.pop_back();
  bytes[0] ^= 1;
  EXPECT_FALSE(evidence_of(bytes));
}

TEST(Evidence, ItsDigestCoversEveryPart) {
  const DeviceEvidence whole = TestDevice().evidence();
  using Alter = void (*)(DeviceEvidence&);
  for (const Alter alter : {Alter([](DeviceEvidence& e) { e.vca.back() ^= 1; }),
                            Alter([](DeviceEvidence& e) { e.slots[0].chain.back() ^= 1; }),
                            Alter([](DeviceEvidence& e) { std::swap(e.slots[0], e.slots[1]); }),
                            Alter([](DeviceEvidence& e) { e.slots[0].model = spdm::CertificateModel::kAlias; }),
                            Alter([](DeviceEvidence& e) { e.proof.transcript.back() ^= 1; }),
                            Alter([](DeviceEvidence& e) { e.proof.signature.back() ^= 1; }),
                            Alter([](DeviceEvidence& e) { e.proof.kind = ProofKind::kChallenge; }),
                            Alter([](DeviceEvidence& e) { e.measurements.in_session ^= 1; }),
                            Alter([](DeviceEvidence& e) { e.interface.bits ^= 1; }),
                            Alter([](DeviceEvidence& e) { e.state = tdisp::State::kRun; }),
                            Alter([](DeviceEvidence& e) { e.report_in_session ^= 1; }),
                            Alter([](DeviceEvidence& e) { e.report.back() ^= 1; })}) {
    DeviceEvidence other = whole;
    alter(other);
    EXPECT_NE(digest_of(other), digest_of(whole));
  }
}

TEST(Transcripts, MeasurementsMayComeInSeveralPairsOfWhichTheLastIsSigned) {
  TestDevice d;
  const std::vector<spdm::MeasurementBlock> all = d.blocks;
  const Negotiated negotiated = negotiated_of(d.evidence().vca);
  d.measurements_signed = false;
  d.blocks = {all[0], all[1]};
  DeviceEvidence first = d.evidence();
  d.measurements_signed = true;
  d.blocks = {all[2], all[3]};
  const DeviceEvidence second = d.evidence();
  base::append(first.measurements.transcript,
               base::View(second.measurements.transcript).subspan(second.vca.size()));
  const Measured measured = measured_of(first, negotiated);
  EXPECT_TRUE(measured.well_formed);
  EXPECT_EQ(measured.blocks, all);
  EXPECT_EQ(measured.nonce, d.measurements_nonce);

  // Nothing follows a signature.
  base::append(first.measurements.transcript,
               base::View(second.measurements.transcript).subspan(second.vca.size()));
  EXPECT_FALSE(measured_of(first, negotiated).well_formed);
}

TEST(Transcripts, AProofIsReadAsItWasMade) {
  TestDevice d;
  for (const ProofKind kind : {ProofKind::kChallenge, ProofKind::kKeyExchange}) {
    d.proof_kind = kind;
    d.summary = spdm::kSummaryAll;
    const DeviceEvidence evidence = d.evidence();
    const Proof proof = proof_of(evidence, negotiated_of(evidence.vca));
    EXPECT_TRUE(proof.well_formed);
    EXPECT_EQ(proof.slot, 0);
    EXPECT_EQ(proof.nonce, d.proof_nonce);
    EXPECT_EQ(proof.summary, spdm::kSummaryAll);
    EXPECT_EQ(proof.summary_hash.size(), 48u);
  }
}

TEST(Transcripts, AConversationIsOfOneVersion) {
  TestDevice d;
  base::Bytes vca = d.evidence().vca;
  EXPECT_TRUE(negotiated_of(vca).well_formed);
  EXPECT_EQ(negotiated_of(vca).algorithms, d.algorithms);
  EXPECT_EQ(negotiated_of(vca).capabilities, d.capabilities);
  const std::size_t get_capabilities = 4 + 8;  // behind GET_VERSION and VERSION
  ASSERT_EQ(vca[get_capabilities + 1], static_cast<std::uint8_t>(spdm::Code::kGetCapabilities));
  vca[get_capabilities] = 0x13;
  EXPECT_FALSE(negotiated_of(vca).well_formed);
}

}  // namespace
}  // namespace device_trust
