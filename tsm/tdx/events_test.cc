// Which events of the host's arrive in a TD, and what it sees of the TD's steps.
#include <gtest/gtest.h>

#include "tsm/tdx/event_rules.h"
#include "tsm/tdx/test_machine.h"

namespace tdx {
namespace {

using cpu::EventType;

trust::Result<> posted(trust::Defences& defences, const cpu::Event& event) {
  if (auto no = defences.first_refusal<PostCase>(kPostRules, {event}, "cpu0")) return *no;
  return trust::ok();
}

// Exceptions and reserved vectors, then the ones that a device could have.
TEST(Posting, ReachesInterruptsAndNmisAlone) {
  trust::Defences defences;
  for (unsigned vector = 0; vector < 256; ++vector) {
    const auto v = static_cast<std::uint8_t>(vector);
    EXPECT_EQ(static_cast<bool>(posted(defences, {.vector = v})), vector >= 31) << vector;
    EXPECT_EQ(static_cast<bool>(posted(defences, {.vector = v, .type = EventType::kException})), vector >= 31) << "the type is not posted";
  }
  EXPECT_TRUE(posted(defences, {.vector = 2, .type = EventType::kNmi}));
}

TEST(Posting, LiftedLetsExceptionsThrough) {
  trust::Defences defences;
  defences.lift("tdx.posted.vector");
  EXPECT_TRUE(posted(defences, {.vector = 0, .type = EventType::kException}));
}

// TDX module source, td_exit_stepping: 30 bytes and 4096 ticks, both bounds included.
TEST(Stepping, IsSeenInBytesAndTicks) {
  constexpr struct {
    std::uint32_t bytes;
    std::uint64_t ticks;
    bool by_time, by_instructions;
  } kExpected[] = {{0, 1, true, true},    {30, 4096, true, true},   {31, 1, false, false},
                   {30, 4097, false, true}, {4, 1'000'000, false, true}, {31, 4097, false, false}};
  for (const auto& row : kExpected) {
    EXPECT_EQ(suspicious({row.bytes, row.ticks}, StepFilter::kByTime), row.by_time) << row.bytes << ' ' << row.ticks;
    EXPECT_EQ(suspicious({row.bytes, row.ticks}, StepFilter::kByInstructions), row.by_instructions) << row.bytes << ' ' << row.ticks;
  }
}

TEST(Stepping, HidesBetweenOneAndThirtyTwoSteps) {
  memory::Settings settings;
  settings.bytes = 1 << 20;
  memory::EncryptedMemory memory(settings);
  trust::Defences defences;
  Module module({.memory_bytes = 1 << 20}, memory, defences, 7);
  std::uint32_t least = 99, most = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto steps = module.unseen_steps({.bytes = 4, .tsc_ticks = 100});
    least = std::min(least, steps), most = std::max(most, steps);
  }
  EXPECT_EQ(least, 1u);
  EXPECT_EQ(most, 32u);
  EXPECT_EQ(module.unseen_steps({.bytes = 400, .tsc_ticks = 100}), 0u);
  defences.lift("tdx.stepping.filter");
  EXPECT_EQ(module.unseen_steps({.bytes = 4, .tsc_ticks = 100}), 0u);
}

}  // namespace
}  // namespace tdx
