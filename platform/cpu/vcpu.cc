#include "platform/cpu/vcpu.h"

#include <algorithm>

namespace cpu {

namespace {
constexpr std::uint64_t kPage = 4096;
}

Vcpu::Vcpu(std::string name, Vm& vm, memory::EncryptedMemory& memory, Technology& technology)
    : name_(std::move(name)), vm_(vm), memory_(memory), technology_(technology) {}

AccessResult Vcpu::access(std::uint64_t gpa, std::span<std::uint8_t> out, base::View in, bool write) {
  const std::uint64_t count = write ? in.size() : out.size();
  for (std::uint64_t done = 0; done < count;) {
    const std::uint64_t at = gpa + done;
    const std::uint64_t part = std::min(count - done, kPage - at % kPage);
    const bool meant_private = vm_.space.is_private(at);
    const auto page = technology_.translate(vm_, at, meant_private);
    if (!page || (write && !page->writable)) return {AccessResult::Kind::kNotMapped, at, {}};
    const bool is_private = page->is_private.value_or(meant_private);
    const memory::Access asked{.who = memory::Access::Who::kGuest,
                               .asid = vm_.asid,
                               .gpa = at,
                               .spa = page->spa,
                               .vmpl = vmpl,
                               .write = write,
                               .private_page = is_private,
                               .is_2m = page->size == memory::PageSize::k2M};
    if (auto checked = technology_.table().check(asked); !checked)
      return {AccessResult::Kind::kRefused, at, checked.refusal()};
    const memory::KeyId key = is_private ? vm_.key : memory::KeyId::kNone;
    const auto outcome = write ? memory_.write(key, page->spa, in.subspan(done, part))
                               : memory_.read(key, page->spa, out.subspan(done, part));
    if (!outcome) return {AccessResult::Kind::kMemoryFault, at, {}};
    done += part;
  }
  return {};
}

}  // namespace cpu
