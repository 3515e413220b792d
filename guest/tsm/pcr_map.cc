#include "guest/tsm/pcr_map.h"

#include <algorithm>
#include <iterator>

namespace tsm {

namespace {

struct Row {
  std::uint32_t mr_index, first_pcr, last_pcr;
};
constexpr Row kFirmwareGuide[] = {{0, 0, 0}, {1, 1, 1}, {1, 7, 7}, {2, 4, 5}, {3, 8, 15}};  // nothing for 2, 3 and 6
constexpr Row kUefi[] = {{0, 0, 0}, {1, 1, 1}, {1, 7, 7}, {2, 2, 6}, {3, 8, 15}};
constexpr std::uint32_t kPcrs = 24, kRegisters = 5;

std::pair<const Row*, const Row*> rows_of(PcrMap map) {
  return map == PcrMap::kUefi ? std::pair{std::begin(kUefi), std::end(kUefi)} : std::pair{std::begin(kFirmwareGuide), std::end(kFirmwareGuide)};
}

}  // namespace

std::optional<PcrMap> find_pcr_map(std::string_view name) {
  if (name == "guide") return PcrMap::kFirmwareGuide;
  return name == "uefi" ? std::optional(PcrMap::kUefi) : std::nullopt;
}

std::optional<std::uint32_t> register_of_pcr(PcrMap map, std::uint32_t pcr) {
  const auto [first, last] = rows_of(map);
  const auto* found = std::find_if(first, last, [&](const Row& row) { return row.first_pcr <= pcr && pcr <= row.last_pcr; });
  return found == last ? std::nullopt : std::optional(found->mr_index);
}

std::vector<std::uint32_t> pcrs_of_register(PcrMap map, std::uint32_t mr_index) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t pcr = 0; pcr < kPcrs; ++pcr)
    if (register_of_pcr(map, pcr) == mr_index) out.push_back(pcr);
  return out;
}

std::string text_of(PcrMap map) {
  std::string out;
  for (std::uint32_t i = 0; i < kRegisters; ++i) {
    out += i == 0 ? "mrtd" : "rtmr" + std::to_string(i - 1);
    for (const auto pcr : pcrs_of_register(map, i)) out += " " + std::to_string(pcr);
    out += "\n";
  }
  return out;
}

}  // namespace tsm
