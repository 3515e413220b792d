#include "platform/sim/trace.h"

#include <gtest/gtest.h>

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
  Trace again;
  ASSERT_FALSE(again.read(trace.bytes()));
  EXPECT_EQ(again.bytes(), trace.bytes());
  ASSERT_EQ(again.size(), 50u);
  for (std::uint64_t i = 0; i < 50; ++i) EXPECT_EQ(again.format(again.at(i)), trace.format(trace.at(i)));
}

TEST(Trace, TellsAfterReadingHowManyRecordsWereLost) {
  Trace trace(3);
  fill(trace, 5);
  Trace again;
  ASSERT_FALSE(again.read(trace.bytes()));
  EXPECT_EQ(again.lost(), 2u);
}

TEST(Trace, RefusesEveryTruncationAtItsEndAndATailWhereItBegins) {
  Trace trace;
  fill(trace, 3);
  const base::Bytes good = trace.bytes();
  for (std::size_t n = 0; n < good.size(); ++n) {
    const auto error = Trace().read(base::View(good).first(n));
    ASSERT_TRUE(error) << n;
    EXPECT_EQ(error->offset, n);
  }
  base::Bytes tail = good;
  tail.push_back(0);
  const auto error = Trace().read(tail);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->offset, good.size());
}

TEST(Trace, RefusesWhatNoTraceWroteAndSaysWhere) {
  Trace trace;
  fill(trace, 3);
  const base::Bytes good = trace.bytes();
  const std::size_t last = good.size() - sizeof(Record);
  const auto offset_of_bent = [&](std::size_t at, std::uint8_t value) {
    base::Bytes bent = good;
    bent[at] = value;
    const auto error = Trace().read(bent);
    return error ? error->offset : std::size_t{0xBAD};
  };
  EXPECT_EQ(offset_of_bent(0, 'g'), 0u);              // magic
  EXPECT_EQ(offset_of_bent(8, 2), 8u);                // version
  EXPECT_EQ(offset_of_bent(16, 2), last);             // one record less than there is
  EXPECT_EQ(offset_of_bent(23, 1), 16u);              // more records than any trace has
  EXPECT_EQ(offset_of_bent(last + 8, 1), last + 8);   // its number
  EXPECT_EQ(offset_of_bent(last + 16, 200), last + 16);    // a string that is not there
  EXPECT_EQ(offset_of_bent(40, 'd'), 0xBADu);         // another name is as good
}

}  // namespace
}  // namespace sim
