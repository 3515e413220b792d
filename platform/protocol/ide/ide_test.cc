#include "platform/protocol/ide/ide.h"

#include <numeric>

#include <gtest/gtest.h>

namespace ide {
namespace {

base::Bytes hex(std::string_view text) { return *base::from_hex(text); }
constexpr tlp::RequesterId kDevice = tlp::requester_id(1, 0, 0);

Key key() {
  Key key;
  std::iota(key.begin(), key.end(), std::uint8_t{0});
  return key;
}

struct Sample {
  const char* prefix;
  std::uint8_t pr_sent;
  tlp::Tlp packet;
  const char* cipher;
  const char* mac;
};
// Computed independently of this code, under the same convention for the additional data.
std::vector<Sample> samples() {
  auto read = tlp::memory_read(kDevice, 5, 0x10000040, 4);
  return {{"92000105", 0, tlp::memory_write(kDevice, 0x410000020, hex("11223344")), "04f48cb8",
           "ac4bfd384c59c08e6b8379ff"},
          {"92010115", 1, read, "", "08c459f3f6c9c6009b831b9a"},
          {"92000125", 0, tlp::completion(read, 0, tlp::Status::kSuccess, hex("aabbccdd")), "a646136b",
           "214c18a9dd75ec2ab951bc93"}};
}

Packet sealed(const Sample& sample) {
  const auto prefix = prefix_of(1, sub_stream_of(sample.packet), 0, true, sample.pr_sent);
  return *wire::decode<Packet>(Sealer(key()).seal(prefix, sample.packet));
}

// Opened by a receiver that has taken `before` units.
struct Result {
  bool fits = false;
  std::uint64_t found = 0;
  std::vector<Packet> unit;
};
Result open(const Key& key, std::vector<Packet> unit, std::uint64_t before = 0) {
  Opener opener(key);
  if (before) opener.passed(before);
  Result out{.unit = std::move(unit)};
  out.fits = opener.open(out.unit, {}, &out.found);
  return out;
}

// Three posted writes under one MAC.
std::vector<Packet> unit(bool pcrc = false) {
  Sealer sealer(key());
  std::vector<Packet> out;
  for (unsigned i = 0; i < 3; ++i) {
    auto prefix = prefix_of(1, SubStream::kPosted, 0, true, 0);
    if (i < 2) prefix.flags &= static_cast<std::uint8_t>(~kFlagMac);
    if (pcrc) prefix.flags |= kFlagPcrc;
    const base::Bytes data(4 * (i + 1), static_cast<std::uint8_t>(0x10 + i));
    out.push_back(*wire::decode<Packet>(sealer.seal(prefix, tlp::memory_write(kDevice, 0x410000000 + 64 * i, data))));
  }
  EXPECT_EQ(sealer.counter(), kFirstCounter + 1) << "a unit takes one nonce";
  return out;
}

TEST(Ide, SealsAsTheWorkedPacketsHaveIt) {
  for (const auto& sample : samples()) {
    auto out = sealed(sample);
    EXPECT_EQ(base::to_hex(wire::encode(out.prefix)), sample.prefix);
    EXPECT_EQ(base::to_hex(out.tlp.payload), sample.cipher);
    EXPECT_EQ(base::to_hex(out.mac), sample.mac);
  }
}

TEST(Ide, OpensWhatItSealed) {
  for (const auto& sample : samples()) {
    auto opened = open(key(), {sealed(sample)});
    EXPECT_TRUE(opened.fits);
    EXPECT_EQ(opened.found, kFirstCounter);
    EXPECT_EQ(opened.unit[0].tlp, sample.packet);
  }
}

// The path that a machine switches off.
TEST(Ide, WhoeverComputesTheWireIsTheSame) {
  constexpr auto kOpenSsl = crypto::GcmPath::kOpenSsl;
  Sealer ours(key()), theirs(key(), kOpenSsl);
  Opener our_end(key()), their_end(key(), kOpenSsl);
  for (unsigned i = 0; i < 130; ++i) {
    auto prefix = prefix_of(1, SubStream::kPosted, 0, true, 0);
    if (i % 3 == 1) prefix.flags |= kFlagPcrc;
    const base::Bytes data(4 * (i + 1), static_cast<std::uint8_t>(i));
    const auto packet = tlp::memory_write(kDevice, 0x410000000, data);
    const base::Bytes bytes = ours.seal(prefix, packet);
    ASSERT_EQ(bytes, theirs.seal(prefix, packet)) << i;
    for (Opener* opener : {&our_end, &their_end}) {
      std::vector<Packet> unit{*wire::decode<Packet>(bytes)};
      std::uint64_t found = 0;
      ASSERT_TRUE(opener->open(unit, {}, &found));
      EXPECT_EQ(found, kFirstCounter + i);
      EXPECT_EQ(unit[0].tlp, packet);
      opener->passed(found);
    }
  }
}

TEST(Ide, EveryBitOfAPacketIsCovered) {
  for (const auto& sample : samples()) {
    auto bytes = wire::encode(sealed(sample));
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      auto bent = bytes;
      bent[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      auto packet = wire::decode<Packet>(bent);
      if (!packet || packet->prefix.sub_stream_bits() > 2) continue;
      EXPECT_FALSE(open(key(), {*packet}).fits) << bit;
    }
  }
}

TEST(Ide, AnotherCounterKeyOrSubStreamDoesNotFit) {
  auto packet = sealed(samples()[0]);
  EXPECT_EQ(open(key(), {packet}, 1).found, kFirstCounter) << "and not the one that comes next";
  EXPECT_FALSE(open(key(), {packet}, 1000).fits);
  EXPECT_FALSE(open(Key{}, {packet}).fits);
}

TEST(Ide, AUnitOpensAsItWasSealed) {
  for (bool pcrc : {false, true}) {
    auto opened = open(key(), unit(pcrc));
    ASSERT_TRUE(opened.fits);
    for (unsigned i = 0; i < 3; ++i) {
      EXPECT_EQ(opened.unit[i].tlp.payload, base::Bytes(4 * (i + 1), static_cast<std::uint8_t>(0x10 + i)));
      if (pcrc) {
        EXPECT_EQ(opened.unit[i].pcrc, pcrc_of(opened.unit[i].tlp));
      }
    }
  }
}

TEST(Ide, AUnitDoesNotFitWithoutEachOfItsPacketsInItsPlace) {
  const auto whole = unit();
  for (unsigned i = 0; i < 3; ++i) {
    auto bent = whole;
    bent[i].tlp.payload[0] ^= 1;
    EXPECT_FALSE(open(key(), bent).fits) << i;
    bent = whole;
    bent[i].tlp.address ^= 4;
    EXPECT_FALSE(open(key(), bent).fits) << i;
    if (i == 2) continue;
    auto short_one = whole;
    short_one.erase(short_one.begin() + i);
    EXPECT_FALSE(open(key(), short_one).fits) << i;
  }
  auto turned = whole;
  std::swap(turned[0], turned[1]);
  EXPECT_FALSE(open(key(), turned).fits);
  auto twice = whole;
  twice.insert(twice.begin(), whole[0]);
  EXPECT_FALSE(open(key(), twice).fits);
}

// CRC-32 as the polynomial has it, bit by bit from the least significant one.
TEST(Ide, ThePcrcIsTheCrcOfHeaderAndData) {
  const auto packet = tlp::memory_write(kDevice, 0x410000020, hex("11223344"));
  std::uint32_t crc = ~0u;
  for (const std::uint8_t byte : wire::encode(packet))
    for (unsigned bit = 0; bit < 8; ++bit) {
      const bool carry = (crc >> 31 ^ byte >> bit) & 1;
      crc = crc << 1 ^ (carry ? 0x04c1'1db7u : 0u);
    }
  std::uint32_t turned = 0;
  for (unsigned bit = 0; bit < 32; ++bit) turned |= (~crc >> (31 - bit) & 1) << bit;
  EXPECT_EQ(base::load_le<std::uint32_t>(pcrc_of(packet)), turned);
}

TEST(Ide, TheNonceHoldsSubStreamAndCounter) {
  EXPECT_EQ(base::to_hex(iv_of(SubStream::kPosted, 1)), "000000000000000000000001");
  EXPECT_EQ(base::to_hex(iv_of(SubStream::kNonPosted, 2)), "100000000000000000000002");
  EXPECT_EQ(base::to_hex(iv_of(SubStream::kCompletion, 0x0102030405060708)), "200000000102030405060708");
}

TEST(Ide, EveryTruncationAndATailAreRefused) {
  for (const auto& sample : samples()) {
    auto bytes = wire::encode(sealed(sample));
    ASSERT_TRUE(wire::decode<Packet>(bytes));
    for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(wire::decode<Packet>(base::View(bytes).first(n)));
    bytes.push_back(0);
    EXPECT_FALSE(wire::decode<Packet>(bytes));
  }
  EXPECT_FALSE(wire::decode<Packet>(wire::encode(samples()[0].packet)));
}

TEST(Ide, ItsMessagesAreReadBack) {
  auto sync = message_of(sync_message(kDevice, 3, 4, 5));
  ASSERT_TRUE(sync);
  EXPECT_EQ(sync->kind, MessageKind::kSync);
  EXPECT_EQ(sync->stream, 3);
  EXPECT_EQ(sync->pr_sent_npr, 4);
  EXPECT_EQ(sync->pr_sent_cpl, 5);
  EXPECT_EQ(message_of(fail_message(kDevice, 3))->kind, MessageKind::kFail);
  EXPECT_FALSE(message_of(samples()[0].packet));
}

}  // namespace
}  // namespace ide
