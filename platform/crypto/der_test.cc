#include "platform/crypto/der.h"

#include <gtest/gtest.h>

#include "platform/base/check.h"

namespace crypto::der {
namespace {

base::Bytes hex(std::string_view text) { return base::from_hex(text).value(); }

// X.690, 8.19 and common knowledge.
TEST(Der, WritesWhatX690Shows) {
  EXPECT_EQ(base::to_hex(object_id("2.999.3")), "0603883703");
  EXPECT_EQ(base::to_hex(object_id("1.2.840.113549.1.1.10")), "06092a864886f70d01010a");
  EXPECT_EQ(base::to_hex(object_id("1.3.6.1.4.1.3704.1.1")), "06092b060104019c780101");
  EXPECT_EQ(base::to_hex(integer(0)), "020100");
  EXPECT_EQ(base::to_hex(integer(127)), "02017f");
  EXPECT_EQ(base::to_hex(integer(128)), "02020080");
  EXPECT_EQ(base::to_hex(integer(256)), "02020100");
  EXPECT_EQ(base::to_hex(text(kIa5String, "Milan-B0")), "16084d696c616e2d4230");
  EXPECT_THROW(object_id("1..2"), base::Bug);
  EXPECT_THROW(object_id("1"), base::Bug);
  EXPECT_THROW(object_id("1.2."), base::Bug);
}

TEST(Der, ReadsBackEverySizeAndRefusesEveryTruncation) {
  for (std::size_t size : {0, 1, 127, 128, 255, 256, 65535, 65536}) {
    const base::Bytes content(size, 0x5a);
    const base::Bytes whole = element(kOctetString, content);
    base::View rest = whole;
    std::optional<Element> found = read(rest);
    ASSERT_TRUE(found) << size;
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(found->tag, kOctetString);
    EXPECT_EQ(base::bytes_of(found->content), content);
    EXPECT_EQ(base::bytes_of(found->whole), whole);
    for (std::size_t cut = 0; cut < whole.size(); cut += 1 + size / 300) {
      base::View less = base::View(whole).first(cut);
      EXPECT_FALSE(read(less)) << size << " cut to " << cut;
    }
  }
}

TEST(Der, RefusesOtherFormsOfALength) {
  for (std::string_view bad : {"0480", "048100", "04810100", "0482000100", "04850000000001ff", "1f8101", "04ffff"}) {
    base::Bytes bytes = hex(bad);
    base::View rest = bytes;
    EXPECT_FALSE(read(rest)) << bad;
    EXPECT_EQ(rest.size(), bytes.size());
  }
}

TEST(Der, ReadsNumbersStrictly) {
  for (std::uint64_t value : {0ull, 1ull, 127ull, 128ull, 65535ull, ~0ull}) {
    EXPECT_EQ(read_integer(integer(value)), value);
  }
  for (std::string_view bad :
       {"", "0200", "0201", "0201ff", "02020001", "02010100", "040101", "020a00ffffffffffffffffff"}) {
    EXPECT_FALSE(read_integer(hex(bad))) << bad;
  }
}

TEST(Der, ReadsTextOfTheNamedKindOnly) {
  const base::Bytes turin = text(kIa5String, "Turin");  // the answer points into it
  EXPECT_EQ(read_text(kIa5String, turin), "Turin");
  EXPECT_FALSE(read_text(kUtf8String, text(kIa5String, "Turin")));
  EXPECT_FALSE(read_text(kIa5String, hex("16014100")));
}

}  // namespace
}  // namespace crypto::der
