#pragma once
// MRTD: the measurement of a TD as it was built, a SHA-384 over one record for each page added and for each 256 bytes of content that
// the host had measured (Intel TDX module 1.5, TDH.MEM.PAGE.ADD, TDH.MR.EXTEND). For the module that makes it and for an owner who knows
// what it has to be.
#include <cstdint>
#include <string_view>

#include "platform/crypto/hash.h"
#include "platform/protocol/tdx/report.h"

namespace tdxproto {

class MrTd {
 public:
  static constexpr std::size_t kChunk = 256;

  void add_page(std::uint64_t gpa);
  void extend(std::uint64_t gpa, base::View chunk);  // kChunk bytes at a multiple of as many
  Measurement finish() { return hash_.finish(); }

 private:
  void record(std::string_view name, std::uint64_t gpa);
  crypto::Hash384 hash_;
};

}  // namespace tdxproto
