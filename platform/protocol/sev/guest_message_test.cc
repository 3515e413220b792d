#include "platform/protocol/sev/guest_message.h"

#include <gtest/gtest.h>

namespace sevproto {
namespace {

Vmpck key() {
  Vmpck k;
  k.fill(0x11);
  return k;
}
base::Bytes request() {
  ReportRequest r;
  for (int i = 0; i < 64; ++i) r.report_data[i] = static_cast<std::uint8_t>(i);
  return wire::encode(r);
}
SealedMessage sealed() { return seal_message(key(), 0, 1, MessageType::kReportReq, request()); }

// Computed with another implementation.
TEST(GuestMessage, SealsTheKnownAnswer) {
  SealedMessage message = sealed();
  EXPECT_EQ(base::to_hex(message.header.authtag), "e084cefea859f312d5ece4214e87ba8b" + std::string(32, '0'));
  EXPECT_EQ(base::to_hex(message.payload),
            "9922ce0f9f144827a2cde302553f8b81e92b4b1241d6a5f944affd46c50f696b3084ae27fe79c9184a54d18c4c8fa508"
            "77d899737052eabfa8a40dd32c4e6e09698e56052fac4eef18d9e0d39e63c6282c361d174f331d4f54d47b39672e0bcb");
}

TEST(GuestMessage, OpensAPageWhateverFollowsTheMessage) {
  base::Bytes page = wire::encode(sealed());
  page.resize(0x1000, 0xee);
  auto plain = open_message(key(), page);
  ASSERT_TRUE(plain) << plain.error().text();
  EXPECT_EQ(*plain, request());
}

TEST(GuestMessage, RefusesAFlippedBitAnywhereThatCounts) {
  base::Bytes raw = wire::encode(sealed());
  for (std::size_t at = 0; at < raw.size(); ++at) {
    bool unused_tag = at >= 16 && at < 32;
    raw[at] ^= 1;
    EXPECT_EQ(static_cast<bool>(open_message(key(), raw)), unused_tag) << at;
    raw[at] ^= 1;
  }
  Vmpck other = key();
  other[31] ^= 1;
  EXPECT_FALSE(open_message(other, raw));
}

TEST(GuestMessage, RefusesEveryTruncation) {
  base::Bytes raw = wire::encode(sealed());
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(open_message(key(), base::View(raw).first(n))) << n;
}

TEST(GuestMessage, SaysWhichHeaderFieldIsWrong) {
  MessageHeader header = sealed().header;
  header.hdr_version = 2;
  auto got = open_message(key(), seal_message(key(), header, request()));  // a liar with the key
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().field, "header.hdr_version");
}

TEST(GuestMessage, AnAnswerHasTheNextNumberAndType) {
  MessageHeader asked = sealed().header, answer = asked;
  answer.msg_seqno = 2;
  answer.msg_type = MessageType::kReportRsp;
  EXPECT_TRUE(answers(answer, asked));
  EXPECT_FALSE(answers(asked, asked));
  answer.msg_seqno = 3;
  EXPECT_FALSE(answers(answer, asked));
}

TEST(GuestMessage, PayloadsLieWhereTheAbiPutsThem) {
  EXPECT_EQ(wire::field_span<MessageHeader>("msg_vmpck")->offset, 0x3cu);
  EXPECT_EQ(wire::field_span<ReportRequest>("key_sel")->offset, 68u);
  EXPECT_EQ(wire::field_span<KeyRequest>("tcb_version")->offset, 0x18u);
  EXPECT_EQ(wire::field_span<KeyRequestV2>("launch_mit_vector")->offset, 0x20u);
  EXPECT_EQ(wire::field_span<KeyResponse>("derived_key")->offset, 0x20u);
  EXPECT_EQ(wire::field_span<TscInfoResponse>("tsc_factor")->offset, 0x18u);
  ReportResponse response{.report_size = 1184, .report = base::Bytes(1184, 7)};
  base::Bytes raw = wire::encode(response);
  EXPECT_EQ(raw.size(), 0x20u + 1184);
  EXPECT_EQ(*wire::decode<ReportResponse>(raw), response);
  raw.pop_back();
  EXPECT_FALSE(wire::decode<ReportResponse>(raw));
}

}  // namespace
}  // namespace sevproto
