#pragma once
// Where a guest's kernel under SEV-SNP finds what it shares with firmware and host.
#include "tsm/abi/sev_guest.h"

namespace engine {

class World;
tsm_abi::SevLayout sev_layout(const World& world, std::uint8_t vmpl);

}  // namespace engine
