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
  return seal(key(), kFirstCounter, prefix_of(1, sub_stream_of(sample.packet), 0, true, sample.pr_sent), sample.packet);
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
    auto opened = open(key(), kFirstCounter, sealed(sample));
    EXPECT_TRUE(opened.mac_fits);
    EXPECT_EQ(opened.packet, sample.packet);
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
      EXPECT_FALSE(open(key(), kFirstCounter, *packet).mac_fits) << bit;
    }
  }
}

TEST(Ide, AnotherCounterKeyOrSubStreamDoesNotFit) {
  auto packet = sealed(samples()[0]);
  EXPECT_FALSE(open(key(), 2, packet).mac_fits);
  EXPECT_FALSE(open(Key{}, kFirstCounter, packet).mac_fits);
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
