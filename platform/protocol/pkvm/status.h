#pragma once
// What EL2 answers: negative error numbers of Linux to the host, SMCCC results to either side.
#include <cstdint>
#include <string_view>

namespace pkvmproto {

enum class Errno : std::int64_t {
  kOk = 0,
  kPerm = -1,
  kNoEnt = -2,
  kTooBig = -7,
  kAgain = -11,
  kNoMem = -12,
  kFault = -14,
  kBusy = -16,
  kInval = -22,
  kOpNotSupp = -95,
  kHwPoison = -133,
};

// Arm SMC Calling Convention 1.6, 7.1.
inline constexpr std::int64_t kSmcccSuccess = 0;
inline constexpr std::int64_t kSmcccNotSupported = -1;
inline constexpr std::int64_t kSmcccInvalidParameter = -3;

// "EPERM"; "E?" for a number without a name here.
std::string_view name_of(Errno error);

}  // namespace pkvmproto
