#pragma once
// The little of cloud-init's user data ("#cloud-config") that a guest acts on, read strictly: whatever else it says is refused, since
// cloud-init would run it.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

inline constexpr std::size_t kConfigMax = 16 * 1024, kKeysMax = 32;

struct CloudConfig {
  std::vector<std::string> ssh_authorized_keys;
};

// Nothing: another form, another key, too much of it.
std::optional<CloudConfig> cloud_config_of(std::string_view text);

}  // namespace config
