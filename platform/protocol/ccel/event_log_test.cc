#include "platform/protocol/ccel/event_log.h"

#include <gtest/gtest.h>

#include <numeric>

namespace ccel {
namespace {

template <class A>
class OfAlgorithm : public testing::Test {
 public:
  using Algorithm = A;
  using Log = EventLog<A, 4>;
  using OneEvent = Event<A, 4>;
  static Log log() {
    return {.spec_id = {},
            .events = {OneEvent::of(1, kEventSeparator, base::Bytes(4)),
                       OneEvent::of(2, kEventIpl, base::view_of("event-1")),
                       OneEvent::of(2, kEventIpl, base::view_of("event-2")),
                       OneEvent::of(0, kEventTag, base::view_of("the initial measurement")),
                       OneEvent::of(3, kEventNoAction, base::view_of("a remark")), OneEvent::of(4, kEventTag, {})}};
  }
};
using Algorithms = testing::Types<Sha256, Sha384>;
TYPED_TEST_SUITE(OfAlgorithm, Algorithms);

TYPED_TEST(OfAlgorithm, IsReadAsItWasWrittenWithOrWithoutTheRestOfItsArea) {
  using Log = typename TestFixture::Log;
  auto raw = this->log().encode();
  EXPECT_EQ(*Log::decode(raw), this->log());
  raw.resize(raw.size() + 100, 0xff);
  EXPECT_EQ(*Log::decode(raw), this->log());
  raw.back() = 0;
  EXPECT_FALSE(Log::decode(raw));
}

TYPED_TEST(OfAlgorithm, EveryTruncationIsRefusedOrEndsWithAWholeEvent) {
  const auto raw = this->log().encode();
  std::size_t whole = 0;
  for (std::size_t n = 0; n < raw.size(); ++n) {
    const auto got = TestFixture::Log::decode(base::View(raw).first(n));
    if (!got) continue;
    ++whole;
    EXPECT_EQ(got->encode(), base::bytes_of(base::View(raw).first(n)));
  }
  EXPECT_EQ(whole, this->log().events.size());
}

TYPED_TEST(OfAlgorithm, RefusesAnotherAlgorithmAndUnknownRegisters) {
  using Log = typename TestFixture::Log;
  const std::size_t digest = sizeof(typename TypeParam::Digest), first = Log{}.encode().size();
  const auto other = static_cast<std::uint8_t>(TypeParam::kNumber ^ 0x0b ^ 0x0c);
  const std::pair<std::size_t, std::uint8_t> kLies[] = {{4, 4},
                                                        {28, 0x20},
                                                        {32, 'x'},
                                                        {56, 2},
                                                        {60, other},
                                                        {62, 16},  // of the first record
                                                        {first, 5},
                                                        {first + 8, 2},
                                                        {first + 12, other},
                                                        {first + 17 + digest, 1}};
  for (auto [at, to] : kLies) {
    auto raw = this->log().encode();
    raw[at] = to;
    EXPECT_FALSE(Log::decode(raw)) << at;
  }
}

TYPED_TEST(OfAlgorithm, HasALimit) {
  typename TestFixture::Log many;
  many.events.assign(kEventsMax, TestFixture::OneEvent::of(1, kEventTag, {}));
  EXPECT_TRUE(TestFixture::Log::decode(many.encode()));
  many.events.push_back(many.events[0]);
  EXPECT_FALSE(TestFixture::Log::decode(many.encode()));
  EXPECT_FALSE(TestFixture::Log::decode(base::Bytes(kEventLogSizeMax + 1, 0xff)));
}

TYPED_TEST(OfAlgorithm, AnErrorSaysWhichEventAndWhere) {
  using Log = typename TestFixture::Log;
  auto raw = this->log().encode();
  raw[Log{}.encode().size() + 8] = 3;
  const auto got = Log::decode(raw);
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().field.starts_with("events[0]")) << got.error().field;
  EXPECT_GE(got.error().offset, Log{}.encode().size());
}

TYPED_TEST(OfAlgorithm, ReplaysWhatExtendsItsRegistersInOrder) {
  const auto log = this->log();
  const auto replayed = log.template replay<base::Bytes>([](const base::Bytes& before, const auto& digest) {
    auto out = before;
    base::append(out, digest);
    return out;
  });
  const auto digests = [](std::initializer_list<std::string_view> texts) {
    base::Bytes out;
    for (const auto text : texts) base::append(out, TypeParam::of(base::view_of(text)));
    return out;
  };
  EXPECT_EQ(replayed[0], digests({std::string_view("\0\0\0\0", 4)}));
  EXPECT_EQ(replayed[1], digests({"event-1", "event-2"}));
  EXPECT_EQ(replayed[2], base::Bytes{}) << "a remark extends nothing";
  EXPECT_EQ(replayed[3], digests({""}));
}

// The first record of a log that Google's firmware left (github.com/google/go-tdx-guest,
// testing/testdata/ccel/ccel_data.dat).
TEST(EventLog, BeginsAsFirmwareHasIt) {
  const auto raw = EventLog<Sha384, 4>{}.encode();
  EXPECT_EQ(base::to_hex(raw),
            "01000000"
            "03000000"
            "0000000000000000000000000000000000000000"
            "21000000"
            "53706563204944204576656e743033000000000000020002010000000c00300000");
}

// A table of Google's firmware (the same place, ccel_table.dat).
TEST(EventLog, TheAcpiTableIsThatOfFirmware) {
  CcelTable table;
  table.checksum = 0x69;
  table.oem_id = {'I', 'N', 'T', 'E', 'L', ' '};
  table.oem_table_id = {'E', 'D', 'K', '2', ' ', ' ', ' ', ' '};
  table.oem_revision = 2;
  table.creator_id = 0x20202020;
  table.creator_revision = 0x01000013;
  table.log_length = 0x40000;
  table.log_address = 0xbedbf000;
  const auto raw = wire::encode(table);
  EXPECT_EQ(base::to_hex(raw),
            "4343454c380000000169494e54454c2045444b3220202020020000002020202013000001"
            "02000000000004000000000000f0dbbe00000000");
  EXPECT_EQ(std::accumulate(raw.begin(), raw.end(), 0u) % 256, 0u);
}

}  // namespace
}  // namespace ccel
