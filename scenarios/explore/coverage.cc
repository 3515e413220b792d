#include "scenarios/explore/coverage.h"

#include <string>
#include <string_view>

#include "scenarios/engine/play.h"

namespace explore {

namespace {

constexpr std::size_t kDigitsKept = 2;

// FNV-1a: the same on every machine.
std::uint64_t hash_of(std::string_view text, std::uint64_t from) {
  for (const char c : text) from = (from ^ static_cast<std::uint8_t>(c)) * 0x100'0000'01B3;
  return from;
}

std::string without_long_numbers(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && std::isxdigit(static_cast<unsigned char>(text[end]))) ++end;
    const bool number = end > i && text.substr(i, end - i).find_first_of("0123456789") != text.npos;
    if (number && end - i > kDigitsKept) out += '#';
    else out += text.substr(i, std::max<std::size_t>(1, end - i));
    i = std::max(end, i + 1);
  }
  return out;
}

}  // namespace

std::vector<std::uint64_t> features_of(const engine::Verdict& verdict) {
  constexpr std::uint64_t kBasis = 0xCBF2'9CE4'8422'2325;
  std::vector<std::uint64_t> out;
  const auto add = [&](std::string_view kind, std::string_view what, std::string_view more = {}) {
    out.push_back(hash_of(more, hash_of(what, hash_of(kind, kBasis)) + 1));
  };
  for (const auto& line : engine::lines_of(verdict.trace)) add("line", line.actor, without_long_numbers(line.text));
  for (const auto& spoken : verdict.spoken) add("spoken", spoken.defence, spoken.at);
  for (const auto& missed : verdict.missed) add("missed", missed);
  for (const auto& [part, state] : verdict.ends) add("end", part, state);
  for (const auto& breach : verdict.breaches) add("breach", without_long_numbers(breach.what));
  add("outcome", engine::name_of(verdict.outcome));
  return out;
}

std::size_t Coverage::add(const std::vector<std::uint64_t>& features) {
  std::size_t fresh = 0;
  for (const auto feature : features) fresh += known_.insert(feature).second;
  return fresh;
}

}  // namespace explore
