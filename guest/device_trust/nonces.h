#pragma once
// The guest's nonces: each is random, asked with once, and answered once.
#include <functional>
#include <set>
#include <span>

#include "platform/protocol/spdm/header.h"
#include "platform/trust/defence.h"

namespace device_trust {

// Fills the span from the CPU, never from the host.
using Random = std::function<void(std::span<std::uint8_t>)>;

class Nonces {
 public:
  explicit Nonces(Random random) : random_(std::move(random)) {}

  // Refuses when the source repeats itself: what it gives then proves nothing.
  trust::Result<spdm::Nonce> draw(trust::Defences& defences, std::string_view at);

 private:
  Random random_;
  std::set<spdm::Nonce> drawn_{};
};

void collect_nonce_defences(std::vector<const trust::Defence*>& into);

}  // namespace device_trust
