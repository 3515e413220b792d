#include "platform/cbor/schema.h"

#include <gtest/gtest.h>

#include "platform/cbor/cbor.h"

namespace cbor {
namespace {

base::Bytes claims() {
  return encode(Map{{10, base::Bytes(4, 0xAA)}, {2395, 0x3000}, {2399, Array{Map{{1, "BL"}, {2, base::Bytes(2, 7)}}}}, {"state", -3}});
}

std::optional<wire::FieldSpan> at(const wire::Schema& schema, base::View raw, const char* path) { return schema.find(raw, path); }

TEST(Schema, FindsTheContentOfStringsByPath) {
  const auto s = schema("test.CLAIMS", claims());
  const auto raw = claims();
  const auto measurement = at(s, raw, "2399/0/2");
  ASSERT_TRUE(measurement);
  EXPECT_EQ(base::bytes_of(base::View(raw).subspan(measurement->offset, measurement->size)), base::Bytes(2, 7));
  const auto text = at(s, raw, "2399/0/1");
  ASSERT_TRUE(text);
  EXPECT_EQ(base::text_of(base::View(raw).subspan(text->offset, text->size)), "BL");
  EXPECT_FALSE(at(s, raw, "2399/1/2"));
}

// What is altered in a string's place is what a reader then finds there.
TEST(Schema, AlteredInPlaceReadsAltered) {
  const auto s = schema("test.CLAIMS", claims());
  auto raw = claims();
  const auto nonce = at(s, raw, "10");
  ASSERT_TRUE(nonce);
  raw[nonce->offset] = 0x55;
  const auto read = decode(raw);
  ASSERT_TRUE(read);
  EXPECT_EQ((*find(*read, 10)->as_bytes())[0], 0x55);
}

TEST(Schema, NumbersChangeWhateverTheirWidth) {
  const auto s = schema("test.CLAIMS", claims());
  for (const std::uint64_t number : {0ull, 23ull, 24ull, 0x6000ull, 1ull << 40}) {
    const auto altered = s.set_number(claims(), "2395", number);
    ASSERT_TRUE(altered);
    const auto read = decode(*altered, Strictness::kDeterministic);
    ASSERT_TRUE(read);
    EXPECT_EQ(*find(*read, 2395)->as_int(), static_cast<std::int64_t>(number));
    EXPECT_EQ(*find(*read, "state")->as_int(), -3);
  }
  EXPECT_FALSE(s.set_number(claims(), "10", 1)) << "a string is no number";
  EXPECT_FALSE(s.set_number(claims(), "11", 1));
}

TEST(Schema, StringsChangeWhateverTheirLength) {
  const auto s = schema("test.CLAIMS", claims());
  for (const std::size_t size : {0u, 4u, 5u, 300u}) {
    const base::Bytes wanted(size, 0x41);
    const auto nonce = s.set_bytes(claims(), "10", wanted), text = s.set_bytes(claims(), "2399/0/1", wanted);
    ASSERT_TRUE(nonce && text);
    EXPECT_EQ(*find(*decode(*nonce, Strictness::kDeterministic), 10)->as_bytes(), wanted);
    auto read = decode(*text, Strictness::kDeterministic);
    ASSERT_TRUE(read);
    EXPECT_EQ(*find_path(*read, "2399/0/1"), Value(std::string(size, 'A'))) << "a text stays one";
  }
  EXPECT_FALSE(s.set_bytes(claims(), "2395", base::Bytes(2))) << "a number is no string";
  EXPECT_FALSE(s.set_bytes(claims(), "11", base::Bytes(2)));
  EXPECT_FALSE(s.set_bytes(base::Bytes(3, 0xff), "10", base::Bytes(2)));
}

TEST(Schema, GarbageHasNoFields) {
  const auto s = schema("test.CLAIMS", claims());
  const auto whole = claims();
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    EXPECT_TRUE(s.check(base::View(whole).first(cut)));
    EXPECT_TRUE(s.fields_of(base::View(whole).first(cut)).empty());
  }
  EXPECT_FALSE(s.check(whole));
}

}  // namespace
}  // namespace cbor
