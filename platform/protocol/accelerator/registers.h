#pragma once
// BAR 0 of the emulated accelerator: registers of 8 bytes, little-endian, then from 8000h on a window of
// 32 KiB on the first bytes of its private memory. The format is ours.
#include <cstdint>

namespace accelerator {

inline constexpr std::uint64_t kBar0Size = 0x10000, kBar2Size = 0x1000;
inline constexpr std::uint64_t kDoorbell = 0x00, kStatus = 0x08, kCommand = 0x10, kSource = 0x18, kDestination = 0x20,
                               kLength = 0x28, kPattern = 0x30, kResult = 0x38, kVersion = 0x40;
inline constexpr unsigned kRegisterCount = 9;
inline constexpr std::uint64_t kWindow = 0x8000, kWindowSize = 0x8000;

// `source` and `destination` are bus addresses on the side that faces host memory, offsets into the private memory on
// the other.
enum class Command : std::uint64_t {
  kFetch = 1,     // host memory to private memory
  kGive = 2,      // private memory to host memory
  kCopy = 3,      // private memory to private memory
  kFill = 4,      // private memory with the low byte of the pattern
  kChecksum = 5,  // xor of the 64-bit words of private memory, into the result
};
enum class Status : std::uint64_t {
  kIdle = 0,
  kDone = 1,
  kBadCommand = 2,
  kBadRange = 3,
  kNotPermitted = 4,  // the state of the interface forbids what was asked of the bus
  kBusError = 5,
};

inline constexpr unsigned kVectors = 4;
inline constexpr unsigned kDoneVector = 0;

}  // namespace accelerator
