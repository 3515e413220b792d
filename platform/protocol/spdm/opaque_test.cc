#include "platform/protocol/spdm/opaque.h"

#include <gtest/gtest.h>

namespace spdm {
namespace {

base::Bytes bytes(std::string_view text) { return base::from_hex(text).value(); }

// As seen between the DMTF's own emulators, 1.2.
constexpr std::string_view kOffered = "01000000" "00000900" "010103001000110012" "000000";
constexpr std::string_view kSelected = "01000000" "00000400" "01000012";

TEST(Opaque, OffersAndSelectsAsOthersDo) {
  EXPECT_EQ(base::to_hex(opaque_supported_versions(Version::k12, {0x1000, 0x1100, 0x1200})), kOffered);
  EXPECT_EQ(base::to_hex(opaque_version_selection(Version::k12, 0x1200)), kSelected);
  EXPECT_EQ(supported_versions_in(Version::k12, bytes(kOffered)), (std::vector<VersionNumber>{0x1000, 0x1100, 0x1200}));
  EXPECT_EQ(selected_version_in(Version::k12, bytes(kSelected)), 0x1200);
}

TEST(Opaque, EachFindsOnlyItsOwnKind) {
  EXPECT_FALSE(selected_version_in(Version::k12, bytes(kOffered)));
  EXPECT_FALSE(supported_versions_in(Version::k12, bytes(kSelected)));
  EXPECT_FALSE(selected_version_in(Version::k12, {}));
  EXPECT_FALSE(selected_version_in(Version::k12, bytes("00000000")));
}

TEST(Opaque, Before12ATableTakesItsPlace) {
  const base::Bytes table = opaque_version_selection(Version::k11, 0x1000);
  EXPECT_EQ(base::to_hex(table), "46544d44" "01" "01" "0000" "00000400" "01000010");
  EXPECT_EQ(selected_version_in(Version::k11, table), 0x1000);
  EXPECT_FALSE(selected_version_in(Version::k12, table));
  base::Bytes other = table;
  other[0] ^= 1;
  EXPECT_FALSE(selected_version_in(Version::k11, other));
}

TEST(Opaque, ForeignElementsArePassedOver) {
  OpaqueData data{.total_elements = 2};
  data.elements.push_back({.id = 3, .vendor_length = 2, .vendor_id = {1, 0}, .data_length = 3, .data = {1, 0, 0}});
  data.elements.push_back({.id = 0, .data_length = 4, .data = bytes("01000011")});
  const base::Bytes raw = wire::encode(data);
  EXPECT_EQ(raw.size(), 4 + 12 + 8u);
  EXPECT_EQ(*wire::decode<OpaqueData>(raw), data);
  EXPECT_EQ(selected_version_in(Version::k12, raw), 0x1100);
}

TEST(Opaque, TruncationsTailsAndPaddingAreRefused) {
  const base::Bytes raw = bytes(kOffered);
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(opaque_elements(Version::k12, base::View(raw).first(n)));
  base::Bytes tailed = raw;
  tailed.push_back(0);
  EXPECT_FALSE(opaque_elements(Version::k12, tailed));
  base::Bytes padded = raw;
  padded.back() = 1;
  EXPECT_FALSE(opaque_elements(Version::k12, padded));
}

}  // namespace
}  // namespace spdm
