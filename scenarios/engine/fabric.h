#pragma once
// What the cards of a machine hang on: one root complex with its IOMMU and its ports, and memory as devices reach it.
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "platform/memory/encrypted_memory.h"
#include "platform/pcie/iommu.h"
#include "platform/pcie/root_complex.h"

namespace engine {

class Trunk;
class World;
struct DeviceSettings;

class Fabric final : public pcie::HostMemory {
 public:
  explicit Fabric(World& world);
  ~Fabric() override;

  pcie::Iommu& iommu() { return iommu_; }
  pcie::RootComplex& root() { return root_; }
  // The root port that this card is at, with all that is at it.
  Trunk& trunk(const DeviceSettings& card);
  const std::map<std::string, std::unique_ptr<Trunk>>& trunks() const { return trunks_; }  // by their root ports

  std::optional<base::Bytes> dma_read(const pcie::DmaAccess& access, std::size_t size) override;
  bool dma_write(const pcie::DmaAccess& access, base::View bytes) override;

 private:
  struct Reach {
    std::uint64_t spa = 0;
    memory::KeyId key = memory::KeyId::kNone;
  };
  std::optional<Reach> reach(const pcie::DmaAccess& access, bool write);

  World& world_;
  pcie::Iommu iommu_;
  pcie::RootComplex root_;
  std::map<std::string, std::unique_ptr<Trunk>> trunks_;
};

}  // namespace engine
