#include "platform/protocol/doe/data_object.h"

#include <gtest/gtest.h>

#include "platform/base/check.h"
#include "platform/protocol/doe/capability.h"
#include "platform/protocol/doe/discovery.h"

namespace doe {
namespace {

base::Bytes bytes(std::string_view text) { return base::from_hex(text).value(); }

// The walk of an independent responder that offers discovery, CMA and secured CMA.
TEST(Discovery, AsSeenOnTheWire) {
  const std::pair<std::string_view, std::string_view> walk[] = {
      {"010000000300000000000000", "010000000300000001000001"},
      {"010000000300000001000000", "010000000300000001000102"},
      {"010000000300000002000000", "010000000300000001000200"},
  };
  const ObjectType types[] = {ObjectType::kDiscovery, ObjectType::kSpdm, ObjectType::kSecuredSpdm};
  std::uint8_t index = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto request = object_of(ObjectType::kDiscovery, wire::encode(DiscoveryRequest{.index = index}));
    EXPECT_EQ(wire::encode(request), bytes(walk[i].first));
    auto object = decode_object(bytes(walk[i].second));
    ASSERT_TRUE(object);
    auto response = wire::decode<DiscoveryResponse>(object->content);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->vendor_id, kVendorPciSig);
    EXPECT_EQ(response->type, types[i]);
    EXPECT_EQ(wire::encode(object_of(ObjectType::kDiscovery, wire::encode(*response))), bytes(walk[i].second));
    index = response->next_index;
  }
  EXPECT_EQ(index, 0);
  EXPECT_EQ(base::to_hex(wire::encode(kNoSuchIndex)), "ffffff00");
}

TEST(Discovery, Version2IsTheSecondByte) {
  EXPECT_EQ(base::to_hex(wire::encode(DiscoveryRequest{.index = 1, .version = kDiscoveryVersion2})), "01020000");
}

TEST(DataObject, CarriesGetVersion) {
  const base::Bytes raw = wire::encode(object_of(ObjectType::kSpdm, bytes("10840000")));
  EXPECT_EQ(base::to_hex(raw), "010001000300000010840000");
  EXPECT_EQ(decode_object(raw)->content, bytes("10840000"));
}

TEST(DataObject, TruncationsAndTailsAreRefused) {
  const base::Bytes raw = wire::encode(object_of(ObjectType::kSpdm, base::Bytes(9, 1)));
  EXPECT_EQ(raw.size(), 8 + 12u);
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(decode_object(base::View(raw).first(n)));
  base::Bytes tailed = raw;
  tailed.push_back(0);
  EXPECT_FALSE(decode_object(tailed));
}

TEST(DataObject, LengthZeroMeansTheLongest) {
  const base::Bytes longest((kObjectDwordsMax - kHeaderDwords) * kDword, 1);
  const Object object = object_of(ObjectType::kSpdm, longest);
  EXPECT_EQ(object.header.length, 0u);
  EXPECT_EQ(object.header.dwords(), kObjectDwordsMax);
  auto again = decode_object(wire::encode(object));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->content.size(), 0x100000 - 8u);
  EXPECT_FALSE(decode_object(bytes("0100010000000000")));
  EXPECT_THROW(object_of(ObjectType::kSpdm, base::Bytes(longest.size() + 1)), base::Bug);
}

TEST(DataObject, ALengthWithoutRoomForTheHeaderIsRefused) {
  EXPECT_FALSE(decode_object(bytes("0100010001000000")));
  EXPECT_TRUE(decode_object(bytes("0100010002000000")));
  EXPECT_EQ(ObjectHeader{.length = 0xfffc0002}.dwords(), 2u);  // bits 31:18 do not count
}

// A message's own length decides where padding starts: whoever hashes must not hash it.
TEST(DataObject, PaddingIsNoPartOfTheMessage) {
  const Object object = object_of(ObjectType::kSpdm, bytes("000104020a"));
  EXPECT_EQ(object.content.size(), 8u);
  auto found = decode_padded<DiscoveryRequest>(bytes("0100000000"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->raw, bytes("01000000"));
  EXPECT_TRUE(decode_padded<DiscoveryRequest>(bytes("01000000000000")));
  EXPECT_FALSE(decode_padded<DiscoveryRequest>(bytes("0100000000000000")));  // a whole dword more
  EXPECT_FALSE(decode_padded<DiscoveryRequest>(bytes("0100000001")));
  EXPECT_FALSE(decode_padded<DiscoveryRequest>(bytes("010000")));
}

// Dwords that lspci decodes as "IntSup+, IntMsgNum 5" and the like.
TEST(Capability, RegisterBits) {
  EXPECT_EQ(capability_header(kCapabilityVersion2, 0x150), 0x1502002eu);
  EXPECT_EQ(kCapabilitiesInterruptSupport | capabilities_interrupt_message(5), 0x0000000bu);
  EXPECT_EQ(interrupt_message_of(0x0000000b), 5);
  EXPECT_EQ(kControlGo, 0x80000000u);
  EXPECT_EQ(kStatusObjectReady, 0x80000000u);
}

}  // namespace
}  // namespace doe
