#include "tests/fuzz/corpus.h"

#include <stdexcept>

namespace fuzz {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string line_of(base::View input) {
  std::string out;
  for (std::size_t i = 0; i < input.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, input.size() - i);
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k) three = three << 8 | (k < have ? input[i + k] : 0);
    for (std::size_t k = 0; k < 4; ++k) out += k <= have ? kDigits[three >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::vector<base::Bytes> inputs_of(std::string_view text) {
  std::vector<base::Bytes> out;
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with('#')) continue;
    if (line.size() % 4 != 0) throw std::runtime_error("line " + std::to_string(number) + " is cut short");
    while (line.ends_with('=')) line.remove_suffix(1);
    base::Bytes input;
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const auto digit = kDigits.find(line[i]);
      if (digit == kDigits.npos) throw std::runtime_error("line " + std::to_string(number) + " is no base64");
      bits = bits << 6 | static_cast<std::uint32_t>(digit);
      if (i % 4 != 0) input.push_back(static_cast<std::uint8_t>(bits >> (6 - 2 * (i % 4))));
    }
    out.push_back(std::move(input));
  }
  return out;
}

}  // namespace fuzz
