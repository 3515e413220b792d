#include "tests/fuzz/corpus.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace fuzz {
namespace {

// RFC 4648, 10.
TEST(Corpus, IsBase64) {
  const std::pair<const char*, const char*> kVectors[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : kVectors) {
    EXPECT_EQ(line_of(base::view_of(plain)), text);
    EXPECT_EQ(base::text_of(inputs_of(std::string(text) + "\n").at(0)), plain);
  }
  EXPECT_EQ(inputs_of("# why\n+/8=\n\nAA==\n"), (std::vector<base::Bytes>{{0xfb, 0xff}, {}, {0}}));
}

TEST(Corpus, NamesTheLineThatItCannotRead) {
  for (const char* text : {"AA==\nAA\n", "AA==\n=A==\n", "AA==\nA-==\n"}) {
    try {
      (void)inputs_of(text);
      ADD_FAILURE() << text;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find("line 2"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace fuzz
