#pragma once
// Simulated time: whole picoseconds since the world began. 64 bits last 213 days.
#include <cstdint>
#include <limits>

namespace sim {

using Time = std::uint64_t;

inline constexpr Time kPicosecond = 1;
inline constexpr Time kNanosecond = 1000 * kPicosecond;
inline constexpr Time kMicrosecond = 1000 * kNanosecond;
inline constexpr Time kMillisecond = 1000 * kMicrosecond;
inline constexpr Time kSecond = 1000 * kMillisecond;
inline constexpr Time kNever = std::numeric_limits<Time>::max();

// The sum, or kNever where it would wrap.
constexpr Time after(Time start, Time span) { return span > kNever - start ? kNever : start + span; }

}  // namespace sim
