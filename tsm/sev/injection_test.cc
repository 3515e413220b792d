// APM vol. 2, 15.36.16 and 15.36.17, as a table: what of a host's events arrives.
#include <gtest/gtest.h>

#include "tsm/sev/injection_rules.h"

namespace sev {
namespace {

using cpu::EventType;

bool arrives(Level level, bool restricted, bool alternate, const cpu::Event& event) {
  trust::Defences defences;
  if (!restricted) defences.lift("snp.injection.restricted");
  if (!alternate) defences.lift("snp.injection.alternate");
  return !defences.first_refusal<InjectionCase>(kInjectionRules, {level, event}, "cpu0");
}

TEST(Injection, OfAnythingIsTheHostsWhereNothingRestrictsIt) {
  for (const Level level : {Level::kSev, Level::kSevEs, Level::kSnp})
    for (unsigned vector = 0; vector < 256; ++vector)
      for (const auto type : {EventType::kInterrupt, EventType::kNmi, EventType::kException, EventType::kSoftware})
        EXPECT_TRUE(arrives(level, false, false, {.vector = static_cast<std::uint8_t>(vector), .type = type}));
}

TEST(Injection, RestrictedLeavesTheDoorbell) {
  for (unsigned vector = 0; vector < 256; ++vector)
    for (const auto type : {EventType::kInterrupt, EventType::kNmi, EventType::kException, EventType::kSoftware}) {
      const bool doorbell = vector == 28 && type == EventType::kException;
      EXPECT_EQ(arrives(Level::kSnp, true, false, {.vector = static_cast<std::uint8_t>(vector), .type = type}), doorbell) << vector;
    }
}

TEST(Injection, AlternateLeavesNothing) {
  EXPECT_FALSE(arrives(Level::kSnp, false, true, {.vector = 28, .type = EventType::kException}));
  EXPECT_FALSE(arrives(Level::kSnp, false, true, {.vector = 0xEC}));
}

TEST(Injection, IsRestrictedUnderSnpAlone) {
  for (const Level level : {Level::kSev, Level::kSevEs}) EXPECT_TRUE(arrives(level, true, true, {.vector = 0x80}));
}

}  // namespace
}  // namespace sev
