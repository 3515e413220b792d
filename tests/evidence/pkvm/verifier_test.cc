// Every claim altered before it is signed, by whoever signs it: the owner's row for it speaks, and none before it.
#include <gtest/gtest.h>

#include "guest/relying_party/pkvm_rules.h"
#include "platform/crypto/hash.h"
#include "tests/evidence/pkvm/situation.h"

namespace pkvm_evidence {
namespace {

using pkvmproto::DiceMode;

TEST(PkvmVerifier, AcceptsWhatTheOwnerExpects) {
  const Situation s;
  trust::Defences defences;
  auto done = s.appraise(defences);
  ASSERT_TRUE(done) << done.refusal().by->id;
  EXPECT_EQ(done->device, s.device.root_point());
  EXPECT_EQ(done->security_version, 7);
}

struct Alteration {
  std::string_view layer;
  std::string path;
  cbor::Value value;
  std::string_view row;
};

std::string label(std::int64_t number) { return std::to_string(number); }

base::Bytes descriptor(std::string_view component, std::int64_t version) {
  return pkvmproto::encode_config_descriptor({.component_name = std::string(component), .security_version = version});
}

TEST(PkvmVerifier, EachAlteredClaimHasItsRow) {
  const base::Bytes other_hash(64, 9);
  using namespace pkvmproto;
  const Alteration kAll[] = {
      {pkvm::kHypervisorComponent, label(kClaimIssuer), "00", "owner.pkvm.chain.names"},
      {pkvm::kPvmfwComponent, label(kClaimSubject), "00", "owner.pkvm.chain.names"},
      {pkvm::kVmComponent, label(kClaimIssuer), "00", "owner.pkvm.chain.names"},
      {pkvm::kVmComponent, label(kClaimConfigHash), other_hash, "owner.pkvm.chain.config"},
      {pkvm::kVmComponent, label(kClaimConfigDescriptor), descriptor("vm_entry", 8), "owner.pkvm.chain.config"},
      {pkvm::kVmComponent, label(kClaimProfile), "android.14", "owner.pkvm.components"},
      {pkvm::kHypervisorComponent, label(kClaimMode), base::Bytes{2}, "owner.pkvm.mode"},
      {pkvm::kPvmfwComponent, label(kClaimMode), base::Bytes{0}, "owner.pkvm.mode"},
      {pkvm::kVmComponent, label(kClaimMode), base::Bytes{3}, "owner.pkvm.mode"},
      {pkvm::kHypervisorComponent, label(kClaimCodeHash), other_hash, "owner.pkvm.firmware"},
      {pkvm::kPvmfwComponent, label(kClaimCodeHash), other_hash, "owner.pkvm.firmware"},
      {pkvm::kHypervisorComponent, label(kClaimAuthorityHash), other_hash, "owner.pkvm.firmware"},
      {pkvm::kVmComponent, label(kClaimAuthorityHash), other_hash, "owner.pkvm.authority"},
      {pkvm::kVmComponent, label(kClaimCodeHash), other_hash, "owner.pkvm.code"},
      {pkvm::kVmComponent, label(kClaimKeyUsage), base::Bytes{0x80}, "owner.pkvm.format"},
      {pkvm::kVmComponent, label(kClaimCodeHash), base::Bytes(63), "owner.pkvm.format"},
      {"evidence", "10", base::Bytes(64), "owner.pkvm.challenge"},
      {"evidence", "10", base::Bytes(63), "owner.pkvm.challenge"},
      {"evidence", "10", 5, "owner.pkvm.format"},
  };
  for (const auto& altered : kAll) {
    const Situation s([&](std::string_view what, cbor::Value& claims) {
      if (what == altered.layer) {
        EXPECT_TRUE(cbor::edit(claims, altered.path, altered.value));
      }
    });
    EXPECT_EQ(s.refusal(), altered.row) << altered.layer << " " << altered.path;
  }
}

// A descriptor with its right hash beside it.
TEST(PkvmVerifier, ConfigurationsOfEachLayerHaveTheirRow) {
  const auto with = [](std::string_view layer, const base::Bytes& config) {
    return Situation([&, layer](std::string_view what, cbor::Value& claims) {
      if (what != layer) return;
      EXPECT_TRUE(cbor::edit(claims, label(pkvmproto::kClaimConfigDescriptor), config));
      EXPECT_TRUE(cbor::edit(claims, label(pkvmproto::kClaimConfigHash), crypto::sha512(config)));
    });
  };
  EXPECT_EQ(with(pkvm::kHypervisorComponent, descriptor("hypervisor", 3)).refusal(), "owner.pkvm.firmware-version");
  EXPECT_EQ(with(pkvm::kPvmfwComponent, descriptor("Protected VM firmware", 4)).refusal(),
            "owner.pkvm.firmware-version");
  EXPECT_EQ(with(pkvm::kVmComponent, descriptor("vm_entry", 6)).refusal(), "owner.pkvm.security-version");
  EXPECT_EQ(with(pkvm::kVmComponent, pkvmproto::encode_config_descriptor({.component_name = "vm_entry"})).refusal(),
            "owner.pkvm.security-version");
  EXPECT_EQ(with(pkvm::kVmComponent, descriptor("vm_entry", 8)).refusal(), "") << "newer is as good";
  EXPECT_EQ(with(pkvm::kVmComponent, descriptor("payload", 7)).refusal(), "owner.pkvm.components");
}

TEST(PkvmVerifier, WantsARootThatTheVendorEndorses) {
  Situation s;
  s.policy.endorsed_roots = {pkvm::Device::from_seed(base::view_of("another")).root_point()};
  EXPECT_EQ(s.refusal(), "owner.pkvm.chain.root");
  s.policy.endorsed_roots.clear();
  EXPECT_EQ(s.refusal(), "owner.pkvm.chain.root") << "nothing is accepted unasked";
}

TEST(PkvmVerifier, WantsEachCertificateSignedByTheKeyBefore) {
  const Situation s;
  const auto chain = pkvmproto::decode_chain(s.chain);
  for (std::size_t i = 0; i < 3; ++i) {
    Situation altered;
    std::vector<cose::Sign1> entries;
    for (const auto& entry : chain->entries) entries.push_back(entry.message);
    entries[i].signature[5] ^= 1;
    altered.chain = pkvmproto::encode_chain(chain->root_point, entries);
    EXPECT_EQ(altered.refusal(), "owner.pkvm.chain.signatures") << i;
  }
  Situation shorter;
  shorter.chain = pkvmproto::encode_chain(chain->root_point, {chain->entries[0].message, chain->entries[2].message});
  EXPECT_EQ(shorter.refusal(), "owner.pkvm.chain.signatures") << "a layer left out";
  shorter.chain = pkvmproto::encode_chain(chain->root_point, {chain->entries[0].message, chain->entries[1].message});
  EXPECT_EQ(shorter.refusal(), "owner.pkvm.components") << "the last one left out";
}

TEST(PkvmVerifier, WantsTheEvidenceSignedByTheVmsOwnKey) {
  Situation s;
  auto message = *cose::decode_sign1(s.evidence);
  message.signature[5] ^= 1;
  s.evidence = cose::encode_sign1(message);
  EXPECT_EQ(s.refusal(), "owner.pkvm.evidence.signature");
  const auto other = crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes{7}, "impostor");
  s.evidence = cose::encode_sign1(
      cose::sign1(s.library, {.actor = "x", .purpose = "y"}, other, message.payload, cose::Algorithm::kEs384));
  EXPECT_EQ(s.refusal(), "owner.pkvm.evidence.signature");
}

TEST(PkvmVerifier, AsksForTheOwnersOwnDevicesWhereHeListsThem) {
  Situation s;
  s.policy.devices = {s.device.root_point()};
  EXPECT_EQ(s.refusal(), "");
  s.policy.devices = std::set<base::Bytes>{};
  EXPECT_EQ(s.refusal(), "owner.pkvm.device.allow-list");
}

TEST(PkvmVerifier, WantsAConfigurationExactlyWhereTheOwnerDoes) {
  Situation s;
  s.policy.configuration = relying_party::PkvmLayer{"Configuration", {pkvmproto::DiceHash{}}, {}, 0};
  EXPECT_EQ(s.refusal(), "owner.pkvm.components") << "there is none";
  Situation with;
  pkvmproto::DiceInput input;
  input.code_hash[0] = 5;
  input.mode = DiceMode::kNormal;
  input.config_descriptor = pkvmproto::encode_config_descriptor({.component_name = "Configuration"});
  const auto own = pkvmproto::dice_key(with.cdis.attest);
  const auto next = pkvmproto::dice_key(pkvmproto::next_cdis(with.cdis, input).attest);
  const auto entry = pkvmproto::dice_certificate(with.library, {.actor = "vm0", .purpose = "configuration"}, own,
                                                 next.public_point(), input, "Configuration");
  with.chain = *pkvmproto::append_to_chain(with.chain, entry);
  with.evidence =
      cose::encode_sign1(cose::sign1(with.library, {.actor = "vm0", .purpose = "evidence"}, next,
                                     cbor::encode(cbor::Map{{10, with.challenge}}), cose::Algorithm::kEs384));
  EXPECT_EQ(with.refusal(), "owner.pkvm.components") << "nobody asked for it";
  with.policy.configuration = relying_party::PkvmLayer{"Configuration", {input.code_hash}, {}, 0};
  EXPECT_EQ(with.refusal(), "");
  with.policy.configuration->code_hashes = {pkvmproto::DiceHash{6}};
  EXPECT_EQ(with.refusal(), "owner.pkvm.configuration");
}

TEST(PkvmVerifier, TakesADebuggableGuestOnlyWhereTheOwnerSaysSo) {
  Situation s([](std::string_view what, cbor::Value& claims) {
    if (what == pkvm::kVmComponent) {
      EXPECT_TRUE(cbor::edit(claims, label(pkvmproto::kClaimMode), base::Bytes{2}));
    }
  });
  EXPECT_EQ(s.refusal(), "owner.pkvm.mode");
  s.policy.allow_debug = true;
  EXPECT_EQ(s.refusal(), "");
}

TEST(PkvmVerifier, RefusesEveryTruncation) {
  const Situation s;
  for (std::size_t n = 0; n < s.chain.size(); n += 7) {
    Situation t;
    t.chain.resize(n);
    EXPECT_EQ(t.refusal(), "owner.pkvm.format") << n;
  }
  for (std::size_t n = 0; n < s.evidence.size(); n += 3) {
    Situation t;
    t.evidence.resize(n);
    EXPECT_EQ(t.refusal(), "owner.pkvm.format") << n;
  }
}

}  // namespace
}  // namespace pkvm_evidence
