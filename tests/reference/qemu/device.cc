#include "tests/reference/qemu/device.h"

namespace qemu {
namespace {

// NVMe's registers.
constexpr std::size_t kVersion = 0x08, kControl = 0x14, kStatus = 0x1c, kQueueSizes = 0x24, kSubmission = 0x28,
                      kCompletion = 0x30, kDoorbell = 0x1000, kVirtioStatus = 0x14;
constexpr std::size_t kCommandSize = 64, kCompletionSize = 16, kCommandId = 2, kRegisterSize = 0x2000;

}  // namespace

DeviceShape nvme_shape() {
  return {.identity = {.vendor = 0x1b36, .device = 0x0010, .revision = 2, .class_code = 0x010802,
                       .subsystem_vendor = 0x1af4, .subsystem = 0x1100},
          .bars = {{.index = 0, .size = 0x4000, .is_64 = true, .prefetchable = false}},
          .msix = {.vectors = 65, .table_bar = 0, .table_offset = 0x2000, .pba_bar = 0, .pba_offset = 0x3000},
          .writable = {{kControl, 4}, {kQueueSizes, 4}, {kSubmission, 8}, {kCompletion, 8}},
          .has_doorbell = true};
}

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
  if (shape_.has_doorbell) registers_[kVersion + 1] = 4, registers_[kVersion + 2] = 1;
  done_ = 0;
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
  if (!shape_.has_doorbell) return true;
  registers_[kStatus] = registers_[kControl] & 1;
  if (!registers_[kStatus]) done_ = 0;
  if (offset == kDoorbell && registers_[kStatus]) run_command();
  return true;
}

// The phase bit is one on the first way through the queue, which is as far as a test goes.
void Device::run_command() {
  const std::uint64_t from = base::load_le<std::uint64_t>(registers_, kSubmission) + done_ * kCommandSize;
  const auto command = bus_->memory_read(from, kCommandSize, false);
  if (command.outcome != pcie::Outcome::kOk) return;
  base::Bytes completion(kCompletionSize);
  completion[12] = command.bytes[kCommandId], completion[13] = command.bytes[kCommandId + 1];
  completion[14] = 1;
  const std::uint64_t to = base::load_le<std::uint64_t>(registers_, kCompletion) + done_ * kCompletionSize;
  bus_->memory_write(to, completion, false);
  bus_->interrupt(0, false);
  ++done_;
}

}  // namespace qemu
