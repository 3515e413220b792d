#pragma once
// Thin platform firmware for TEE-I/O at one root port: it writes keys that a confidential VM chose into the VM's own stream, ties the
// device function to that VM for trusted DMA, and says whose private MMIO the function's ranges are. It speaks no SPDM and judges no
// device; that is the VM's business. Promise: what one VM has taken no other VM is given before it was released.
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "platform/pcie/iommu.h"
#include "platform/pcie/root_port.h"
#include "platform/trust/defence.h"

namespace tio {

using Owner = std::uint32_t;  // a VM, by the number its technology knows it by; never 0
inline constexpr Owner kFirmware = ~Owner{0};  // keys that firmware itself agreed on with the device

class PortFirmware {
 public:
  PortFirmware(std::string at, pcie::RootPort& port, pcie::Iommu& iommu, trust::Defences& defences);
  PortFirmware(const PortFirmware&) = delete;
  PortFirmware& operator=(const PortFirmware&) = delete;

  // `others`: the key is not the owner's own, which whoever judges wants to know and nobody else.
  trust::Result<> program(Owner owner, ide::StreamId stream, const pcie::KeySlot& slot, const ide::Key& key, bool others = false);
  trust::Result<> go(Owner owner, ide::StreamId stream, unsigned key_set, ide::Direction direction);
  trust::Result<> go_one(Owner owner, ide::StreamId stream, const pcie::KeySlot& slot);  // of the three sub-streams
  void stop(Owner owner, ide::StreamId stream, const pcie::KeySlot& slot);  // that key is gone
  bool has_key(ide::StreamId stream, const pcie::KeySlot& slot) const;
  bool has(ide::StreamId stream) const { return port_.ide().find(stream) != nullptr; }
  bool secure(ide::StreamId stream) const;
  // What is associated with the stream, as the registers of its block have it (PCIe 6.0, 7.9.26).
  struct Association {
    std::uint32_t rid_1 = 0, rid_2 = 0;
    std::vector<std::array<std::uint32_t, 3>> addresses;
  };
  unsigned address_associations(ide::StreamId stream) const;  // how many blocks there are
  void associate(ide::StreamId stream, const Association& with);
  // The keys of a stream that is the owner's, or nobody's, are erased: it protects nothing until it has new ones.
  void erase_keys(Owner owner, ide::StreamId stream);
  trust::Result<> bind(Owner owner, ide::StreamId stream, tlp::RequesterId function);
  // One page of 4 KiB: `iova` is the guest physical address, `address` the system's. Whether the page is the VM's is asked of the
  // ownership table at each access.
  trust::Result<> map(Owner owner, tlp::RequesterId function, std::uint64_t iova, std::uint64_t address, bool writable = true);
  // Or where tables of the platform's own lead, whatever is mapped; none of both for an empty one.
  void lead(tlp::RequesterId function, pcie::Iommu::Walk walk) { iommu_.lead(function, std::move(walk)); }
  void release(Owner owner, tlp::RequesterId function);
  // The VM is gone: nothing is its any more.
  void forget(Owner owner);

  // Ground truth: a key of the stream is somebody's who does not own it.
  bool keyed_by_others(ide::StreamId stream) const;
  // The VM that the function acts for; 0: none.
  Owner owner_of(tlp::RequesterId function) const;

 private:
  std::optional<trust::Refusal> may_key(Owner owner, ide::StreamId stream) const;
  void give_up(Owner owner);
  std::optional<unsigned> block_of(ide::StreamId stream) const;  // where its registers stand
  bool leads_to(ide::StreamId stream, tlp::RequesterId function) const;

  std::string at_;
  pcie::RootPort& port_;
  pcie::Iommu& iommu_;
  trust::Defences& defences_;
  std::map<ide::StreamId, Owner> streams_;
  std::map<ide::StreamId, std::vector<pcie::KeySlot>> others_;
  std::map<tlp::RequesterId, std::pair<Owner, ide::StreamId>> bound_;
};

std::vector<const trust::Defence*> port_defences();

}  // namespace tio
