#include "platform/protocol/ide_km/ide_km.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace ide_km {
namespace {

std::string hex(base::View bytes) { return base::to_hex(bytes); }

ide::Key key() {
  auto bytes = *base::from_hex("df254152056e02e0ef8b7feb9739d4d96a4eb80103241df7cd5e24b49ccd2720");
  ide::Key key;
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

TEST(IdeKm, TurnsEachWordOfAKey) {
  EXPECT_EQ(hex(wire_key_of(key())), "524125dfe0026e05eb7f8befd9d4399701b84e6af71d2403b4245ecd2027cd9c");
  EXPECT_EQ(key_of(wire_key_of(key())), key());
  EXPECT_EQ(hex(wire_ifv_of(1)), "0000000001000000");
  EXPECT_EQ(ifv_of(wire_ifv_of(0x0102030405060708)), 0x0102030405060708u);
}

TEST(IdeKm, HasTheBytesOfTheWorkedObjects) {
  EXPECT_EQ(hex(wire::encode(Query{})), "00000000");
  KeyProg prog{.stream_id = 1, .key = wire_key_of(key()), .ifv = wire_ifv_of(1)};
  EXPECT_EQ(hex(wire::encode(prog)), "0002000001000000" + hex(prog.key) + hex(prog.ifv));
  EXPECT_EQ(hex(wire::encode(KpAck{.stream_id = 1})), "0003000001000000");
  KpAck refused{.stream_id = 1, .status = Status::kUnsupportedValue, .key_sub_stream = 0x30};
  EXPECT_EQ(hex(wire::encode(refused)), "0003000001033000");
  EXPECT_EQ(hex(wire::encode(SetGo{.stream_id = 1, .key_sub_stream = 0x23})), "0004000001002300");
  EXPECT_EQ(hex(wire::encode(GoStopAck{.stream_id = 1, .key_sub_stream = 0x23})), "0006000001002300");
  QueryResp query{.bus = 1, .registers = *base::from_hex("f2000001000000000100000000034001")};
  EXPECT_EQ(hex(wire::encode(query)), "0001000000010000f2000001000000000100000000034001");
}

TEST(IdeKm, KeySubStreamHasTheNumbersOfTheTable) {
  const ide::Direction rx = ide::Direction::kReceive, tx = ide::Direction::kTransmit;
  EXPECT_EQ(bits_of({0, rx, 1}), 0x10);
  EXPECT_EQ(bits_of({0, tx, 2}), 0x22);
  EXPECT_EQ(bits_of({1, rx, 0}), 0x01);
  EXPECT_EQ(bits_of({1, tx, 2}), 0x23);
  EXPECT_EQ(key_sub_stream_of(0x13), (KeySubStream{1, tx, 1}));
}

template <class M>
void refuses_cut_and_longer(const M& message) {
  auto bytes = wire::encode(message);
  EXPECT_EQ(*wire::decode<M>(bytes), message);
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(wire::decode<M>(base::View(bytes).first(n)));
  bytes.push_back(0);
  EXPECT_FALSE(wire::decode<M>(bytes));
}

TEST(IdeKm, EveryTruncationAndATailAreRefused) {
  refuses_cut_and_longer(Query{});
  refuses_cut_and_longer(KeyProg{});
  refuses_cut_and_longer(KpAck{});
  refuses_cut_and_longer(SetGo{});
  refuses_cut_and_longer(SetStop{});
  refuses_cut_and_longer(GoStopAck{});
  auto bytes = wire::encode(QueryResp{});
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(wire::decode<QueryResp>(base::View(bytes).first(n)));
}

TEST(IdeKm, ReservedBytesAreIgnored) {
  auto bytes = wire::encode(SetGo{.stream_id = 1});
  bytes[2] = bytes[3] = bytes[5] = 0xff;
  EXPECT_EQ(*wire::decode<SetGo>(bytes), SetGo{.stream_id = 1});
}

TEST(IdeKm, NamesTheObjectOfAPayload) {
  EXPECT_EQ(object_of(wire::encode(SetStop{})), Object::kSetStop);
  EXPECT_FALSE(object_of(*base::from_hex("0100")));
  EXPECT_FALSE(object_of(*base::from_hex("0007")));
  EXPECT_FALSE(object_of({}));
}

}  // namespace
}  // namespace ide_km
