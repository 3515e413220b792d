#include "platform/protocol/ima/log.h"

#include <gtest/gtest.h>

namespace ima {
namespace {

// Lines that a kernel wrote, from the tests of Keylime (test/test_ima_verification.py, in its repository).
constexpr const char* kLines =
    "10 0c8a706a75a5689c1e168f0a573a3cbec33061b5 ima-sig sha256:e4cb9f5709c88376b5fc3743cd88e76b9aae8f3d992d845678de5215edb31216 boot_aggregate\n"
    "10 06e804489a77ddab51b9ef27e17053c0e5d503bd ima-sig sha1:1cb84b12db45d7da8de58ba6744187db84082f0e /usr/bin/zmore "
    "030202531f402500483046022100bff9c02dc7b270c83cc94bfec10eecd42831de2cdcb04f024369a14623bc3a91022100cc4d015ae932fb98d6846645ed7d1bb1afd4621e"
    "c9089bc087126f191886dd31\n";

std::vector<Entry> some() {
  return {file_entry(Bank::kSha256, Digest{1}, kBootAggregate), file_entry(Bank::kSha256, Digest{2}, "/usr/bin/a path with spaces"),
          violation_entry(Bank::kSha256, "/var/log"), withheld(file_entry(Bank::kSha256, Digest{3}, "/srv/other"))};
}

TEST(ImaLog, HashesTheTemplatesOfARealKernelAsItDid) {
  const auto entries = from_ascii(Bank::kSha1, kLines);
  ASSERT_TRUE(entries.has_value());
  ASSERT_EQ(entries->size(), 2u);
  for (const auto& entry : *entries) EXPECT_TRUE(entry.is_consistent(Bank::kSha1));
  EXPECT_EQ((*entries)[0].path(), "boot_aggregate");
  EXPECT_EQ((*entries)[1].path(), "/usr/bin/zmore");
  EXPECT_EQ((*entries)[1].algorithm(), "sha1");
  EXPECT_EQ(to_ascii(*entries), kLines);
}

TEST(ImaLog, OneOtherByteOfAFieldIsInconsistent) {
  auto entry = file_entry(Bank::kSha256, Digest{7}, "/sbin/init");
  EXPECT_TRUE(entry.is_consistent(Bank::kSha256));
  entry.fields[0].back() ^= 1;
  EXPECT_FALSE(entry.is_consistent(Bank::kSha256));
}

TEST(ImaLog, BothFormsComeBackAsTheyWere) {
  EXPECT_EQ(from_ascii(Bank::kSha256, to_ascii(some())), some());
  EXPECT_EQ(from_binary(Bank::kSha256, to_binary(some())), some());
}

TEST(ImaLog, EveryTruncationOfTheBinaryFormWithinAnEntryIsRefused) {
  const auto whole = to_binary({some()[0]});
  for (std::size_t size = 1; size < whole.size(); ++size) EXPECT_FALSE(from_binary(Bank::kSha256, base::View(whole).first(size))) << size;
  auto longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(from_binary(Bank::kSha256, longer));
}

TEST(ImaLog, TextThatIsNoListIsRefused) {
  for (const char* text : {"10", "10 00 ima-ng sha256:00 /a\n", "x", "99 ", "\n", "10 zz ima-ng a:b c\n"})
    EXPECT_FALSE(from_ascii(Bank::kSha256, text)) << text;
  const std::string line = to_ascii({some()[0]});
  EXPECT_FALSE(from_ascii(Bank::kSha256, line.substr(0, line.size() - 1)));  // no end of line
  EXPECT_FALSE(from_ascii(Bank::kSha1, line));                              // of another bank
}

TEST(ImaLog, AReplayTellsAShorterAnotherAndAReorderedListApart) {
  const auto all = some();
  EXPECT_NE(replay(all), replay({all[0], all[1], all[2]}));
  EXPECT_NE(replay(all), replay({all[1], all[0], all[2], all[3]}));
  auto hidden = all;  // the violation as a file that is fine
  hidden[2] = file_entry(Bank::kSha256, Digest{4}, "/var/log");
  EXPECT_NE(replay(all), replay(hidden));
  // What is kept back replays as what it was.
  EXPECT_EQ(replay({all[0]}), replay({withheld(all[0])}));
}

TEST(ImaLog, AViolationIsExtendedAsOnes) {
  EXPECT_EQ(base::to_hex(replay({violation_entry(Bank::kSha256, "/a")})),
            // SHA-256 of 32 zeroes and 32 ones, where the bytes of the latter are ff
            "bba91ca85dc914b2ec3efb9e16e7267bf9193b14350d20fba8a8b406730ae30a");
}

}  // namespace
}  // namespace ima
