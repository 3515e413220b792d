#pragma once
// What the machines of tests have in common: defences, some of which are lifted, memory, a host, and the boundary between it and whoever
// protects VMs.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/memory/encrypted_memory.h"
#include "platform/trust/boundary.h"
#include "platform/trust/defence.h"
#include "platform/vmm/hypervisor.h"

namespace vmm {

inline std::unique_ptr<trust::Defences> lift(const std::vector<std::string>& ids) {
  auto all = std::make_unique<trust::Defences>();
  for (const auto& id : ids) all->lift(id);
  return all;
}

struct TestHost {
  static constexpr std::uint64_t kBytes = 64ull << 20;

  explicit TestHost(const std::vector<std::string>& lifted,
                    const std::function<memory::Settings(trust::Defences&)>& settings =
                        [](trust::Defences&) { return memory::Settings{.bytes = kBytes}; })
      : defences(lift(lifted)), memory(settings(*defences)) {}

  base::Bytes read(memory::KeyId key, std::uint64_t spa, std::size_t count = 4096) {
    base::Bytes out(count);
    (void)static_cast<bool>(memory.read(key, spa, out));
    return out;
  }

  std::unique_ptr<trust::Defences> defences;
  memory::EncryptedMemory memory;
  Hypervisor host{memory, 16ull << 20, 48ull << 20};
  trust::Boundary calls{"tsm0.call"};
};

}  // namespace vmm
