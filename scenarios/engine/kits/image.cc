#include "scenarios/engine/kits/image.h"

#include "scenarios/engine/world.h"

namespace engine {

base::Bytes image_page(std::string_view what) {
  base::Bytes page(4096);
  const std::uint64_t name = sim::fnv1a(what);
  // Byte i is byte i % 8 of the name, xored with i.
  for (std::size_t i = 0; i < page.size(); i += 8)
    base::store_le<std::uint64_t>(page, i, name ^ 0x0706'0504'0302'0100 ^ (i & 0xF8) * 0x0101'0101'0101'0101);
  return page;
}

cpu::LaunchPage firmware_page(const VmState& vm) {
  return {kFirmwareGpa, image_page(vm.host_tenant ? "the host's own image" : "firmware"), cpu::LaunchPage::Kind::kMeasured};
}

cpu::LaunchPage kernel_page() { return {kKernelGpa, image_page("kernel"), cpu::LaunchPage::Kind::kUnmeasured}; }

cpu::LaunchPage configuration_page() { return {kConfigGpa, image_page("configuration"), cpu::LaunchPage::Kind::kUnmeasured}; }

}  // namespace engine
