#include "platform/sim/trace.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "platform/base/user_error.h"

namespace sim {
namespace {

void fill(Trace& trace, int records) {
  for (int i = 0; i < records; ++i) {
    Record record{.at = static_cast<Time>(i) * kNanosecond, .a = 1, .b = 2, .c = static_cast<std::uint64_t>(i), .d = 4};
    record.actor = trace.intern(i % 2 == 0 ? "gpu0" : "vm1");
    record.verb = trace.intern("doe.send");
    record.text = trace.intern("hello");
    trace.add(record);
  }
}

TEST(Trace, InternsEachStringOnce) {
  Trace trace;
  EXPECT_EQ(trace.intern(""), 0u);
  const TextId gpu = trace.intern("gpu0");
  EXPECT_EQ(trace.intern(std::string("gpu") + "0"), gpu);
  EXPECT_NE(trace.intern("gpu1"), gpu);
  EXPECT_EQ(trace.text(gpu), "gpu0");
  EXPECT_EQ(trace.text(999), "?");
}

TEST(Trace, KeepsRecordsAcrossChunks) {
  Trace trace;
  fill(trace, 10000);
  ASSERT_EQ(trace.size(), 10000u);
  for (std::uint64_t i : {0u, 4095u, 4096u, 9999u}) {
    EXPECT_EQ(trace.at(i).sequence, i);
    EXPECT_EQ(trace.at(i).c, i);
  }
}

TEST(Trace, CountsWhatItsLimitTurnsAway) {
  Trace trace(3);
  fill(trace, 5);
  EXPECT_EQ(trace.size(), 3u);
  EXPECT_EQ(trace.lost(), 2u);
}

TEST(Trace, FormatsByTheVerb) {
  Trace trace;
  Record record{.at = 12 * kMicrosecond + 500, .a = 255, .b = 7};
  record.actor = trace.intern("gpu0");
  record.verb = trace.intern("rmp.update page={a:x} owner={b} {odd} {");
  EXPECT_EQ(trace.format(record), "       12.000500 us  gpu0  rmp.update page=0xff owner=7 {odd} {");
  record.text = trace.intern("note");
  EXPECT_TRUE(trace.format(record).ends_with("  note"));
  record.verb = trace.intern("say {text}!");
  EXPECT_TRUE(trace.format(record).ends_with("  say note!"));
}

TEST(Trace, IsReadBackAsWrittenAndEqualRunsAreEqual) {
  Trace trace;
  Trace same;
  Trace other;
  fill(trace, 50);
  fill(same, 50);
  fill(other, 51);
  EXPECT_EQ(trace.bytes(), same.bytes());
  EXPECT_NE(trace.bytes(), other.bytes());
  std::vector<std::string> strings;
  auto records = Trace::read(trace.bytes(), strings);
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 50u);
  for (std::uint64_t i = 0; i < 50; ++i) EXPECT_EQ((*records)[i], trace.at(i));
  EXPECT_EQ(strings.at(trace.at(1).actor), "vm1");
}

TEST(Trace, RefusesEveryTruncationATailAndAForeignId) {
  Trace trace;
  fill(trace, 3);
  base::Bytes good = trace.bytes();
  std::vector<std::string> strings;
  for (std::size_t n = 0; n < good.size(); ++n) EXPECT_FALSE(Trace::read(base::View(good).first(n), strings)) << n;
  base::Bytes tail = good;
  tail.push_back(0);
  EXPECT_FALSE(Trace::read(tail, strings));
  base::Bytes foreign = good;
  foreign[good.size() - sizeof(Record) + 16] = 200;    // actor
  EXPECT_FALSE(Trace::read(foreign, strings));
  for (std::size_t at : {0u, 8u, 16u}) {               // magic, version, count
    base::Bytes bent = good;
    bent[at] ^= 1;
    EXPECT_FALSE(Trace::read(bent, strings)) << at;
  }
}

TEST(Trace, WritesItsBytesToAFile) {
  Trace trace;
  fill(trace, 3);
  const std::string path = testing::TempDir() + "/trace_test.bin";
  trace.write(path);
  std::ifstream file(path, std::ios::binary);
  const base::Bytes read{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(read, trace.bytes());
  EXPECT_THROW(trace.write("/nonexistent/folder/trace"), base::UserError);
}

}  // namespace
}  // namespace sim
