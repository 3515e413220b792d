#include "scenarios/engine/kits/sev_forger.h"

#include <gtest/gtest.h>

#include "guest/relying_party/snp_verifier.h"
#include "platform/protocol/sev/cert_table.h"
#include "platform/protocol/sev/policy.h"
#include "scenarios/engine/forger.h"

namespace engine {
namespace {

constexpr sev::Product kProduct = sev::Product::kMilan;
constexpr sev::Tcb kTcb{.bootloader = 4, .snp = 24, .microcode = 219};

sev::Chip chip(const char* name) { return sev::Chip::from_seed(kProduct, base::view_of(std::string_view(name))); }

// What passes by: a report of chip0 with the measurement that the owner expects. Nobody asks whether it is signed.
relying_party::Evidence genuine() {
  sevproto::Report report;
  report.policy = sevproto::kPolicyMustBeOne;
  report.platform_info = sevproto::kPlatformAliasCheckComplete;
  report.measurement.fill(0x3e);
  report.report_id_ma.fill(0xff);
  report.chip_id = chip("chip0").hwid;
  report.current_tcb = report.committed_tcb = report.reported_tcb = report.launch_tcb = sev::pack(kTcb, kProduct);
  relying_party::Evidence evidence;
  evidence.nonce.fill(7);
  evidence.report = wire::encode(report);
  evidence.report_size = static_cast<std::uint32_t>(evidence.report.size());
  return evidence;
}

relying_party::Policy policy() {
  const sev::KeyHierarchy vendor(kProduct);
  relying_party::Policy policy;
  policy.products.emplace(kProduct, relying_party::AcceptedProduct{vendor.ark(), kTcb});
  base::Block<48> measurement{};
  measurement.fill(0x3e);
  policy.measurements.insert(measurement);
  policy.chips = std::set{chip("chip0").hwid};
  policy.revocation_list =
      vendor.revocation_list({vendor.retired_ask().content().serial}, crypto::calendar_time(2026, 1, 1),
                             crypto::calendar_time(2026, 2, 1));
  return policy;
}

std::optional<relying_party::Evidence> forged_by(const Forger& forger, const Forgery& forgery, const relying_party::Evidence& seen) {
  crypto::Library library(1);
  auto shown = forge_report(forgery, kProduct, 1, library, seen.report, forger.binding(seen.nonce));
  if (!shown) return std::nullopt;
  return forger.present(seen, std::move(*shown));
}

// "accepted", or the defence that spoke.
std::string appraised(const Forgery& forgery) {
  const auto forged = forged_by(Forger(1), forgery, genuine());
  if (!forged) return "nothing forged";
  trust::Defences defences;
  const auto expected = relying_party::report_data_for(forged->nonce, forged->channel_key);
  const auto result = relying_party::appraise({.report = forged->report, .certificates = forged->certificates},
                                              policy(), expected, crypto::calendar_time(2026, 1, 15), defences);
  return result ? "accepted" : std::string(result.refusal().by->id);
}

TEST(Forger, IsBelievedWithTheVeryKeyThatTheOwnerExpectsAndWithNoOther) {
  using F = Forgery;
  EXPECT_EQ(appraised({.key = F::Key::kLeaked}), "accepted");
  EXPECT_EQ(appraised({.key = F::Key::kOwn, .root = F::Root::kOwn}), "rp.chain.root");
  EXPECT_EQ(appraised({.key = F::Key::kOwn}), "rp.chain.signatures");
  EXPECT_EQ(appraised({.key = F::Key::kLeaked, .intermediate = F::Intermediate::kRetired}), "rp.chain.revoked");
  EXPECT_EQ(appraised({.key = F::Key::kLeaked, .chip = "chip1"}), "rp.chip.hwid");
  EXPECT_EQ(appraised({.key = F::Key::kLeaked, .chip = "chip1", .claimed_chip = "chip1"}), "rp.chip.allow-list");
  EXPECT_EQ(appraised({.key = F::Key::kLeaked, .old_tcb = true}), "rp.tcb.certificate");
  EXPECT_EQ(appraised({.key = F::Key::kLeaked, .old_tcb = true, .claims_old_tcb = true}), "rp.tcb.floor");
}

TEST(Forger, ForgesNothingWhereNoReportPassesBy) {
  auto evidence = genuine();
  evidence.report.pop_back();
  EXPECT_FALSE(forged_by(Forger(1), {}, evidence));
}

TEST(Forger, OpensOnlyWhatWasSealedToIt) {
  const Forger forger(1), other(2);
  const auto forged = forged_by(forger, {}, genuine());
  ASSERT_TRUE(forged);
  const base::Bytes secret(32, 0x5e);
  const auto ephemeral = crypto::EcKey::derive(crypto::Curve::kP384, secret, "owner");
  const auto sealed = relying_party::seal_secret(ephemeral, forged->channel_key, forged->nonce, secret);
  ASSERT_TRUE(sealed);
  relying_party::Secret answer{.nonce = forged->nonce, .ephemeral = sealed->ephemeral, .sealed = sealed->sealed};
  answer.sealed_size = static_cast<std::uint32_t>(answer.sealed.size());
  EXPECT_EQ(forger.open(wire::encode(answer)), secret);
  EXPECT_FALSE(other.open(wire::encode(answer)));
  answer.sealed[0] ^= 1;
  EXPECT_FALSE(forger.open(wire::encode(answer)));
  EXPECT_FALSE(forger.open(wire::encode(relying_party::Hello{})));
}

}  // namespace
}  // namespace engine
