#include "platform/protocol/cca/event_log.h"

#include <gtest/gtest.h>

#include "platform/crypto/hash.h"

namespace ccaproto {
namespace {

EventLog log() {
  EventLog out;
  out.events = {event_of(1, kEventEfiBootServicesApplication, base::view_of("kernel")), event_of(2, kEventIpl, base::view_of("command line")),
                event_of(2, kEventNoAction, base::view_of("remark"))};
  return out;
}

TEST(EventLog, ComesBackAsItWasAndOnlyWhole) {
  const auto bytes = encode_event_log(log());
  EXPECT_EQ(*decode_event_log(bytes), log());
  const std::size_t first = wire::encode(SpecIdRecord{}).size(), second = first + wire::encode(log().events[0]).size(),
                    third = second + wire::encode(log().events[1]).size();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const bool whole = size == first || size == second || size == third;
    EXPECT_EQ(static_cast<bool>(decode_event_log(base::View(bytes).first(size))), whole) << size;
  }
  auto padded = bytes;
  padded.insert(padded.end(), 100, 0xff);
  EXPECT_EQ(*decode_event_log(padded), log());
}

TEST(EventLog, OfAnotherAlgorithmOrRegisterIsRefused) {
  auto other = log();
  other.spec_id.algorithm = 0x000c;
  EXPECT_FALSE(decode_event_log(encode_event_log(other)));
  other = log();
  other.events[1].mr_index = 5;
  EXPECT_FALSE(decode_event_log(encode_event_log(other)));
}

TEST(Replay, ExtendsEachRegisterInOrderUnderTheRealmsAlgorithm) {
  const auto kernel = crypto::sha256(base::view_of("kernel"));
  const auto small = replay(HashAlgorithm::kSha256, log()), large = replay(HashAlgorithm::kSha512, log());
  EXPECT_EQ(small[0], extended(HashAlgorithm::kSha256, {}, kernel));
  EXPECT_EQ(large[0], extended(HashAlgorithm::kSha512, {}, kernel));
  EXPECT_EQ(small[1], extended(HashAlgorithm::kSha256, {}, crypto::sha256(base::view_of("command line")))) << "a remark extends nothing";
  EXPECT_EQ(small[2], Measurement{});
}

}  // namespace
}  // namespace ccaproto
