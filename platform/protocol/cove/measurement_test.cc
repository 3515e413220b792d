#include "platform/protocol/cove/measurement.h"

#include <gtest/gtest.h>

#include "platform/crypto/hash.h"

namespace coveproto {
namespace {

// By hand, as the convention says it.
TEST(Records, AreRegisterAddressAndPage) {
  const base::Bytes page(4096, 0xAA);
  base::Bytes record(48);
  base::append_le<std::uint64_t>(record, 0x8000'0000);
  base::append(record, page);
  EXPECT_EQ(extended_by_page({}, 0x8000'0000, page), crypto::sha384(record));
  base::Bytes entry(48);
  base::append_le<std::uint64_t>(entry, 0x1000);
  base::append_le<std::uint64_t>(entry, 5);
  EXPECT_EQ(extended_by_entry({}, 0x1000, 5), crypto::sha384(entry));
}

// Computed with python's hashlib: SHA-384 over 48 zeroes, 0x80000000 as eight bytes little-endian, 4096 times AA.
TEST(Records, HaveTheValueThatAnotherProgramComputes) {
  EXPECT_EQ(base::to_hex(extended_by_page({}, 0x8000'0000, base::Bytes(4096, 0xAA))), "1576de1d4d6332952d3065319a32eff162158c1a1c320cb16d2eb3d580c16ae8884dc7e3fbc4f02deaa12eb3cbe1c45d");
  EXPECT_EQ(base::to_hex(extended_by_entry({}, 0x1000, 0)), "22259f225facce005577210671437ef88a3964a97b10531eb6474cf68002c93f1ff1799a6993fe61cb1562c029ff3f98");
}

TEST(Records, DependOnOrderAddressAndContent) {
  const base::Bytes one(4096, 1), two(4096, 2);
  const auto ab = extended_by_page(extended_by_page({}, 0, one), 0x1000, two), ba = extended_by_page(extended_by_page({}, 0x1000, two), 0, one);
  EXPECT_NE(ab, ba);
  EXPECT_NE(extended_by_page({}, 0, one), extended_by_page({}, 0x1000, one));
}

TEST(Capabilities, NameSixInitialAndFourRuntimeRegisters) {
  const auto c = capabilities(3);
  EXPECT_EQ(c.initial_measurements, 6);
  EXPECT_EQ(c.runtime_measurements, 4);
  EXPECT_EQ(c.msmt_regs[5].measurement_type, MeasurementType::kInitial);
  EXPECT_EQ(c.msmt_regs[6].measurement_type, MeasurementType::kRuntime);
  EXPECT_EQ(c.certificate_formats, kCertificateCbor | kCertificateX509);
}

EventLog log() { return {{6, crypto::sha384(base::view_of("a")), "kernel"}, {9, crypto::sha384(base::view_of("b")), ""}}; }

TEST(EventLogs, GoThereAndBackAndNothingElseIsRead) {
  const auto bytes = encode_event_log(log());
  EXPECT_EQ(decode_event_log(bytes), log());
  EXPECT_EQ(decode_event_log(encode_event_log({})), EventLog{});
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_event_log(base::View(bytes).first(size))) << size;
  auto tail = bytes;
  tail.push_back(0);
  EXPECT_FALSE(decode_event_log(tail));
  auto initial = log();
  initial[0].index = 4;
  EXPECT_FALSE(decode_event_log(encode_event_log(initial))) << "nobody extends an initial register";
  initial[0].index = 10;
  EXPECT_FALSE(decode_event_log(encode_event_log(initial)));
}

TEST(EventLogs, ComeToWhatARegisterHolds) {
  const auto registers = replay(log());
  EXPECT_EQ(registers[0], extended({}, log()[0].digest));
  EXPECT_EQ(registers[1], Digest{});
  EXPECT_EQ(registers[3], extended({}, log()[1].digest));
}

}  // namespace
}  // namespace coveproto
