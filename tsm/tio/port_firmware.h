#pragma once
// Thin platform firmware for TEE-I/O at one root port: it writes keys that a confidential VM chose into the VM's own stream, ties the
// device function to that VM for trusted DMA, and says whose private MMIO the function's ranges are. It speaks no SPDM and judges no
// device; that is the VM's business. Promise: what one VM has taken no other VM is given before it was released.
#include <cstdint>
#include <map>
#include <string>

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

  trust::Result<> program(Owner owner, ide::StreamId stream, const pcie::KeySlot& slot, const ide::Key& key);
  trust::Result<> go(Owner owner, ide::StreamId stream, unsigned key_set, ide::Direction direction);
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

  // The VM that the function acts for; 0: none.
  Owner owner_of(tlp::RequesterId function) const;

 private:
  std::optional<trust::Refusal> may_key(Owner owner, ide::StreamId stream) const;
  void give_up(Owner owner);
  bool leads_to(ide::StreamId stream, tlp::RequesterId function) const;

  std::string at_;
  pcie::RootPort& port_;
  pcie::Iommu& iommu_;
  trust::Defences& defences_;
  std::map<ide::StreamId, Owner> streams_;
  std::map<tlp::RequesterId, std::pair<Owner, ide::StreamId>> bound_;
};

std::vector<const trust::Defence*> port_defences();

}  // namespace tio
