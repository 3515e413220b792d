#include "tests/reference/qemu/device.h"

namespace qemu {
namespace {

constexpr std::size_t kVirtioStatus = 0x14, kRegisterSize = 0x2000;

}  // namespace

DeviceShape net_shape() {
  return {.identity = {.vendor = 0x1af4, .device = 0x1041, .revision = 1, .class_code = 0x020000,
                       .subsystem_vendor = 0x1af4, .subsystem = 0x1100},
          .bars = {{.index = 1, .size = 0x1000, .is_64 = false, .prefetchable = false},
                   {.index = 4, .size = 0x4000, .is_64 = true, .prefetchable = true}},
          .msix = {.vectors = 4, .table_bar = 1, .table_offset = 0, .pba_bar = 1, .pba_offset = 0x800},
          .no_soft_reset = false,
          .has_aer = true,
          .has_ats = true,
          .register_bar = 4,
          .writable = {{0, 4}, {kVirtioStatus, 1}}};
}

Device::Device(const DeviceShape& shape) : shape_(shape), registers_(kRegisterSize) {
  pcie::ConfigBuilder build(config_);
  build.type0(shape.identity);
  for (const auto& bar : shape.bars) build.bar(bar);
  build.msix(shape.msix);
  build.power_management(shape.no_soft_reset);
  build.pcie({});
  if (shape.has_aer) build.aer(false);
  if (shape.has_ats) build.ats();
  reset(pcie::Reset::kPowerOn);
}

void Device::reset(pcie::Reset) {
  std::fill(registers_.begin(), registers_.end(), std::uint8_t{0});
}

std::optional<base::Bytes> Device::mmio_read(unsigned bar, std::uint64_t offset, std::size_t size,
                                             const pcie::Origin&) {
  if (bar != shape_.register_bar || offset + size > registers_.size()) return base::Bytes(size);
  return base::bytes_of(base::View(registers_).subspan(offset, size));
}

bool Device::mmio_write(unsigned bar, std::uint64_t offset, base::View bytes, const pcie::Origin&) {
  if (bar != shape_.register_bar) return true;
  for (auto [at, size] : shape_.writable)
    if (offset >= at && bytes.size() <= size && offset - at <= size - bytes.size())
      std::copy(bytes.begin(), bytes.end(), registers_.begin() + static_cast<std::ptrdiff_t>(offset));
  return true;
}

}  // namespace qemu
