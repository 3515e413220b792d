#include "platform/protocol/ats/ats.h"

#include <gtest/gtest.h>

namespace ats {
namespace {

TEST(Ats, AnEntryIsTwoDwordsMostSignificantByteFirst) {
  const Entry entry{0x1'2345'6000, true, false};
  EXPECT_EQ(base::to_hex(bytes_of(entry)), "0000000123456001");
  EXPECT_EQ(entry_of(bytes_of(entry)), entry);
  EXPECT_EQ(entry_of(*base::from_hex("0000000000000000")), Entry{});
  EXPECT_FALSE(entry_of(*base::from_hex("0000000123456801"))) << "larger than a page";
  for (std::size_t cut = 0; cut < 8; ++cut) EXPECT_FALSE(entry_of(base::View(bytes_of(entry)).first(cut))) << cut;
  EXPECT_FALSE(entry_of(base::Bytes(9)));
}

TEST(Ats, ARequestIsAReadOfTwoDwordsThatAsks) {
  const auto packet = translation_request(0x0100, 0x4000'0123);
  EXPECT_EQ(packet.address_type(), kAsks);
  EXPECT_EQ(packet.length(), 2u);
  EXPECT_EQ(packet.address, 0x4000'0000u);
  EXPECT_FALSE(tlp::fault_of(packet));
}

TEST(Ats, AnInvalidationAndItsConfirmationCarryTargetAndTag) {
  for (const Invalidation& what : {Invalidation{0x0300, 5, 0x7000}, Invalidation{0x0400, 31, std::nullopt}}) {
    const auto packet = invalidate_request(0, what);
    EXPECT_FALSE(tlp::fault_of(packet));
    EXPECT_EQ(packet.type, static_cast<tlp::Type>(0x72));
    EXPECT_EQ(invalidation_of(packet), what);
    EXPECT_EQ(invalidation_of(*wire::decode<tlp::Tlp>(wire::encode(packet))), what);
    EXPECT_EQ(target_of(packet), what.target);
    EXPECT_FALSE(confirmation_of(packet));
    const Confirmation done{what.target, what.tag};
    const auto answer = invalidate_completion(done, 0);
    EXPECT_FALSE(tlp::fault_of(answer));
    EXPECT_EQ(confirmation_of(*wire::decode<tlp::Tlp>(wire::encode(answer))), done);
    EXPECT_FALSE(invalidation_of(answer));
  }
}

}  // namespace
}  // namespace ats
