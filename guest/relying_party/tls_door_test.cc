#include "guest/relying_party/tls_door.h"

#include <gtest/gtest.h>

namespace relying_party {
namespace {

struct Owner {
  Owner()
      : identity(made()), door(library, "owner", identity, [](base::View question) {
          base::Bytes out = base::bytes_of("re: ");
          base::append(out, question);
          return out;
        }) {}
  ServerIdentity made() {
    const auto key = crypto::EcKey::derive(crypto::Curve::kP256, base::Bytes(8, 1), "server");
    crypto::CertificateContent content{.serial = {1}, .subject = {"owner", ""}, .issuer = {"owner", ""}};
    content.not_after = crypto::calendar_time(2030, 1, 1);
    content.public_key = crypto::public_key_info(key.public_point());
    return {{crypto::issue(content, library, {"test", "issue"}, key)}, key};
  }
  base::Bytes carry(crypto::TlsEnd& end, const ConnectionName& name) {
    return stream_message_of(door.receive(stream_message(MessageType::kTls, name, end.to_send())))->bytes;
  }
  crypto::Library library{1};
  ServerIdentity identity;
  TlsDoor door;
};

TEST(TlsDoor, AnswersEachConnectionForItself) {
  Owner owner;
  auto one = crypto::TlsEnd::client(owner.library, "one"), other = crypto::TlsEnd::client(owner.library, "other");
  ASSERT_TRUE(one.receive(owner.carry(one, {1})) && other.receive(owner.carry(other, {2})));
  ASSERT_TRUE(one.write(base::bytes_of("a")) && other.write(base::bytes_of("b")));
  ASSERT_TRUE(other.receive(owner.carry(other, {2})) && one.receive(owner.carry(one, {1})));
  EXPECT_EQ(base::text_of(one.read()), "re: a");
  EXPECT_EQ(base::text_of(other.read()), "re: b");
}

TEST(TlsDoor, DoesNotAnswerARecordTwice) {
  Owner owner;
  auto end = crypto::TlsEnd::client(owner.library, "one");
  ASSERT_TRUE(end.receive(owner.carry(end, {1})) && end.write(base::bytes_of("a")));
  const auto records = end.to_send();
  const auto first = stream_message_of(owner.door.receive(stream_message(MessageType::kTls, {1}, records)))->bytes;
  EXPECT_TRUE(end.receive(first));
  EXPECT_EQ(base::text_of(end.read()), "re: a");
  const auto second = stream_message_of(owner.door.receive(stream_message(MessageType::kTls, {1}, records)))->bytes;
  (void)end.receive(second);  // an alert, at most
  EXPECT_TRUE(end.read().empty());
}

TEST(TlsDoor, AnswersInTheClearWhoAsksInTheClear) {
  Owner owner;
  const auto answer = stream_message_of(owner.door.receive(stream_message(MessageType::kPlain, {1}, base::bytes_of("a"))));
  EXPECT_EQ(base::text_of(answer->bytes), "re: a");
}

TEST(StreamMessage, IsReadWholeOrNotAtAll) {
  const auto good = stream_message(MessageType::kTls, {1}, base::bytes_of("abc"));
  EXPECT_TRUE(stream_message_of(good));
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(stream_message_of(base::View(good).first(size)));
  auto longer = good;
  longer.push_back(0);
  EXPECT_FALSE(stream_message_of(longer));
  auto other = good;
  other[0] = 1;
  EXPECT_FALSE(stream_message_of(other));
}

}  // namespace
}  // namespace relying_party
