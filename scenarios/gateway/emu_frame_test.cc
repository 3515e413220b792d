#include "scenarios/gateway/emu_frame.h"

#include <gtest/gtest.h>

#include "scenarios/gateway/emu_client.h"
#include "scenarios/gateway/pcap.h"

namespace gateway {
namespace {

// Bytes as another implementation of the protocol sent them.
TEST(EmuFrame, GreetsAsOthersDo) {
  const base::Bytes expected = *base::from_hex("0000dead000000020000000e436c69656e742048656c6c6f2100");
  const base::View hello(reinterpret_cast<const std::uint8_t*>(kClientHello), sizeof kClientHello);
  EXPECT_EQ(encode_frame(EmuCommand::kTest, 2, hello), expected);
}

TEST(EmuFrame, HeaderRoundTripsAndRefusesWhatIsTooShortOrTooLong) {
  const EmuHeader header{EmuCommand::kShutdown, 1, 77};
  base::Bytes bytes = wire::encode(header);
  EXPECT_EQ(*wire::decode<EmuHeader>(bytes), header);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(wire::decode<EmuHeader>(base::View(bytes).first(size)));
  bytes.push_back(0);
  EXPECT_FALSE(wire::decode<EmuHeader>(bytes));
}

TEST(ParseResponder, TakesAnAddressAndAPortAndNothingElse) {
  EXPECT_EQ(parse_responder("127.0.0.1:99").port, 99);
  EXPECT_EQ(parse_responder("2323").host, "127.0.0.1");
  for (const char* bad : {"", ":", "host.example:1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:23x"})
    EXPECT_THROW(parse_responder(bad), std::runtime_error) << bad;
}

// A capture with one GET_VERSION, as an SPDM tool wrote it.
TEST(Pcap, WritesTheBytesThatOthersWrite) {
  const base::Bytes expected = *base::from_hex(
      "d4c3b2a1020004000000000000000000000001002401000000000000000000000c0000000c000000010001000300000010840000");
  EXPECT_EQ(encode_pcap(LinkType::kPciDoe, {{0, *base::from_hex("010001000300000010840000")}}), expected);
}

TEST(Pcap, KeepsTimeInMicrosecondsAndCutsWhatIsTooLong) {
  const auto bytes = encode_pcap(LinkType::kPciDoe, {{3'000'005'000'000, base::Bytes(70'000)}});
  EXPECT_EQ(base::load_le<std::uint32_t>(base::View(bytes).subspan(24)), 3u);
  EXPECT_EQ(base::load_le<std::uint32_t>(base::View(bytes).subspan(28)), 5u);
  EXPECT_EQ(base::load_le<std::uint32_t>(base::View(bytes).subspan(32)), kPcapSnapBytes);
  EXPECT_EQ(base::load_le<std::uint32_t>(base::View(bytes).subspan(36)), 70'000u);
  EXPECT_EQ(bytes.size(), 24 + 16 + kPcapSnapBytes);
}

}  // namespace
}  // namespace gateway
