#include "guest/relying_party/measured_party.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "platform/crypto/ec_key.h"
#include "platform/protocol/tpm/commands.h"

namespace relying_party {
namespace {

// A guest whose TPM is a key of the test's, and an owner who built it.
class MeasuredPartyTest : public testing::Test, public trust::Defences::Listener {
 protected:
  MeasuredPartyTest() {
    defences_.listen(this);
    policy_.boot = {{0, tpm::Digest{1}}, {4, tpm::Digest{2}}};
    policy_.files["/usr/bin/app"] = {ima::Digest{3}};
  }
  void spoke(const trust::Defence& defence, std::string_view) override { spoke_ = defence.id; }
  void missed(const trust::Defence&, std::string_view) override {}

  // What a faithful guest shows for that challenge.
  TpmEvidence evidence_for(const Nonce& nonce) {
    TpmEvidence out;
    out.nonce = nonce;
    out.channel_key = public_half(make_channel_key([](std::size_t size) { return base::Bytes(size, 9); }));
    out.endorsement = tpm::endorsement_template();
    out.attestation = tpm::attestation_template();
    const auto& point = ak_.public_point();
    out.attestation.x = tpm::Sized::of(base::View(point).first(32)), out.attestation.y = tpm::Sized::of(base::View(point).subspan(32));
    for (const auto& [pcr, value] : policy_.boot) out.pcrs[pcr] = value;
    const auto aggregate = ima::boot_aggregate(std::span(out.pcrs).first(ima::kPcr));
    list_ = {ima::file_entry(ima::Bank::kSha256, aggregate, ima::kBootAggregate), ima::file_entry(ima::Bank::kSha256, ima::Digest{3}, "/usr/bin/app")};
    out.pcrs[ima::kPcr] = ima::replay(list_);
    show_entries(out, list_);
    std::map<unsigned, tpm::Digest> pcrs;
    std::vector<unsigned> all;
    for (unsigned pcr = 0; pcr < kPcrsShown; ++pcr) pcrs[pcr] = out.pcrs[pcr], all.push_back(pcr);
    out.quote.extra = tpm::Sized::of(qualifying_data(out.nonce, out.channel_key));
    out.quote.selected = tpm::Selections::of(all);
    out.quote.pcr_digest = tpm::Sized::of(tpm::digest_of(pcrs, out.quote.selected));
    Evidence plain;
    plain.nonce = out.nonce, plain.channel_key = out.channel_key;
    out.evidence = wire::encode(plain);
    out.evidence_size = static_cast<std::uint32_t>(out.evidence.size());
    out.bound = 1;
    sign(out);
    return out;
  }
  void sign(TpmEvidence& out) {
    const auto signature = ak_.sign(library_, {.actor = "tpm", .purpose = "quote", .count = 0}, wire::encode(out.quote));
    out.signature.r = tpm::Sized::of(signature.r), out.signature.s = tpm::Sized::of(signature.s);
  }

  // Empty: the secret came; else the defence that spoke.
  std::string answered(const std::function<void(TpmEvidence&)>& alter, std::vector<std::string_view> lifted = {}) {
    spoke_.clear();
    for (const auto id : lifted) defences_.lift(id);
    const auto draw = [](std::size_t size) { return base::Bytes(size, 5); };
    MeasuredParty owner(policy_, asks_nothing(), base::Bytes(32, 7), draw, defences_);
    const auto challenge = wire::decode<Challenge>(owner.receive(wire::encode(Hello{}), {}));
    auto shown = evidence_for(challenge->nonce);
    alter(shown);
    const auto answer = owner.receive(wire::encode(shown), {});
    return wire::decode<Secret>(answer) ? "" : spoke_;
  }

