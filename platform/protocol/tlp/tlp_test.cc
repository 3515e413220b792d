#include "platform/protocol/tlp/tlp.h"

#include <gtest/gtest.h>

namespace tlp {
namespace {

base::Bytes hex(std::string_view text) { return *base::from_hex(text); }

constexpr RequesterId kDevice = requester_id(1, 0, 0);

std::vector<Tlp> samples() {
  Tlp digest = memory_write(kDevice, 0x1000, hex("01020304"));
  digest.length_bits |= 0x8000;
  digest.digest = 0xdeadbeef;
  Tlp io{.type = Type::kIoRd, .requester = kDevice};
  io.address = 0x3f8;
  return {memory_read(kDevice, 0x3ff, 0x10000040, 4),
          memory_read(kDevice, 1, 0x410000041, 9),
          memory_write(kDevice, 0x410000020, hex("11223344")),
          memory_write(kDevice, 0x1001, hex("0102030405")),
          config_read(0, 7, kDevice, 0x10e, 2, true),
          config_write(0, 7, kDevice, 0x104, hex("01020304"), false),
          completion(memory_read(kDevice, 5, 0x10000040, 4), 0, Status::kSuccess, hex("aabbccdd")),
          completion(memory_read(kDevice, 5, 0x10000040, 4), 0, Status::kUnsupportedRequest),
          message(kDevice, Routing::kToRootComplex, kMessageErrFatal),
          message(kDevice, Routing::kById, 0x7e, hex("0102030405060708")),
          digest,
          io};
}

TEST(Tlp, HasTheBytesOfTheStandardHeaders) {
  EXPECT_EQ(wire::encode(memory_write(kDevice, 0x410000020, hex("11223344"))),
            hex("600000010100000f000000041000002011223344"));
  EXPECT_EQ(wire::encode(memory_read(kDevice, 5, 0x10000040, 4)), hex("000000010100050f10000040"));
  EXPECT_EQ(wire::encode(completion(memory_read(kDevice, 5, 0x10000040, 4), 0, Status::kSuccess, hex("aabbccdd"))),
            hex("4a0000010000000401000540aabbccdd"));
  EXPECT_EQ(wire::encode(config_read(0, 1, kDevice, 0x100, 4, true)), hex("040000010000010f01000100"));
}

TEST(Tlp, ComesBackAsItWasWritten) {
  for (const auto& packet : samples()) {
    auto back = wire::decode<Tlp>(wire::encode(packet));
    ASSERT_TRUE(back) << print(packet) << back.error().text();
    EXPECT_EQ(*back, packet) << print(packet);
  }
}

TEST(Tlp, WhatReadsBackIsWhatADecoderMakesOfItsBytes) {
  const std::vector<void (*)(Tlp&)> spoils = {
      [](Tlp&) {},
      [](Tlp& p) { p.address = 4; },
      [](Tlp& p) { p.completer = 1; },
      [](Tlp& p) { p.status_bits = 1; },
      [](Tlp& p) { p.lower_address = 1; },
      [](Tlp& p) { p.code = 1; },
      [](Tlp& p) { p.routing[7] = 1; },
      [](Tlp& p) { p.digest = 1; },
      [](Tlp& p) { p.length_bits |= 0x8000; },
      [](Tlp& p) { p.byte_enables = 0x11; },
      [](Tlp& p) { p.target = 1; },
      [](Tlp& p) { p.register_bits = 4; },
      [](Tlp& p) { p.payload.push_back(0); },
      [](Tlp& p) { p.set_length(p.length() + 1); },
      [](Tlp& p) { p.type = static_cast<Type>(0x1f); }};
  for (const auto& sample : samples())
    for (const auto spoil : spoils) {
      Tlp packet = sample;
      spoil(packet);
      if (!reads_back(packet)) continue;
      const auto back = wire::decode<Tlp>(wire::encode(packet));
      ASSERT_TRUE(back) << print(packet);
      EXPECT_EQ(*back, packet) << print(packet);
    }
  for (const auto& sample : samples()) EXPECT_EQ(reads_back(sample), sample.is_config() || sample.is_completion()) << print(sample);
}

TEST(Tlp, EveryTruncationAndATailAreRefused) {
  for (const auto& packet : samples()) {
    auto bytes = wire::encode(packet);
    for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(wire::decode<Tlp>(base::View(bytes).first(n)));
    bytes.push_back(0);
    EXPECT_FALSE(wire::decode<Tlp>(bytes));
  }
}

TEST(Tlp, ACountThatLiesIsRefused) {
  auto bytes = wire::encode(memory_write(kDevice, 0x1000, hex("0102030405060708")));
  for (int length : {0, 1, 3}) {
    bytes[3] = static_cast<std::uint8_t>(length);
    EXPECT_FALSE(wire::decode<Tlp>(bytes)) << length;
  }
}

TEST(Tlp, KnowsOnlyTheTypesOfItsTable) {
  unsigned known = 0;
  for (unsigned byte = 0; byte < 256; ++byte) {
    Tlp packet{.type = static_cast<Type>(byte)};
    known += packet.known();
    if (!packet.known()) {
      EXPECT_FALSE(wire::decode<Tlp>(wire::encode(packet))) << byte;
    }
  }
  EXPECT_EQ(known, 12u + 2 * 6);
}

TEST(Tlp, SelectsTheBytesThatWereAskedFor) {
  for (std::uint64_t start = 0x1000; start < 0x1008; ++start)
    for (std::size_t size = 1; size <= 16; ++size) {
      base::Bytes data;
      for (std::size_t i = 0; i < size; ++i) data.push_back(static_cast<std::uint8_t>(i + 1));
      auto write = memory_write(kDevice, start, data);
      EXPECT_EQ(fault_of(write), std::nullopt) << print(write);
      EXPECT_EQ(range_of(write), (ByteRange{start, size}));
      EXPECT_EQ(bytes_of(write), data);
      EXPECT_EQ(range_of(memory_read(kDevice, 0, start, size)), (ByteRange{start, size}));
    }
  EXPECT_EQ(range_of(memory_read(kDevice, 0, 0x1000, 0)).size, 0u);
  EXPECT_EQ(memory_read(kDevice, 0, 0x1000, 0).length(), 1u);
  EXPECT_EQ(range_of(config_read(0, 0, kDevice, 0x106, 2, true)), (ByteRange{0x106, 2}));
}

TEST(Tlp, KeepsTheTenBitsOfATag) {
  for (unsigned tag = 0; tag < 1024; ++tag) {
    auto packet = memory_read(kDevice, static_cast<std::uint16_t>(tag), 0, 4);
    EXPECT_EQ(packet.tag(), tag);
    EXPECT_EQ(completion(packet, 0, Status::kCompleterAbort).tag(), tag);
  }
}

TEST(Tlp, NamesWhatIsMalformed) {
  EXPECT_TRUE(fault_of(memory_read(kDevice, 0, 0xffc, 8)));
  EXPECT_FALSE(fault_of(memory_read(kDevice, 0, 0xff8, 8)));
  EXPECT_TRUE(fault_of(memory_read(kDevice, 0, 0x1000, 256), 128));
  auto low = memory_read(kDevice, 0, 0x1000, 4);
  low.type = Type::kMRd64;
  EXPECT_TRUE(fault_of(low));
  auto gap = memory_read(kDevice, 0, 0x1000, 16);
  gap.byte_enables = 0xf5;
  EXPECT_TRUE(fault_of(gap));
  gap.byte_enables = 0x0f;
  EXPECT_TRUE(fault_of(gap));
  auto wide = config_read(0, 0, kDevice, 0, 4, true);
  wide.set_length(2);
  EXPECT_TRUE(fault_of(wide));
}

TEST(Tlp, PrintsOneLine) {
  EXPECT_EQ(print(memory_write(kDevice, 0x410000020, hex("11223344"))), "MWr64 01:00.0 4_1000_0020 +4 11223344");
  EXPECT_EQ(print(config_read(0, 3, kDevice, 4, 2, true)), "CfgRd0 00:00.0 tag 0x3 01:00.0 reg 0x004 be 3");
}

TEST(Tlp, IsPatchedByFieldName) {
  auto packet = memory_write(kDevice, 0x1000, hex("01020304"));
  EXPECT_TRUE(wire::patch(packet, "requester", 0x0208));
  EXPECT_EQ(packet.requester, requester_id(2, 1, 0));
}

TEST(RequesterId, ReadsAsItPrints) {
  for (unsigned id = 0; id < 0x10000; id += 0x97)
    EXPECT_EQ(requester_id_of(text_of(static_cast<RequesterId>(id))), static_cast<RequesterId>(id));
  for (auto bad : {"", "01:00", "01:20.0", "01:00.8", "0g:00.0", "01:00.00"}) EXPECT_FALSE(requester_id_of(bad)) << bad;
}

}  // namespace
}  // namespace tlp
