#include "guest/config/cloud_config.h"

#include <algorithm>

namespace config {

namespace {

constexpr std::string_view kFirst = "#cloud-config", kKeys = "ssh_authorized_keys:", kItem = "  - ";

bool printable(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

std::optional<CloudConfig> cloud_config_of(std::string_view text) {
  if (text.size() > kConfigMax) return std::nullopt;
  CloudConfig out;
  bool first = true, in_keys = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!printable(line)) return std::nullopt;
    if (first) {
      if (line != kFirst) return std::nullopt;
      first = false;
    } else if (line == kKeys && !in_keys) {
      in_keys = true;
    } else if (in_keys && line.starts_with(kItem) && line.size() > kItem.size() && out.ssh_authorized_keys.size() < kKeysMax) {
      out.ssh_authorized_keys.emplace_back(line.substr(kItem.size()));
    } else {
      return std::nullopt;
    }
  }
  if (first) return std::nullopt;
  return out;
}

}  // namespace config
