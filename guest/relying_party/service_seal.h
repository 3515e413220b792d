#pragma once
// How a service's messages are sealed, for both ends. Pure functions.
#include "guest/relying_party/channel.h"
#include "guest/relying_party/service_messages.h"

namespace relying_party {

using ServiceKey = base::Block<32>;
enum class Way : std::uint8_t { kQuestion, kAnswer };

ServiceKey service_key(base::View owner_secret);
// `nonce` of 12 fresh bytes.
base::Bytes seal_service(const ServiceKey& key, Way way, base::View nonce, base::View plain);

struct OpenedService {
  base::Bytes plain;      // what the bytes decrypt to, whether the tag fits or not
  bool tag_fits = false;
};
// Nothing: no message of a service.
std::optional<OpenedService> open_service(const ServiceKey& key, Way way, base::View message);

}  // namespace relying_party
