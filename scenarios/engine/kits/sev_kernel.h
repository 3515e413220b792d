#pragma once
// A guest's kernel under SEV, SEV-ES or SEV-SNP, and one without any of them.
#include <memory>
#include <vector>

#include "scenarios/engine/guest_kernel.h"
#include "tsm/abi/sev_guest.h"

namespace engine {

std::unique_ptr<GuestKernel> make_sev_kernel(World& world, VmState& vm, GuestMachine& machine);
// Where it finds what it shares with firmware and host.
tsm_abi::SevLayout sev_layout(const World& world, std::uint8_t vmpl);
// What an owner builds for it.
std::vector<cpu::LaunchPage> sev_image(const World& world, const VmState& vm);

}  // namespace engine
