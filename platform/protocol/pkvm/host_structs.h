#pragma once
// What EL2 reads out of pages that the host shared with it, once.
//
// convention: the layouts are ours; Linux has struct kvm and struct kvm_vcpu, which are no interface and change from
// build to build.
#include <array>
#include <cstdint>
#include <vector>

#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace pkvmproto {

struct HostKvm {
  std::uint64_t handle = 0;
  std::uint64_t pvmfw_load_addr = kNoPvmfw;
  std::uint32_t created_vcpus = 1;
  std::uint32_t is_protected = 1;
  static constexpr std::uint64_t kNoPvmfw = ~std::uint64_t{0};
  using Wire =
      wire::Layout<&HostKvm::handle, &HostKvm::pvmfw_load_addr, &HostKvm::created_vcpus, &HostKvm::is_protected>;
};

struct HostVcpu {
  std::uint32_t index = 0;
  using Wire = wire::Layout<&HostVcpu::index, wire::Reserved<4>{}>;
};

// Where a vCPU's registers stand in the page that holds them: the hypervisor's, and the host's where it is shown them.
inline constexpr std::uint64_t kRegistersAt = 0x400;

}  // namespace pkvmproto
