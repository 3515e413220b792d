#include "platform/protocol/cove/io.h"

#include <gtest/gtest.h>

namespace coveproto {
namespace {

template <class M>
void round_trip(const M& message) {
  const auto bytes = wire::encode(message);
  const auto back = wire::decode<M>(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, message);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(wire::decode<M>(base::View(bytes).first(size))) << size;
  auto tail = bytes;
  tail.push_back(0);
  EXPECT_FALSE(wire::decode<M>(tail));
}

IdeStreamDescriptor descriptor() {
  return {.stream_id = 7, .num_addr_assoc = 2, .rid_assoc_1 = 0x10000, .rid_assoc_2 = 0x10001,
          .addr_assoc = {{0x11, 0x12, 0x13}, {0x21, 0x22, 0x23}}};
}

TEST(IoStructures, GoThereAndBackAndNothingElseIsRead) {
  round_trip(descriptor());
  round_trip(IdeStreamDescriptor{});
  round_trip(ConnectionTranscript{.connection_transcript_length = 3, .connection_transcript = {1, 2, 3}});
  round_trip(IdeKeyDescriptor{1, 2, 1, 1});
  IdeKeyData data;
  data.key[31] = 9, data.ifv[0] = 8;
  round_trip(data);
}

// CoVE-IO 0.3.0, the table at connect_device: registers from 04h on, blocks of 0Ch bytes from 0Ch on.
TEST(IoStructures, LieWhereTheTablesHaveThem) {
  const auto bytes = wire::encode(descriptor());
  ASSERT_EQ(bytes.size(), 0x0Cu + 2 * 0x0C);
  EXPECT_EQ(bytes[0], 7);
  EXPECT_EQ(bytes[1], 2);
  EXPECT_EQ(base::load_le<std::uint32_t>(bytes, 4), 0x10000u);
  EXPECT_EQ(base::load_le<std::uint32_t>(bytes, 8), 0x10001u);
  EXPECT_EQ(base::load_le<std::uint32_t>(bytes, 0x0C), 0x11u);
  EXPECT_EQ(base::load_le<std::uint32_t>(bytes, 0x14 + 0x0C), 0x23u) << "14h + (N - 1) * 0Ch";
  const auto transcript = wire::encode(ConnectionTranscript{.connection_transcript_length = 1, .connection_transcript = {0xEE}});
  EXPECT_EQ(transcript, (base::Bytes{kCoveIoVersion, 1, 0, 0, 0, 0xEE}));
  EXPECT_EQ(wire::encode(IdeKeyDescriptor{1, 2, 3, 4}), (base::Bytes{1, 2, 3, 4}));
}

TEST(IoStructures, ALyingCountIsNoDescriptor) {
  auto bytes = wire::encode(descriptor());
  bytes[1] = 3;
  EXPECT_FALSE(wire::decode<IdeStreamDescriptor>(bytes));
  bytes[1] = 1;
  EXPECT_FALSE(wire::decode<IdeStreamDescriptor>(bytes));
  auto reserved = wire::encode(descriptor());
  reserved[2] = 1;
  EXPECT_FALSE(wire::decode<IdeStreamDescriptor>(reserved));
}

}  // namespace
}  // namespace coveproto
