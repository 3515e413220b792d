#include "scenarios/engine/virtio_stations.h"

#include <algorithm>

#include "platform/crypto/hash.h"

namespace engine {

namespace {
constexpr std::size_t kEthernet = 14, kQuestion = 32, kNonce = 16;
}

virtio::FarEnd station_on_cable(sim::Random& random) {
  return [&random](base::View frame) -> std::vector<base::Bytes> {
    if (frame.size() <= kEthernet) return {};
    base::Bytes back = base::bytes_of(frame);
    std::swap_ranges(back.begin(), back.begin() + 6, back.begin() + 6);
    if (frame[kEthernet] == 'E') return {back};
    if (frame[kEthernet] != 'P') return {};
    back.resize(kEthernet + 1 + kQuestion);
    back[kEthernet] = 'Q';
    random.fill(std::span(back).subspan(kEthernet + 1));
    return {back};
  };
}

virtio::FarEnd operator_at_console(std::string password) {
  return [password = std::move(password)](base::View shown) -> std::vector<base::Bytes> {
    const std::string text = base::text_of(shown);
    if (text.ends_with("login: ")) return {base::bytes_of(std::string_view("root\n"))};
    if (text.ends_with("password: ")) return {base::bytes_of(std::string_view(password + "\n"))};
    return {};
  };
}

virtio::FarEnd agent_of_owner(base::Bytes key) {
  return [key = std::move(key)](base::View asked) -> std::vector<base::Bytes> {
    if (asked.size() != kNonce) return {};
    base::Bytes covered = base::bytes_of(asked), out = base::bytes_of(std::string_view(kOrder));
    base::append(covered, out);
    base::append(out, crypto::hmac_sha256(key, covered));
    return {out};
  };
}

}  // namespace engine