  trust::Defences defences_;
  std::string spoke_;
  crypto::Library library_{1};
  crypto::EcKey ak_ = crypto::EcKey::derive(crypto::Curve::kP256, base::Bytes(32, 1), "ak");
  TpmPolicy policy_;
  std::vector<ima::Entry> list_;
};

TEST_F(MeasuredPartyTest, ReleasesItsSecretToAFaithfulGuest) {
  EXPECT_EQ(answered([](TpmEvidence&) {}), "");
}

TEST_F(MeasuredPartyTest, RefusesByTheRowThatIsBroken) {
  EXPECT_EQ(answered([](TpmEvidence& e) { e.bound = 0; }), "owner.tpm.ek-bound");
  EXPECT_EQ(answered([](TpmEvidence& e) { e.quote.clock ^= 1; }), "owner.tpm.signature");
  EXPECT_EQ(answered([this](TpmEvidence& e) { e.quote.extra.bytes[0] ^= 1, sign(e); }), "owner.tpm.nonce");
  EXPECT_EQ(answered([this](TpmEvidence& e) { e.quote.selected.items[0].bits[1] &= 3, sign(e); }), "owner.tpm.selection");
  EXPECT_EQ(answered([this](TpmEvidence& e) { e.quote.selected.items[0].algorithm = tpm::kSha1, sign(e); }), "owner.tpm.selection");
  EXPECT_EQ(answered([](TpmEvidence& e) { e.pcrs[2][0] ^= 1; }), "owner.tpm.pcrs");
  EXPECT_EQ(answered([](TpmEvidence& e) { e.entries.pop_back(), --e.entry_count; }), "owner.ima.replay");
  EXPECT_EQ(answered([](TpmEvidence& e) { e.entries[1].data.back() ^= 1; }), "owner.ima.template");
}

// Conformance: both keys are of the kinds that the TPM keeps for these uses.
TEST_F(MeasuredPartyTest, AKeyThatSignsAnythingOrLeavesTheTpmIsNoAttestationKey) {
  for (const auto bit : {tpm::kRestricted, tpm::kFixedTpm, tpm::kFixedParent, tpm::kSign, tpm::kSensitiveDataOrigin, tpm::kDecrypt})
    EXPECT_EQ(answered([&](TpmEvidence& e) { e.attestation.attributes ^= bit; }), "owner.tpm.keys") << bit;
  for (const auto bit : {tpm::kRestricted, tpm::kFixedTpm, tpm::kFixedParent, tpm::kSign, tpm::kDecrypt})
    EXPECT_EQ(answered([&](TpmEvidence& e) { e.endorsement.attributes ^= bit; }), "owner.tpm.keys") << bit;
  EXPECT_EQ(answered([](TpmEvidence& e) { e.attestation.scheme.hash = tpm::kSha1; }), "owner.tpm.keys");
  EXPECT_EQ(answered([](TpmEvidence& e) { e.attestation.curve = 4; }), "owner.tpm.keys");
}

// Conformance: a quote and a list that can be read come along, and speak of one session.
TEST_F(MeasuredPartyTest, EvidenceWithoutAQuoteOrOfTwoSessionsIsRefused) {
  EXPECT_EQ(answered([](TpmEvidence& e) { e.nonce[0] ^= 1; }), "owner.tpm.shown");
  EXPECT_EQ(answered([](TpmEvidence& e) { e.evidence.pop_back(), --e.evidence_size; }), "owner.tpm.shown");
  EXPECT_EQ(answered([](TpmEvidence& e) { e.entries[0].name = base::bytes_of(base::view_of("ima-xy")); }), "owner.tpm.shown");
  const auto draw = [](std::size_t size) { return base::Bytes(size, 5); };
  MeasuredParty owner(policy_, asks_nothing(), base::Bytes(32, 7), draw, defences_);
  spoke_.clear();
  (void)owner.receive(wire::encode(Evidence{}), {});
  EXPECT_EQ(spoke_, "owner.tpm.shown");
}

// What the platform's evidence has to be bound to follows from both keys.
TEST_F(MeasuredPartyTest, TheBindingTellsOtherKeysApart) {
  const auto shown = evidence_for({});
  const base::Block<64> session{};
  auto other = shown.attestation;
  other.x.bytes[0] ^= 1;
  EXPECT_NE(request_for(session, shown.attestation), request_for(session, other));
  const auto request = request_for(session, shown.attestation);
  auto ek = shown.endorsement;
  ek.x.bytes[0] ^= 1;
  EXPECT_NE(service_binding(request, wire::encode(shown.endorsement)), service_binding(request, wire::encode(ek)));
}

}  // namespace
}  // namespace relying_party
