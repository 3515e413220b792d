#include "platform/protocol/sev/launch_measure.h"

#include <gtest/gtest.h>

#include "platform/crypto/hash.h"

namespace sevproto {
namespace {

template <std::size_t N>
base::Block<N> block(std::string_view hex) {
  base::Block<N> out{};
  base::Bytes bytes = base::from_hex(hex).value();
  base::check(bytes.size() == N, "a test value has its block's size");
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

// The known answer of virtee/sev.
TEST(LaunchMeasure, GivesTheKnownAnswer) {
  MeasureInput input{.api_major = 0, .api_minor = 0x12, .build = 0x0f, .policy = 0, .digest = crypto::sha256({}),
                     .mnonce = block<16>("4fbe0bedbad6c86ae8f68971d103e554")};
  EXPECT_EQ(base::to_hex(launch_measure(block<16>("66320db73158a35a255d051758e95ed4"), input)),
            "6faab2daae389bcd3405a05d6cafe33c0414f7bedd0bae19ba5f38b7fd1664ea");
}

struct Secret : testing::Test {
  Tek tek{1, 2};
  Tik tik{3, 4};
  Measure measure{5};
  base::Bytes plain = base::bytes_of(base::view_of("a disk password"));
  SecretPacket packet = seal_secret(tek, tik, {9}, measure, plain);
  std::uint32_t size = static_cast<std::uint32_t>(plain.size());
};

TEST_F(Secret, IsOpenedUnderItsMeasurement) {
  EXPECT_NE(packet.data, plain);
  EXPECT_EQ(*open_secret(tek, tik, measure, packet, size), plain);
  EXPECT_FALSE(open_secret(tek, tik, Measure{6}, packet, size));
  EXPECT_FALSE(open_secret(tek, tik, measure, packet, size + 1));
}

TEST_F(Secret, MacBindsFlagsIvAndData) {
  auto opens = [&](auto alter) {
    SecretPacket bad = packet;
    alter(bad);
    return static_cast<bool>(open_secret(tek, tik, measure, bad, size));
  };
  EXPECT_TRUE(opens([](SecretPacket&) {}));
  EXPECT_FALSE(opens([](SecretPacket& p) { p.header.flags = kSecretCompressed; }));
  EXPECT_FALSE(opens([](SecretPacket& p) { p.header.iv[0] ^= 1; }));
  EXPECT_FALSE(opens([](SecretPacket& p) { p.header.mac[31] ^= 1; }));
  EXPECT_FALSE(opens([](SecretPacket& p) { p.data[0] ^= 1; }));
}

TEST_F(Secret, MacIsOverTheSpecifiedString) {
  base::Bytes text = base::from_hex("01" "00000000" "09000000000000000000000000000000" "0f000000" "0f000000").value();
  base::append(text, packet.data);
  base::append(text, measure);
  EXPECT_EQ(packet.header.mac, crypto::hmac_sha256(tik, text));
}

}  // namespace
}  // namespace sevproto
