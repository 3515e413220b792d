#include "scenarios/engine/device_kinds.h"

#include <gtest/gtest.h>

#include <set>

#include "guest/device_trust/policy_file.h"
#include "scenarios/engine/device_image.h"

namespace engine {
namespace {

constexpr std::uint64_t kSeed = 7;
constexpr const char* kKind = "accelerator";

TEST(DeviceContents, BeginWithTheGenuineOne) {
  for (const auto* contents : {&identity_contents(), &firmware_contents(), &spdm_contents()}) {
    EXPECT_EQ(contents->front().about, "");
    EXPECT_EQ(wrong_with(*contents, contents->front().name), "");
  }
  EXPECT_EQ(DeviceSettings{}.identity, identity_contents().front().name);
  EXPECT_EQ(DeviceSettings{}.firmware, firmware_contents().front().name);
  EXPECT_EQ(DeviceSettings{}.spdm, spdm_contents().front().name);
}

TEST(DeviceContents, EachIdentityIsAnotherOneAndHasItsKeys) {
  crypto::Library library(kSeed);
  std::set<std::vector<base::Bytes>> chains;
  for (const Content& content : identity_contents()) {
    const auto identity = identity_content(kKind, content.name, kSeed, library);
    std::vector<base::Bytes> all;
    for (const auto& slot : identity.slots) {
      if (!slot) continue;
      all.insert(all.end(), slot->chain.begin(), slot->chain.end());
      const auto leaf = crypto::Certificate::from_der(slot->leaf());
      ASSERT_TRUE(leaf);
      const bool holds_key = leaf->public_key() == crypto::public_key_info(slot->key.public_point());
      EXPECT_EQ(holds_key, content.name != "forged") << content.name;
    }
    const bool copied = content.name == "forged";  // of the genuine one's
    EXPECT_EQ(chains.insert(all).second, !copied) << content.name;
  }
}

TEST(DeviceContents, GoWhereTheyBelong) {
  DeviceSettings device;
  EXPECT_TRUE(put_into(device, "revoked"));
  EXPECT_TRUE(put_into(device, "debug"));
  EXPECT_TRUE(put_into(device, "no-sessions"));
  EXPECT_EQ(device.identity, "revoked");
  EXPECT_EQ(device.firmware, "debug");
  EXPECT_EQ(device.spdm, "no-sessions");
  EXPECT_FALSE(put_into(device, "revoke"));
}

TEST(DeviceImage, AcceptsEachReleaseOfTheMakersAndNoOther) {
  crypto::Library library(kSeed);
  const auto policy = device_policy(kKind, true, kSeed, library);
  const auto fits = [&](const char* firmware) {
    for (const auto& block : firmware_content(kKind, firmware).blocks(crypto::Digest::kSha384, false)) {
      const auto value = wire::decode<spdm::DmtfMeasurement>(block.measurement);
      const auto reference = policy.measurements.references.find(block.index);
      if (reference != policy.measurements.references.end() && !reference->second.values.contains(value->value))
        return false;
    }
    return true;
  };
  for (const char* release : {"genuine", "superseded", "withdrawn"}) EXPECT_TRUE(fits(release)) << release;
  EXPECT_FALSE(fits("outdated"));
}

TEST(DeviceImage, FitsAFileAndTakesBackTheLeakedKey) {
  crypto::Library library(kSeed);
  const auto policy = device_policy(kKind, true, kSeed, library);
  EXPECT_TRUE(device_trust::policy_of(device_trust::bytes_of(policy)));
  const auto leaf = [&](const char* name) {
    return *crypto::Certificate::from_der(identity_content(kKind, name, kSeed, library).slots[0]->leaf());
  };
  ASSERT_EQ(policy.chain.revocation_lists.size(), 1u);
  EXPECT_TRUE(policy.chain.revocation_lists[0].revokes(leaf("revoked")));
  EXPECT_FALSE(policy.chain.revocation_lists[0].revokes(leaf("genuine")));
  EXPECT_FALSE(policy.chain.revocation_lists[0].revokes(leaf("expired")));
}

}  // namespace
}  // namespace engine
