#include "platform/wire/wire.h"

#include <gtest/gtest.h>

#include "platform/wire/fuzz.h"
#include "platform/wire/schema.h"

namespace wire {
namespace {

enum class Code : std::uint8_t { kHello = 1 };

struct Point {
  std::uint8_t x = 0;
  std::uint16_t y = 0;
  bool operator==(const Point&) const = default;
  using Wire = Layout<&Point::x, &Point::y>;
};

struct Letter {
  Code code = Code::kHello;
  std::uint32_t big = 0;
  std::uint32_t three = 0;
  std::array<std::uint8_t, 4> tag{};
  Point origin;
  std::array<std::uint16_t, 2> pair{};
  std::uint8_t count = 0;
  std::vector<Point> points;
  std::uint16_t crc = 0;
  Bytes rest;
  bool has_crc() const { return code != Code::kHello; }
  bool operator==(const Letter&) const = default;
  using Wire = Layout<&Letter::code, Reserved<1>{}, Be<&Letter::big, 4>{}, Le<&Letter::three, 3>{}, At<0x10>{},
                      &Letter::tag, &Letter::origin, Loose<2>{}, &Letter::pair, &Letter::count,
                      Run<&Letter::points, &Letter::count>{}, When<&Letter::has_crc, &Letter::crc>{},
                      Rest<&Letter::rest>{}>;
};
static_assert(min_size<Letter>() == 0x10 + 4 + 3 + 2 + 4 + 1);

struct Framed {
  std::uint8_t before = 0;
  Point inner;
  struct Padded {
    std::uint8_t a = 0;
    std::uint8_t b = 0;
    using Wire = Layout<&Padded::a, At<4>{}, &Padded::b>;
  } padded;
  using Wire = Layout<&Framed::before, &Framed::padded, &Framed::inner>;
};

Letter sample() {
  return {.code = Code{9}, .big = 0x01020304, .three = 0x0a0b0c, .tag = {1, 2, 3, 4}, .origin = {5, 0x0607},
          .pair = {0x1111, 0x2222}, .count = 2, .points = {{1, 2}, {3, 4}}, .crc = 0xbeef, .rest = {7, 7}};
}
constexpr char kSampleHex[] = "090001020304" "0c0b0a" "00000000000000" "01020304" "050706" "0000" "11112222" "02"
                              "010200" "030400" "efbe" "0707";

TEST(Wire, WritesEveryKindOfFieldInItsOwnOrder) { EXPECT_EQ(base::to_hex(encode(sample())), kSampleHex); }

TEST(Wire, ReadsBackWhatItWrote) {
  auto got = decode<Letter>(encode(sample()));
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, sample());
}

TEST(Wire, RefusesEveryTruncationAndSaysWhere) {
  Bytes whole = encode(sample());
  whole.resize(whole.size() - 2);  // what Rest would take
  for (std::size_t n = 0; n < whole.size(); ++n) {
    auto got = decode<Letter>(View(whole).first(n));
    ASSERT_FALSE(got) << n;
    EXPECT_LE(got.error().offset, n);
    EXPECT_FALSE(got.error().field.empty());
  }
  auto cut = decode<Letter>(View(whole).first(0x15));
  EXPECT_EQ(cut.error(), (Error{0x15, "origin.y", "needs 2 bytes, 0 left"}));
}

TEST(Wire, RefusesATail) {
  auto got = decode<Point>(Bytes{1, 2, 3, 4});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), (Error{3, "(end)", "1 bytes too many"}));
}

TEST(Wire, RefusesReservedBytesThatAreNotZeroAndOverlooksLooseOnes) {
  Bytes raw = encode(sample());
  raw[0x0c] = 1;
  EXPECT_EQ(decode<Letter>(raw).error(), (Error{0x0c, "reserved@0x9", "reserved byte is not zero"}));
  raw[0x0c] = 0;
  raw[0x17] = 0xff;
  EXPECT_TRUE(decode<Letter>(raw));
}

TEST(Wire, RefusesACountThatTheInputCannotFillBeforeItAllocates) {
  Bytes raw = encode(sample());
  raw[0x1d] = 0xff;
  auto got = decode<Letter>(raw);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().field, "points");
  EXPECT_EQ(got.error().offset, 0x1eu);
}

