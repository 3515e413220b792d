#pragma once
// Where processors, memory and links meet: carries config and memory accesses down to the port that they belong to,
// and what devices ask for through the IOMMU to memory or to a peer. What gets no answer reads as all ones.
#include <map>
#include <memory>
#include <string>

#include "platform/pcie/iommu.h"
#include "platform/pcie/root_port.h"

namespace pcie {

// System memory as devices reach it. Whoever owns pages is asked behind this face.
struct DmaAccess {
  tlp::RequesterId requester = 0;
  std::uint64_t address = 0;  // system physical
  std::uint64_t iova = 0;     // as the device gave it
  bool trusted = false;       // T bit, over a secure stream
  std::uint32_t owner = 0;    // the guest that a trusted requester is bound to, else 0
  bool translated = false;    // by the device's own word: `iova` is the system's address too
};
class HostMemory {
 public:
  virtual ~HostMemory() = default;
  // Never crosses a 4 KiB page. Nothing, or false: refused.
  virtual std::optional<base::Bytes> dma_read(const DmaAccess& access, std::size_t size) = 0;
  virtual bool dma_write(const DmaAccess& access, base::View bytes) = 0;
};

struct MmioRead {
  Outcome outcome = Outcome::kOk;
  base::Bytes bytes;  // all ones unless kOk
};

class RootComplex {
 public:
  RootComplex(std::string at, HostMemory& memory, Iommu& iommu, trust::Defences& defences)
      : at_(std::move(at)), memory_(memory), iommu_(iommu), defences_(defences) {
    iommu_.invalidates_by([this](IommuTable table, tlp::RequesterId requester, std::optional<std::uint64_t> page) {
      return invalidate(table, requester, page);
    });
  }
  RootComplex(const RootComplex&) = delete;
  RootComplex& operator=(const RootComplex&) = delete;

  // A port of bus 0. It outlives this.
  void add(RootPort& port, unsigned devfn);
  RootPort* port_of(tlp::RequesterId target);  // a root port itself, or the one above the target's bus

  // Software's config access: 1, 2 or 4 bytes that do not cross a DW. `trusted` only means something over a stream.
  std::uint32_t config_read(tlp::RequesterId target, unsigned offset, unsigned size, bool trusted = false);
  void config_write(tlp::RequesterId target, unsigned offset, unsigned size, std::uint32_t value, bool trusted = false);

  // A processor's access to device memory; a T bit only for what a TSM mapped private.
  MmioRead mmio_read(std::uint64_t address, std::size_t size, bool trusted);
  Outcome mmio_write(std::uint64_t address, base::View bytes, bool trusted);

 private:
  struct Completed {
    tlp::Status status;
    base::Bytes data;
  };
  Completion config(tlp::RequesterId target, unsigned offset, unsigned size, std::optional<std::uint32_t> value,
                    bool trusted);
  RootPort* port_at(std::uint64_t address, std::size_t size);
  void from_device(RootPort& from, const Arrived& request);
  Completed carry_out(RootPort& from, const Arrived& request);
  bool invalidate(IommuTable table, tlp::RequesterId requester, std::optional<std::uint64_t> page);
  Completed to_peer(RootPort& peer, const tlp::Tlp& packet, std::uint64_t address);

  std::string at_;
  HostMemory& memory_;
  Iommu& iommu_;
  trust::Defences& defences_;
  std::map<unsigned, RootPort*> ports_;  // by devfn on bus 0
  std::uint8_t invalidation_tag_ = 0;
  std::optional<ats::Confirmation> confirmed_;
};

}  // namespace pcie
