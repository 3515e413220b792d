#include "platform/pcie/doe_driver.h"

#include <algorithm>

#include "platform/protocol/doe/data_object.h"

namespace pcie {
namespace {

constexpr int kPollsMax = 64;
constexpr std::uint32_t kAnswerDwordsMax = 0x4000;
constexpr std::size_t kHeaderSize = doe::kHeaderDwords * doe::kDword;

}  // namespace

std::optional<base::Bytes> exchange_object(RootComplex& root, tlp::RequesterId target, unsigned doe,
                                           base::View object) {
  for (std::size_t at = 0; at < object.size(); at += doe::kDword) {
    std::uint32_t word = 0;
    for (std::size_t i = std::min(object.size() - at, doe::kDword); i-- > 0;) word = word << 8 | object[at + i];
    root.config_write(target, doe + kDoeWrite, 4, word);
  }
  root.config_write(target, doe + kDoeControl, 4, kDoeGo);
  for (int polls = 0; polls < kPollsMax; ++polls) {
    const std::uint32_t status = root.config_read(target, doe + kDoeStatus, 4);
    if (status == 0xffff'ffff || (status & kDoeError) != 0) {
      root.config_write(target, doe + kDoeControl, 4, kDoeAbort);
      return std::nullopt;
    }
    if ((status & kDoeReady) == 0) {
      if ((status & kDoeBusy) == 0) return std::nullopt;  // the object was dropped
      continue;
    }
    // The second dword says how many there are.
    base::Bytes answer;
    for (std::size_t left = doe::kHeaderDwords; left > 0; --left) {
      base::append_le<std::uint32_t>(answer, root.config_read(target, doe + kDoeRead, 4));
      root.config_write(target, doe + kDoeRead, 4, 0);
      if (answer.size() != kHeaderSize) continue;
      const std::uint32_t dwords = base::load_le<std::uint32_t>(answer, doe::kDword) & doe::kLengthMask;
      if (dwords < doe::kHeaderDwords || dwords > kAnswerDwordsMax) return std::nullopt;
      left += dwords - doe::kHeaderDwords;
      answer.reserve(doe::kDword * dwords);
    }
    return answer;
  }
  return std::nullopt;
}

}  // namespace pcie
