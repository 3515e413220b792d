#pragma once
// What a guest's call of its technology comes back with: a value, or what stood in its way.
#include <cstdint>
#include <optional>

#include "platform/trust/defence.h"

namespace tsm_abi {

enum class Problem {
  kNone,
  kRefused,        // a defence of the guest spoke: see refusal
  kNotPresent,     // this guest has no such thing
  kHostError,      // the hypervisor did not carry it out
  kBusy,           // it stayed busy for as many attempts as there are
  kFirmwareError,  // `code` is the security manager's status
  kMessageStatus,  // `code` is the status inside the sealed answer
  kMalformed,      // an authentic answer that makes no sense
  kInstruction,    // `code` is the instruction's result
};

template <class T>
struct [[nodiscard]] Answer {
  std::optional<T> value{};
  Problem problem = Problem::kNone;
  std::uint32_t code = 0;
  std::optional<trust::Refusal> refusal{};
  explicit operator bool() const { return value.has_value(); }
  T& operator*() { return *value; }
  const T& operator*() const { return *value; }
  const T* operator->() const { return &*value; }
};

struct Done {};

struct CpuidResult {
  std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
  bool operator==(const CpuidResult&) const = default;
};

}  // namespace tsm_abi