TEST(Wire, WritesALyingCount) {
  Letter liar = sample();
  liar.count = 200;
  EXPECT_EQ(encode(liar).size(), encode(sample()).size());
  EXPECT_EQ(encode(liar)[0x1d], 200);
}

TEST(Wire, LeavesAFieldOutWhenEarlierFieldsSaySo) {
  Letter letter = sample();
  letter.code = Code::kHello;
  Bytes raw = encode(letter);
  EXPECT_EQ(raw.size(), encode(sample()).size() - 2);
  auto got = decode<Letter>(raw);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->crc, 0);
  EXPECT_EQ(got->rest, letter.rest);
}

TEST(Wire, CountsOffsetsFromTheStartOfTheEnclosingMessage) {
  Framed framed{.before = 1, .inner = {}, .padded = {.a = 2, .b = 3}};
  EXPECT_EQ(base::to_hex(encode(framed)), "01" "0200000003" "000000");
}

TEST(Wire, DecodesAtTheFrontAndMovesOn) {
  Bytes two = {1, 2, 0, 3, 4, 0, 9};
  View in = two;
  EXPECT_EQ(decode_front<Point>(in)->y, 2);
  EXPECT_EQ(decode_front<Point>(in)->y, 4);
  EXPECT_FALSE(decode_front<Point>(in));
  EXPECT_EQ(in.size(), 1u);
}

TEST(Wire, PrintsNumbersAndBytesByName) {
  EXPECT_EQ(print(Point{1, 0x1f}), "x=0x1 y=0x1f");
  std::string text = print(sample());
  EXPECT_NE(text.find("big=0x1020304 three=0xa0b0c tag=01020304 origin.x=0x5"), std::string::npos) << text;
  EXPECT_NE(text.find("pair[1]=0x2222"), std::string::npos) << text;
  EXPECT_NE(text.find("points[1].y=0x4"), std::string::npos) << text;
  EXPECT_EQ(text.find("reserved"), std::string::npos) << text;
}

TEST(Wire, FindsAFieldByFullNameOrByAnEndThatIsUnique) {
  EXPECT_EQ(field_span<Letter>("big"), (FieldSpan{"big", 2, 4, Kind::kBig}));
  EXPECT_EQ(field_span<Letter>("y")->name, "origin.y");
  Bytes raw = encode(sample());
  EXPECT_EQ(field_span<Letter>(raw, "points[1].x")->offset, 0x21u);
  EXPECT_FALSE(field_span<Letter>(raw, "y"));  // three of them now
  EXPECT_FALSE(field_span<Letter>(raw, "nothing"));
}

TEST(Wire, PatchesRawBytesInTheFieldsOwnOrder) {
  Bytes raw = encode(sample());
  auto big = *field_span<Letter>(raw, "big");
  EXPECT_TRUE(flip_bit(raw, big, 0));
  EXPECT_EQ(get_number(raw, big), 0x01020305u);
  EXPECT_TRUE(set_number(raw, big, 0xaabbccdd));
  EXPECT_EQ(decode<Letter>(raw)->big, 0xaabbccddu);
  EXPECT_TRUE(set_bytes(raw, *field_span<Letter>("tag"), Bytes{9, 9, 9, 9}));
  EXPECT_EQ(decode<Letter>(raw)->tag[3], 9);
  EXPECT_FALSE(set_bytes(raw, *field_span<Letter>("tag"), Bytes{9}));
  EXPECT_FALSE(flip_bit(raw, big, 32));
  EXPECT_FALSE(set_number(std::span(raw).first(4), big, 1));
}

TEST(Wire, PatchesAValueByName) {
  Letter letter = sample();
  EXPECT_TRUE(patch(letter, "points[0].y", 0x12345));
  EXPECT_EQ(letter.points[0].y, 0x2345);
  EXPECT_TRUE(patch(letter, "tag", Bytes{4, 3, 2, 1}));
  EXPECT_EQ(letter.tag[0], 4);
  EXPECT_FALSE(patch(letter, "tag", 1));
  EXPECT_FALSE(patch(letter, "none", 1));
}

