#pragma once
// Lays out a function's configuration space: the header, then capabilities one after another in their chains. Every
// call declares fields with what they are after a reset and which bits software may change (PCIe 6.0, chapter 7);
// offsets come back.
#include <array>
#include <cstdint>
#include <optional>

#include "platform/pcie/config_space.h"
#include "platform/pcie/registers.h"

namespace pcie {

struct Identity {
  std::uint16_t vendor = 0, device = 0;
  std::uint8_t revision = 0;
  std::uint32_t class_code = 0;  // 24 bits
  std::uint16_t subsystem_vendor = 0, subsystem = 0;
  bool multifunction = false;
};

struct Bar {
  unsigned index = 0;      // the lower one of a 64-bit pair
  std::uint64_t size = 0;  // a power of two, 16 bytes or more
  bool is_64 = true;
  bool prefetchable = true;
};

struct PcieShape {
  PortType type = PortType::kEndpoint;
  bool flr = true;
  bool tee_io = false;
  unsigned payload_code = 1;  // 128 << code bytes
  bool surprise_down = true;
};

struct MsixShape {
  unsigned vectors = 1;
  unsigned table_bar = 0;
  std::uint32_t table_offset = 0;  // multiple of 8
  unsigned pba_bar = 0;
  std::uint32_t pba_offset = 0;
};

struct IdeShape {
  unsigned selective_streams = 1;
  unsigned address_associations = 1;  // per stream
  bool flow_through = false;
  bool tee_limited = true;
  bool aggregation = false;
  bool pcrc = false;
  unsigned link_streams = 0;  // one for a traffic class, at most 8
};

class ConfigBuilder {
 public:
  explicit ConfigBuilder(ConfigSpace& config) : config_(config) {}

  void type0(const Identity& identity);
  void type1(const Identity& identity);
  void bar(const Bar& bar);

  // Capabilities: the offset of the header.
  unsigned power_management(bool no_soft_reset = true);
  unsigned pcie(const PcieShape& shape);
  unsigned msi();
  unsigned msix(const MsixShape& shape);
  // Extended ones.
  unsigned aer(bool root_port);
  unsigned acs(std::uint16_t capabilities);
  unsigned dpc();
  unsigned ats();
  unsigned serial_number(std::uint64_t serial);
  unsigned doe(std::optional<unsigned> interrupt_message = std::nullopt);
  unsigned ide(const IdeShape& shape);

 private:
  void header(const Identity& identity, unsigned type);
  void field(std::string name, unsigned offset, unsigned size, std::uint32_t reset, std::uint32_t write = 0,
             std::uint32_t clear = 0, std::uint32_t sticky = 0);
  unsigned begin(Capability id, unsigned size);
  unsigned begin(ExtendedCapability id, unsigned version, unsigned size);

  ConfigSpace& config_;
  unsigned next_ = 0x40;            // free from here
  unsigned next_extended_ = 0x100;
  unsigned last_ = 0;               // header to link from, 0 before the first
  unsigned last_extended_ = 0;
};

// ---- what a reader of config space finds ------------------------------------------------------------------------

// Walks the chain as software does; bounded, and blind to what does not lie in it. 0 when there is none.
unsigned find(const ConfigSpace& config, Capability id);
unsigned find(const ConfigSpace& config, ExtendedCapability id, unsigned instance = 0);

// Where a BAR has been placed and how large it is, as far as memory decoding is on. Nothing for one that is not there.
struct Window {
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  bool has(std::uint64_t address, std::uint64_t count = 1) const {
    return address >= base && count <= size && address - base <= size - count;
  }
};
std::optional<Window> bar_window(const ConfigSpace& config, unsigned index);
bool memory_enabled(const ConfigSpace& config);
bool master_enabled(const ConfigSpace& config);

// What a bridge passes down: nothing when the limit lies below the base.
std::optional<Window> memory_window(const ConfigSpace& bridge);
std::optional<Window> prefetch_window(const ConfigSpace& bridge);
bool bus_is_behind(const ConfigSpace& bridge, unsigned bus);
// Whether a config request for the bus goes down: the bus right below does even when the subordinate number is less
// (PCIe 6.0, 7.3.3).
bool config_is_behind(const ConfigSpace& bridge, unsigned bus);

// The IDE capability's selective blocks.
unsigned ide_streams(const ConfigSpace& config, unsigned ide);
unsigned ide_block(const ConfigSpace& config, unsigned ide, unsigned stream);
// Its link blocks: a control register, then a status register.
unsigned ide_link_streams(const ConfigSpace& config, unsigned ide);
constexpr unsigned ide_link_block(unsigned ide, unsigned stream) { return ide + kIdeBlocks + 8 * stream; }

}  // namespace pcie
