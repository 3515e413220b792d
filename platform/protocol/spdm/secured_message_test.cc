#include "platform/protocol/spdm/secured_message.h"

#include <gtest/gtest.h>

#include "platform/base/check.h"
#include "platform/protocol/doe/data_object.h"

namespace spdm {
namespace {

base::Bytes bytes(std::string_view text) { return base::from_hex(text).value(); }

constexpr std::uint32_t kSession = 0x00020001;  // responder 0002, requester 0001

// Keys of key_schedule_test.cc, requester's data.
TrafficKeys keys() {
  return {.aead = crypto::Aead::kAes256Gcm,
          .key = bytes("5ddacfa9cd83fc4e72b50c17874dfdd6183a715ee76e5afea8547e8d112bfb1c"),
          .iv = bytes("f67773d9bc7f1ba32f75525b")};
}

TEST(SecuredMessage, TakesTheSequenceNumberIntoTheNonce) {
  EXPECT_EQ(base::to_hex(record_nonce(keys().iv, 0)), "f67773d9bc7f1ba32f75525b");
  EXPECT_EQ(base::to_hex(record_nonce(keys().iv, 1)), "f77773d9bc7f1ba32f75525b");
  EXPECT_EQ(base::to_hex(record_nonce(keys().iv, 256)), "f67673d9bc7f1ba32f75525b");
}

TEST(SecuredMessage, SealsAsTheIndependentImplementation) {
  const base::Bytes heartbeat = wire::encode(seal_record(keys(), 0, kSession, bytes("12e80000")));
  EXPECT_EQ(base::to_hex(heartbeat), "010002001600626a5705d541ab26dc393a212590fef1403e3ca40e93");
  EXPECT_EQ(base::to_hex(wire::encode(seal_record(keys(), 1, kSession, bytes("12ec0000")))),
            "010002001600b752ddda67695316d0f7118f93958b6b5d31637fa220");
  EXPECT_EQ(base::to_hex(wire::encode(doe::object_of(doe::ObjectType::kSecuredSpdm, heartbeat))),
            "0100020009000000010002001600626a5705d541ab26dc393a212590fef1403e3ca40e93");
}

TEST(SecuredMessage, OpensOnlyWhatWasSealed) {
  const SecuredRecord record = seal_record(keys(), 5, kSession, bytes("12e80000"));
  EXPECT_EQ(open_record(keys(), 5, record), bytes("12e80000"));
  EXPECT_FALSE(open_record(keys(), 4, record));
  EXPECT_FALSE(open_record(keys(), 6, record));
  const base::Bytes raw = wire::encode(record);
  for (std::size_t bit = 0; bit < raw.size() * 8; ++bit) {
    base::Bytes altered = raw;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    auto decoded = wire::decode<SecuredRecord>(altered);
    EXPECT_TRUE(!decoded || !open_record(keys(), 5, *decoded)) << bit;
  }
}

TEST(SecuredMessage, EveryCipherOpensItsOwn) {
  for (crypto::Aead aead : {crypto::Aead::kAes128Gcm, crypto::Aead::kAes256Gcm, crypto::Aead::kChaCha20Poly1305}) {
    const TrafficKeys own{.aead = aead, .key = base::Bytes(crypto::key_size_of(aead), 7), .iv = base::Bytes(12, 9)};
    const SecuredRecord record = seal_record(own, 3, kSession, bytes("00112233"));
    EXPECT_EQ(open_record(own, 3, record), bytes("00112233"));
    EXPECT_EQ(record.length, 2 + 4 + 16);
  }
}

TEST(SecuredMessage, DropsRandomBytesAndRefusesALengthThatLies) {
  SecuredPlain plain{.application_length = 4, .application_data = bytes("12e80000"), .random = bytes("aabb")};
  SecuredRecord header{.session_id = kSession, .length = 2 + 4 + 2 + 16};
  EXPECT_EQ(open_record(keys(), 0, seal_record(keys(), 0, header, plain)), bytes("12e80000"));
  plain.application_length = 7;  // one more than there is
  EXPECT_FALSE(open_record(keys(), 0, seal_record(keys(), 0, header, plain)));
}

TEST(SecuredMessage, TruncationsAndTailsAreRefused) {
  const base::Bytes raw = wire::encode(seal_record(keys(), 0, kSession, bytes("12e80000")));
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(wire::decode<SecuredRecord>(base::View(raw).first(n)));
  base::Bytes tailed = raw;
  tailed.push_back(0);
  EXPECT_FALSE(wire::decode<SecuredRecord>(tailed));
  EXPECT_EQ(session_id_in(raw), kSession);
  EXPECT_FALSE(session_id_in(base::View(raw).first(3)));
  EXPECT_FALSE(open_record(keys(), 0, {.session_id = kSession, .length = 15, .sealed = base::Bytes(15)}));
}

TEST(SecuredMessage, TheLongestRecord) {
  const base::Bytes longest(0xffff - 2 - 16, 1);
  EXPECT_EQ(open_record(keys(), 0, seal_record(keys(), 0, kSession, longest)), longest);
  EXPECT_THROW(seal_record(keys(), 0, kSession, base::Bytes(longest.size() + 1)), base::Bug);
}

TEST(RecordStream, CountsWhatItAccepts) {
  const Algorithms algorithms;
  const base::Bytes secret(48, 3);
  RecordStream sender = RecordStream::start(algorithms, secret), receiver = sender;
  const SecuredRecord first = sender.seal(kSession, bytes("01"));
  const SecuredRecord second = sender.seal(kSession, bytes("02"));
  EXPECT_FALSE(receiver.open(second));
  EXPECT_EQ(receiver.sequence, 0u);
  EXPECT_EQ(receiver.open(first), bytes("01"));
  EXPECT_FALSE(receiver.open(first));
  EXPECT_EQ(receiver.open(second), bytes("02"));
  EXPECT_EQ(receiver, sender);
}

TEST(RecordStream, StartsAgainWithTheNextSecret) {
  const Algorithms algorithms;
  RecordStream old = RecordStream::start(algorithms, base::Bytes(48, 3));
  old.seal(kSession, {});
  const RecordStream next = old.updated(algorithms);
  EXPECT_EQ(next.sequence, 0u);
  EXPECT_EQ(next.secret, updated_secret(algorithms, old.secret));
  EXPECT_NE(next.keys, old.keys);
}

}  // namespace
}  // namespace spdm
