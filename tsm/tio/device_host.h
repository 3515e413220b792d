#pragma once
// What a host does for platform firmware that speaks to devices, whatever the technology; and a device as such firmware gets it.
#include <cstdint>
#include <vector>

#include "platform/cpu/technology.h"
#include "tsm/tio/device_manager.h"
#include "tsm/tio/mmio_table.h"

namespace tio {

struct MemoryRange {
  std::uint64_t base = 0, bytes = 0;
};

// The host's drivers of one device. `function` is an interface's number on the bus.
class DeviceHost {
 public:
  virtual ~DeviceHost() = default;
  virtual void connected() = 0;                                             // keys are in place: both ends of the stream are enabled
  virtual void give_memory(const cpu::Vm& vm, std::uint16_t function) = 0;  // assigned to that guest, where the host maps it
  virtual void take_memory(const cpu::Vm& vm, std::uint16_t function) = 0;
  virtual std::vector<MemoryRange> memory(std::uint16_t function) const = 0;  // of the system, ascending: what its BARs say
  virtual void map_dma(const cpu::Vm& vm, std::uint16_t function) = 0;      // the host's tables for the card lead the guest's addresses to its pages
  // What the status registers of the stream say, at both ends.
  virtual bool secure() const { return true; }
};

struct Attachment {
  DeviceManager* firmware = nullptr;
  MmioTable* mmio = nullptr;
  DeviceHost* host = nullptr;
  std::uint16_t root_port = 0;                    // its number on the bus
  std::vector<DeviceManager::Function> functions; // the mailbox's first
  ide::StreamId stream = 0;                       // that the host sets up for it
};

}  // namespace tio
