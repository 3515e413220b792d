#include "platform/protocol/tdx/event_log.h"

#include <gtest/gtest.h>

#include <numeric>

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

// The first record of a log that Google's firmware left (github.com/google/go-tdx-guest,
// testing/testdata/ccel/ccel_data.dat).
TEST(EventLog, BeginsAsFirmwareHasIt) {
  const auto raw = encode_event_log({});
  EXPECT_EQ(base::to_hex(raw),
            "01000000"
            "03000000"
            "0000000000000000000000000000000000000000"
            "21000000"
            "53706563204944204576656e743033000000000000020002010000000c00300000");
}

TEST(EventLog, IsReadAsItWasWrittenWithOrWithoutTheRestOfItsArea) {
  auto raw = encode_event_log(log());
  auto got = decode_event_log(raw);
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, log());
  raw.resize(raw.size() + 100, 0xff);
  got = decode_event_log(raw);
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, log());
  raw.back() = 0;
  EXPECT_FALSE(decode_event_log(raw));
}

TEST(EventLog, EveryTruncationIsRefusedOrEndsWithAWholeEvent) {
  const auto raw = encode_event_log(log());
  std::size_t whole = 0;
  for (std::size_t n = 0; n < raw.size(); ++n) {
    auto got = decode_event_log(base::View(raw).first(n));
    if (!got) continue;
    ++whole;
    EXPECT_EQ(encode_event_log(*got), base::bytes_of(base::View(raw).first(n)));
  }
  EXPECT_EQ(whole, log().events.size());
}

TEST(EventLog, RefusesAnotherAlgorithmAndUnknownRegisters) {
  const std::size_t first_event = encode_event_log({}).size();
  const std::pair<std::size_t, std::uint8_t> kLies[] = {{4, 4},
                                                        {28, 0x20},
                                                        {32, 'x'},
                                                        {56, 2},
                                                        {60, 0x0b},
                                                        {62, 32},  // of the first record
                                                        {first_event, 5},
                                                        {first_event + 8, 2},
                                                        {first_event + 12, 0x0b},
                                                        {first_event + 65, 1}};
  for (auto [at, to] : kLies) {
    auto raw = encode_event_log(log());
    raw[at] = to;
    EXPECT_FALSE(decode_event_log(raw)) << at;
  }
}

TEST(EventLog, HasALimit) {
  EventLog many;
  many.events.assign(kEventsMax, event_of(1, kEventTag, {}));
  EXPECT_TRUE(decode_event_log(encode_event_log(many)));
  many.events.push_back(many.events[0]);
  EXPECT_FALSE(decode_event_log(encode_event_log(many)));
  EXPECT_FALSE(decode_event_log(base::Bytes(kEventLogSizeMax + 1, 0xff)));
}

TEST(EventLog, AnErrorSaysWhichEventAndWhere) {
  auto raw = encode_event_log(log());
  raw[encode_event_log({}).size() + 8] = 3;
  auto got = decode_event_log(raw);
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().field.starts_with("events[0]")) << got.error().field;
  EXPECT_GE(got.error().offset, encode_event_log({}).size());
}

// A table of Google's firmware (the same place, ccel_table.dat).
TEST(EventLog, TheAcpiTableIsThatOfFirmware) {
  CcelTable table;
  table.checksum = 0x69;
  table.oem_id = {'I', 'N', 'T', 'E', 'L', ' '};
  table.oem_table_id = {'E', 'D', 'K', '2', ' ', ' ', ' ', ' '};
  table.oem_revision = 2;
  table.creator_id = 0x20202020;
  table.creator_revision = 0x01000013;
  table.log_length = 0x40000;
  table.log_address = 0xbedbf000;
  const auto raw = wire::encode(table);
  EXPECT_EQ(base::to_hex(raw),
            "4343454c380000000169494e54454c2045444b3220202020020000002020202013000001"
            "02000000000004000000000000f0dbbe00000000");
  EXPECT_EQ(std::accumulate(raw.begin(), raw.end(), 0u) % 256, 0u);
}

}  // namespace
}  // namespace tdxproto
