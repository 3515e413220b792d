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
