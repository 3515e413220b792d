#include "platform/cbor/cbor.h"

#include <gtest/gtest.h>

namespace cbor {
namespace {

base::Bytes hex(std::string_view text) { return base::from_hex(text).value(); }

// RFC 8949, appendix A: the bytes, and their diagnostic notation.
struct Vector {
  const char* bytes;
  const char* diagnostic;
};

constexpr Vector kOfOurModel[] = {
    {"00", "0"},
    {"01", "1"},
    {"0a", "10"},
    {"17", "23"},
    {"1818", "24"},
    {"1819", "25"},
    {"1864", "100"},
    {"1903e8", "1000"},
    {"1a000f4240", "1000000"},
    {"1b000000e8d4a51000", "1000000000000"},
    {"c249010000000000000000", "2(h'010000000000000000')"},
    {"c349010000000000000000", "3(h'010000000000000000')"},
    {"20", "-1"},
    {"29", "-10"},
    {"3863", "-100"},
    {"3903e7", "-1000"},
    {"f4", "false"},
    {"f5", "true"},
    {"f6", "null"},
    {"c074323031332d30332d32315432303a30343a30305a", "0(\"2013-03-21T20:04:00Z\")"},
    {"c11a514b67b0", "1(1363896240)"},
    {"d74401020304", "23(h'01020304')"},
    {"d818456449455446", "24(h'6449455446')"},
    {"d82076687474703a2f2f7777772e6578616d706c652e636f6d", "32(\"http://www.example.com\")"},
    {"40", "h''"},
    {"4401020304", "h'01020304'"},
    {"60", "\"\""},
    {"6161", "\"a\""},
    {"6449455446", "\"IETF\""},
    {"62225c", "\"\\\"\\\\\""},
    {"62c3bc", "\"\u00fc\""},
    {"63e6b0b4", "\"\u6c34\""},
    {"64f0908591", "\"\U00010151\""},
    {"80", "[]"},
    {"83010203", "[1, 2, 3]"},
    {"8301820203820405", "[1, [2, 3], [4, 5]]"},
    {"98190102030405060708090a0b0c0d0e0f101112131415161718181819",
     "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]"},
    {"a0", "{}"},
    {"a201020304", "{1: 2, 3: 4}"},
    {"a26161016162820203", "{\"a\": 1, \"b\": [2, 3]}"},
    {"826161a161626163", "[\"a\", {\"b\": \"c\"}]"},
    {"a56161614161626142616361436164614461656145",
     "{\"a\": \"A\", \"b\": \"B\", \"c\": \"C\", \"d\": \"D\", \"e\": \"E\"}"},
};

// The appendix' other vectors: numbers beyond 63 bits, floats, undefined, simple values, indefinite lengths.
constexpr const char* kOutside[] = {
    "1bffffffffffffffff",
    "3bffffffffffffffff",
    "f90000",
    "f98000",
    "f93c00",
    "fb3ff199999999999a",
    "f93e00",
    "f97bff",
    "fa47c35000",
    "fa7f7fffff",
    "fb7e37e43c8800759c",
    "f90001",
    "f90400",
    "f9c400",
    "fbc010666666666666",
    "f97c00",
    "f97e00",
    "f9fc00",
    "fa7f800000",
    "fa7fc00000",
    "faff800000",
    "fb7ff0000000000000",
    "fb7ff8000000000000",
    "fbfff0000000000000",
    "f7",
    "f0",
    "f818",
    "f8ff",
    "c1fb41d452d9ec200000",
    "5f42010243030405ff",
    "7f657374726561646d696e67ff",
    "9fff",
    "9f018202039f0405ffff",
    "9f01820203820405ff",
    "83018202039f0405ff",
    "83019f0203ff820405",
    "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
    "bf61610161629f0203ffff",
    "826161bf61626163ff",
    "bf6346756ef563416d7421ff",
};

TEST(Cbor, ReadsAndWritesTheVectorsOfAppendixA) {
  for (const auto& [bytes, diagnostic] : kOfOurModel) {
    const auto value = decode(hex(bytes), Strictness::kDeterministic);
    ASSERT_TRUE(value) << bytes;
    EXPECT_EQ(print(*value), diagnostic);
    EXPECT_EQ(encode(*value), hex(bytes));
  }
}

TEST(Cbor, WritesTheVectorsFromValues) {
  EXPECT_EQ(encode(23), hex("17"));
  EXPECT_EQ(encode(1000000000000), hex("1b000000e8d4a51000"));
  EXPECT_EQ(encode(-1000), hex("3903e7"));
  EXPECT_EQ(encode("\u6c34"), hex("63e6b0b4"));
  EXPECT_EQ(encode(true), hex("f5"));
  EXPECT_EQ(encode(nullptr), hex("f6"));
  EXPECT_EQ(encode(Value::tagged(24, hex("6449455446"))), hex("d818456449455446"));
  EXPECT_EQ(encode(Array{"a", Map{{"b", "c"}}}), hex("826161a161626163"));
  EXPECT_EQ(encode(INT64_MIN), hex("3b7fffffffffffffff"));
  EXPECT_EQ(encode(INT64_MAX), hex("1b7fffffffffffffff"));
}

TEST(Cbor, RefusesWhatEvidenceHasNoUseFor) {
  for (const char* bytes : kOutside) EXPECT_FALSE(decode(hex(bytes))) << bytes;
  EXPECT_FALSE(decode(hex("1b8000000000000000")));
  EXPECT_FALSE(decode(hex("3b8000000000000000")));
}

TEST(Cbor, RefusesTruncationsAndTails) {
  for (const auto& [bytes, diagnostic] : kOfOurModel) {
    const base::Bytes whole = hex(bytes);
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_FALSE(decode(base::View(whole).first(size))) << bytes << " cut to " << size;
    base::Bytes longer = whole;
    longer.push_back(0);
    EXPECT_FALSE(decode(longer)) << bytes;
  }
}

// RFC 8949, 3 and 5.3.1: additional information 28 to 30 is reserved, 31 is for indefinite lengths.
TEST(Cbor, RefusesReservedAndIndefiniteHeadsOfEveryMajorType) {
  for (int first = 0; first < 256; ++first) {
    if ((first & 0x1f) < 28) continue;
    for (const char* rest : {"", "00", "0000", "ff", "00ff", "0000ff"}) {
      base::Bytes bytes{static_cast<std::uint8_t>(first)};
      base::append(bytes, hex(rest));
      EXPECT_FALSE(decode(bytes)) << base::to_hex(bytes);
    }
  }
}

TEST(Cbor, RefusesHeadsLongerThanNeeded) {
  for (const char* bytes :
       {"1800", "1817", "190018", "1900ff", "1a0000ffff", "1b00000000ffffffff", "3817", "3900ff", "580141", "59000141",
        "780161", "980101", "99000101", "b8010102", "b900010102", "d81700", "d900ff00", "5b000000000000000141"})
    EXPECT_FALSE(decode(hex(bytes))) << bytes;
}

TEST(Cbor, ReadsEveryTag) {
  for (std::uint64_t number = 0; number < 600; ++number) {
    const Value value = Value::tagged(number, 0);
    EXPECT_EQ(decode(encode(value)), value) << number;
  }
  EXPECT_EQ(encode(Value::tagged(18, 0)), hex("d200"));
  EXPECT_EQ(decode(hex("dbffffffffffffffff00")).value().tag(), UINT64_MAX);
}

TEST(Cbor, RefusesCountsThatLie) {
  for (const char* bytes : {"9bffffffffffffffff00", "bbffffffffffffffff0000", "5bffffffffffffffff00",
                            "7bffffffffffffffff00", "8200", "a1", "a100", "a30001020304"})
    EXPECT_FALSE(decode(hex(bytes))) << bytes;
}

TEST(Cbor, RefusesAKeyTwice) {
  EXPECT_FALSE(decode(hex("a201020103")));
  EXPECT_FALSE(decode(hex("a3010202030104")));
  EXPECT_TRUE(decode(hex("a201022003")));
  // {1: 2, 3: 4} and {3: 4, 1: 2} are one key.
  EXPECT_FALSE(decode(hex("a2a20102030400a20304010200")));
}

TEST(Cbor, AsksForTheOrderOfKeysOnlyWhenTold) {
  const base::Bytes backwards = hex("a203040102");
  EXPECT_FALSE(decode(backwards, Strictness::kDeterministic));
  const auto value = decode(backwards);
  ASSERT_TRUE(value);
  EXPECT_EQ(encode(*value, Order::kAsGiven), backwards);
  EXPECT_EQ(encode(*value), hex("a201020304"));
}

// RFC 8949, 4.2.1 lists these keys in this order.
TEST(Cbor, WritesKeysInBytewiseOrder) {
  const Value map = Map{{false, 0}, {Array{-1}, 0}, {Array{100}, 0}, {"aa", 0}, {"z", 0}, {-1, 0}, {100, 0}, {10, 0}};
  EXPECT_EQ(print(decode(encode(map)).value()),
            "{10: 0, 100: 0, -1: 0, \"z\": 0, \"aa\": 0, [100]: 0, [-1]: 0, false: 0}");
}

TEST(Cbor, RefusesTextThatIsNotUtf8) {
  for (const char* bytes : {"6180", "61c3", "62c080", "62c328", "63e08080", "63eda080", "64f0808080", "64f4908080",
                            "64f8888080", "62e6b0", "61ff"})
    EXPECT_FALSE(decode(hex(bytes))) << bytes;
  for (const char* bytes : {"62c280", "63e0a080", "63ed9fbf", "63ee8080", "64f0908080", "64f48fbfbf", "6100"})
    EXPECT_TRUE(decode(hex(bytes))) << bytes;
}

TEST(Cbor, HasLimitsOfDepthAndSize) {
  base::Bytes nested(kDepthMax - 1, 0x81);
  nested.push_back(0);
  EXPECT_TRUE(decode(nested));
  nested.insert(nested.begin(), 0x81);
  EXPECT_FALSE(decode(nested));
  EXPECT_FALSE(decode(base::Bytes(100000, 0x81)));
  EXPECT_FALSE(decode(base::Bytes(100000, 0xc0)));

  const base::Bytes fits = encode(base::Bytes(kSizeMax - 5));
  ASSERT_EQ(fits.size(), kSizeMax);
  EXPECT_TRUE(decode(fits));
  EXPECT_FALSE(decode(encode(base::Bytes(kSizeMax - 4))));
}

TEST(Cbor, WritesWhatItIsGivenEvenAKeyTwice) {
  EXPECT_EQ(encode(Map{{1, 2}, {1, 3}}), hex("a201020103"));
  EXPECT_EQ(encode(Map{{2, 2}, {1, 3}}, Order::kAsGiven), hex("a202020103"));
}

}  // namespace
}  // namespace cbor
