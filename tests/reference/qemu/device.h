#pragma once
// A stand-in for a network card, as far as the comparison with QEMU needs one: registers that remember. Glacis has no
// virtio.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "platform/pcie/endpoint.h"

namespace qemu {

struct DeviceShape {
  pcie::Identity identity;
  std::vector<pcie::Bar> bars;
  pcie::MsixShape msix;
  bool no_soft_reset = true;
  bool has_aer = false, has_ats = false;
  unsigned register_bar = 0;
  std::vector<std::pair<std::uint64_t, std::size_t>> writable;  // offset and size
};

class Device final : public pcie::Function {
 public:
  explicit Device(const DeviceShape& shape);

  pcie::ConfigSpace& config() override { return config_; }
  std::optional<base::Bytes> mmio_read(unsigned bar, std::uint64_t offset, std::size_t size,
                                       const pcie::Origin& origin) override;
  bool mmio_write(unsigned bar, std::uint64_t offset, base::View bytes, const pcie::Origin& origin) override;
  void reset(pcie::Reset kind) override;

 private:
  DeviceShape shape_;
  pcie::ConfigSpace config_;
  base::Bytes registers_;
};

DeviceShape net_shape();

}  // namespace qemu
