#pragma once
// Of the interpreter alone: how its terms begin, and names within names.
#include <algorithm>
#include <string>
#include <utility>

#include "platform/protocol/acpi/aml.h"

namespace acpi {

// 20.2: encodings of terms that begin with one byte; those behind 5Bh have a second one.
enum Op : std::uint8_t {
  kZero = 0x00, kOne = 0x01, kName = 0x08, kByte = 0x0A, kWord = 0x0B, kDword = 0x0C, kString = 0x0D, kQword = 0x0E, kScope = 0x10,
  kBuffer = 0x11, kPackage = 0x12, kMethod = 0x14, kDual = 0x2E, kMulti = 0x2F, kExtended = 0x5B, kRoot = 0x5C, kParent = 0x5E,
  kLocal0 = 0x60, kLocal7 = 0x67, kArg0 = 0x68, kArg6 = 0x6E, kStore = 0x70, kAdd = 0x72, kIncrement = 0x75, kSubtract = 0x74,
  kDecrement = 0x76, kShiftLeft = 0x79, kShiftRight = 0x7A, kAnd = 0x7B, kOr = 0x7D, kXor = 0x7F, kLand = 0x90, kLor = 0x91,
  kLnot = 0x92, kLequal = 0x93, kLgreater = 0x94, kLless = 0x95, kIf = 0xA0, kElse = 0xA1, kWhile = 0xA2, kNoop = 0xA3,
  kReturn = 0xA4, kBreak = 0xA5, kOnes = 0xFF
};
enum ExtendedOp : std::uint8_t { kRegion = 0x80, kField = 0x81, kDevice = 0x82, kDebug = 0x31 };

inline bool begins_name(std::uint8_t c) {
  return c == kRoot || c == kParent || c == kDual || c == kMulti || c == '_' || (c >= 'A' && c <= 'Z');
}
inline bool in_name(std::uint8_t c) { return c == '_' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

inline std::string parent_of(const std::string& scope) {
  const auto dot = scope.rfind('.');
  return dot == std::string::npos ? "\\" : scope.substr(0, dot);
}
inline std::string under(const std::string& scope, const std::string& name) {
  return scope == "\\" ? scope + name : scope + "." + name;
}


// A term within a term.
class Deeper {
 public:
  explicit Deeper(unsigned& depth) : depth_(depth) { ++depth_; }
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  unsigned& depth_;
};

}  // namespace acpi
