#pragma once
// A device as far as the comparison with QEMU needs one: registers that remember, some of them NVMe's, and a doorbell
// that fetches a command from memory and posts a completion (NVM Express 1.4, 3.1 and 4.6). It understands no command.
#include <algorithm>
#include <functional>
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
  bool has_doorbell = false;
};

class Device final : public pcie::Function {
 public:
  explicit Device(const DeviceShape& shape);

  void join(pcie::Requester& bus) { bus_ = &bus; }

  pcie::ConfigSpace& config() override { return config_; }
  std::optional<base::Bytes> mmio_read(unsigned bar, std::uint64_t offset, std::size_t size,
                                       const pcie::Origin& origin) override;
  bool mmio_write(unsigned bar, std::uint64_t offset, base::View bytes, const pcie::Origin& origin) override;
  void reset(pcie::Reset kind) override;

 private:
  void run_command();

  DeviceShape shape_;
  pcie::ConfigSpace config_;
  pcie::Requester* bus_ = nullptr;
  base::Bytes registers_;
  unsigned done_ = 0;
};

DeviceShape nvme_shape();
DeviceShape net_shape();

}  // namespace qemu