TEST(Wire, SchemaSeesBytesThatAStrictReaderRefuses) {
  Schema schema = schema_of<Letter>("test.LETTER");
  Bytes raw = encode(sample());
  EXPECT_FALSE(schema.check(raw));
  raw[1] = 0x80;
  ASSERT_TRUE(schema.check(raw));
  EXPECT_EQ(schema.check(raw)->offset, 1u);
  EXPECT_NE(schema.print(raw).find("reserved@0x1=80"), std::string::npos);
  EXPECT_EQ(schema.find(raw, "crc")->offset, 0x24u);
  EXPECT_EQ(schema.size_min, min_size<Letter>());
  EXPECT_NE(schema.print(View(raw).first(6)).find("big=0x1020304"), std::string::npos);
}

struct Swapping {  // a word that writes its two bytes in another order than it reads them
  struct Swapped {
    template <class Io, class M>
    static bool walk(Io& io, M& m, std::size_t) {
      std::uint64_t x = m.value;
      if (!io.number(x, 2, Io::kReads ? Order::kLittle : Order::kBig)) return false;
      if constexpr (!std::is_const_v<M>) m.value = static_cast<std::uint16_t>(x);
      return true;
    }
    template <class M>
    static constexpr std::size_t end(std::size_t at) { return at + 2; }
  };
  std::uint16_t value = 0;
  using Wire = Layout<Swapped{}>;
};

TEST(Wire, FuzzHookAcceptsGoodLayoutsAndCatchesABadOne) {
  Bytes raw = encode(sample());
  raw[0x17] = 0xff;  // loose
  EXPECT_EQ(fuzz_one<Letter>(raw.data(), raw.size()), 0);
  EXPECT_EQ(fuzz_one<Letter>(raw.data(), 5), 0);
  Bytes two = {1, 2};
  EXPECT_THROW(fuzz_one<Swapping>(two.data(), two.size()), base::Bug);
}

// A digest whose size the bytes do not tell, padding behind a name, and a list of both.
struct Named {
  std::uint8_t length = 0;
  Bytes name{};
  bool operator==(const Named&) const = default;
  using Wire = Layout<&Named::length, Run<&Named::name, &Named::length>{}, Align<4>{}>;
};
struct Digested {
  std::uint8_t code = 0;
  Bytes digest{};
  std::uint8_t count = 0;
  std::vector<Named> names{};
  std::size_t digest_size = 2;  // outside the layout
  bool operator==(const Digested&) const = default;
  using Wire = Layout<&Digested::code, Run<&Digested::digest, &Digested::digest_size>{}, &Digested::count,
                      Run<&Digested::names, &Digested::count>{}>;
};

TEST(Wire, AFormTellsWhatTheBytesDoNot) {
  const Bytes raw = {1, 0xaa, 0xbb, 0xcc, 0};
  EXPECT_FALSE(decode<Digested>(raw));
  auto message = decode<Digested>(raw, {.digest_size = 3});
  ASSERT_TRUE(message);
  EXPECT_EQ(message->digest, (Bytes{0xaa, 0xbb, 0xcc}));
  EXPECT_EQ(find_field(fields_of<Digested>(raw, {.digest_size = 3}), "count")->offset, 4u);
  View in = View(raw);
  EXPECT_TRUE(decode_front<Digested>(in, {.digest_size = 3}));
  EXPECT_TRUE(in.empty());
}

TEST(Wire, PadsEachItemFromItsOwnStart) {
  const Digested message{.code = 1, .digest = {2, 3}, .count = 2, .names = {{1, {4}}, {4, {5, 6, 7, 8}}}};
  const Bytes raw = encode(message);
  EXPECT_EQ(base::to_hex(raw), "010203" "02" "01040000" "0405060708000000");
  EXPECT_EQ(*decode<Digested>(raw), message);
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(decode<Digested>(View(raw).first(n))) << n;
  Bytes altered = raw;
  altered.back() = 1;
  EXPECT_FALSE(decode<Digested>(altered));
  EXPECT_EQ(min_size<Named>(), 4u);
}

TEST(Wire, SizedMakesRunsAsLongAsTheirCounts) {
  const Digested message = sized(Digested{.code = 1, .digest = {9}, .count = 2, .digest_size = 3});
  EXPECT_EQ(base::to_hex(encode(message)), "01" "090000" "02" "00000000" "00000000");
}

TEST(Wire, ADecodedHasEitherValueOrError) {
  EXPECT_THROW(decode<Point>(Bytes{1, 2, 3}).error(), base::Bug);
  EXPECT_THROW(*decode<Point>(Bytes{1}), base::Bug);
}

}  // namespace
}  // namespace wire
