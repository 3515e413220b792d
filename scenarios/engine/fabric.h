#pragma once
// What the cards of a machine hang on: one root complex with its IOMMU, and memory as devices reach it.
#include <optional>

#include "platform/memory/encrypted_memory.h"
#include "platform/pcie/iommu.h"
#include "platform/pcie/root_complex.h"

namespace engine {

class World;

class Fabric final : public pcie::HostMemory {
 public:
  explicit Fabric(World& world);

  pcie::Iommu& iommu() { return iommu_; }
  pcie::RootComplex& root() { return root_; }

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
};

}  // namespace engine
