#include "scenarios/explore/coverage.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/engine/play.h"

namespace explore {

namespace {

constexpr std::size_t kDigitsKept = 2;
constexpr std::uint64_t kBasis = 0xCBF2'9CE4'8422'2325;
constexpr std::string_view kEdges = "coverage/";  // an artifact for each VM whose program tells (guest/remote/PROTOCOL.md)

// FNV-1a: the same on every machine.
std::uint64_t hash_of(std::string_view text, std::uint64_t from) {
  for (const char c : text) from = (from ^ static_cast<std::uint8_t>(c)) * 0x100'0000'01B3;
  return from;
}

// One feature for each edge of a VM's program.
std::vector<std::uint64_t> edges_of(const std::string& file, const base::Bytes& map) {
  std::vector<std::uint64_t> out;
  const auto basis = hash_of(file, kBasis);
  for (std::size_t edge = 0; edge < 8 * map.size(); ++edge)
    if ((map[edge / 8] >> edge % 8 & 1) != 0) out.push_back(hash_of(std::to_string(edge), basis));
  return out;
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

// Of the play.
std::vector<std::uint64_t> features_of(const engine::Verdict& verdict) {
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

}  // namespace

Coverage::Fresh Coverage::add(const engine::Verdict& verdict) {
  Fresh fresh;
  for (const auto& [file, map] : verdict.artifacts) {
    if (!file.starts_with(kEdges)) continue;
    auto& count = edges_[file.substr(kEdges.size())];
    for (const auto edge : edges_of(file, map)) {
      const auto news = known_.insert(edge).second;
      count += news, fresh.edges += news;
    }
  }
  fresh.all = fresh.edges;
  for (const auto feature : features_of(verdict)) fresh.all += known_.insert(feature).second;
  return fresh;
}

}  // namespace explore
