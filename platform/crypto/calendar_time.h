#pragma once
// Calendar time, as certificates know it. It always comes from the world, never from a wall clock.
#include <cstdint>

namespace crypto {

// Seconds since 1970-01-01T00:00:00Z, no leap seconds.
using CalendarTime = std::int64_t;

CalendarTime calendar_time(int year, unsigned month, unsigned day, unsigned hour = 0, unsigned minute = 0,
                           unsigned second = 0);

}  // namespace crypto
