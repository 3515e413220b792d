#include "platform/protocol/tdx/event_log.h"

#include <gtest/gtest.h>

#include "platform/crypto/hash.h"

namespace tdxproto {
namespace {

EventLog log() {
  return {.spec_id = {},
          .events = {event_of(1, kEventSeparator, base::Bytes(4)), event_of(2, kEventIpl, base::view_of("event-1")),
                     event_of(2, kEventIpl, base::view_of("event-2")), event_of(0, kEventTag, base::view_of("mrtd")),
                     event_of(3, kEventNoAction, base::view_of("a remark")), event_of(4, kEventTag, {})}};
}

TEST(EventLog, ReplaysAsTheRegistersAreExtended) {
  const auto rtmr = replay(log());
  EXPECT_EQ(base::to_hex(rtmr[0]),
            "518923b0f955d08da077c96aaba522b9decede61c599cea6c41889cfbea4ae4d50529d96fe4d1afdafb65e7f95bf23c4");
  EXPECT_EQ(base::to_hex(rtmr[1]),
            "a9406ff79d1f6258909b62511a7e499546d71d4a9e233dfa2c3a60249667de9a4689a2799a42de7792355b1c33dc5300");
  EXPECT_EQ(rtmr[2], Measurement{});
  EXPECT_EQ(rtmr[3], extended(Measurement{}, crypto::sha384(base::View{})));
}

}  // namespace
}  // namespace tdxproto
