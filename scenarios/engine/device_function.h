#pragma once
// One function of a card as the host hands it to guests: its configuration space and memory through the host, its memory and DMA as a
// guest's own, and what firmware does for it. What a guest takes it for is judged here, from ground truth.
#include <map>
#include <optional>
#include <set>
#include <string>

#include "platform/protocol/tdisp/tdisp.h"
#include "platform/protocol/tio/evidence.h"
#include "platform/protocol/tlp/tlp.h"
#include "platform/trust/boundary.h"
#include "scenarios/engine/world.h"
#include "tsm/tio/device_host.h"

namespace endpoint {
class Function;
}

namespace engine {

class DeviceBay;

class DeviceFunction {
 public:
  struct At {
    std::string name;          // of the part in the machine file
    unsigned index = 0;        // on its card
    tlp::RequesterId id = 0;
    std::uint64_t bar0 = 0, bar2 = 0;  // system addresses
  };
  DeviceFunction(World& world, DeviceBay& bay, const At& at);
  DeviceFunction(const DeviceFunction&) = delete;
  DeviceFunction& operator=(const DeviceFunction&) = delete;

  const std::string& name() const { return at_.name; }
  const At& at() const { return at_; }
  DeviceBay& bay() { return bay_; }
  // As TDISP names it.
  tdisp::FunctionId interface() const;
  // BARs, memory and bus-master enable.
  void set_up();

  // ---- the host carries ----
  std::uint32_t config_read(unsigned offset);
  void config_write(unsigned offset, std::uint32_t value);
  // By the guest. Over the stream with the T bit when the function acts for this guest, through the host otherwise.
  std::optional<base::Bytes> mmio_read(VmState& vm, unsigned bar, std::uint64_t offset, std::size_t size);
  bool mmio_write(VmState& vm, unsigned bar, std::uint64_t offset, base::View bytes);
  // Shared memory that the host lets the device reach, at the guest's own addresses.
  void map_shared(VmState& vm, std::uint64_t gpa, std::uint64_t bytes);
  // What firmware that speaks to the device found, as the host carries it to the guest.
  std::optional<base::Bytes> evidence(tio::EvidencePart part);

  // ---- the host for itself ----
  // Where a register of the function, of its root port or of the port right above the card is by name: command, bar0, bar2,
  // window (of a bridge), acs-control, stream-control, stream2-control, stream-address.
  enum class Holder { kFunction, kRootPort, kAbove };
  std::optional<unsigned> find_register(const std::string& name, Holder holder) const;
  // Of the function. False: none is called so.
  bool write_register(const std::string& name, std::uint32_t value);
  std::optional<base::Bytes> read_as_host(unsigned bar, std::uint64_t offset, std::size_t size);
  bool write_as_host(unsigned bar, std::uint64_t offset, base::View bytes);
  // A page of the host's own, for untrusted requests of the device at this bus address.
  static constexpr std::uint64_t kOwnPage = 0x4000'0000;
  void map_own();
  // A page of the device's memory, as the host's nested tables have it for guests: at `gpa` from now on what lies at `spa`.
  void move_memory(std::uint64_t gpa, std::uint64_t spa);

  // ---- whoever holds the root port's keys and the tables of trusted DMA ----
  bool call(VmState& vm, std::uint32_t call, base::View in);
  void give_memory(const cpu::Vm& vm);
  void take_memory();
  std::vector<tio::MemoryRange> memory() const;
  void map_dma(const cpu::Vm& vm);
  // A guest is gone.
  void part_from(const VmState& vm);

  // ---- ground truth ----
  // Empty when the device is what a guest may take it for under these lock flags; else what is wrong with it.
  std::string truth(const VmState& vm, std::uint16_t lock_flags) const;
  // From here on the guest relies on the device under these lock flags; what it reads there is judged by that.
  // It has the device's memory as private from now on, until it lets go of the device.
  void accepted(VmState& vm, std::uint16_t lock_flags);
  void lets_go(const VmState& vm) { private_view_.erase(&vm); }
  // The same for its identity alone, which a guest uses over bounce buffers.
  void recognised(const VmState& vm) { recognises_.insert(&vm); }
  // The card was reset: was this function locked then?
  void was_reset();
  // Configuration space said another model than is there.
  bool shown_otherwise() const { return shown_otherwise_; }

  trust::Boundary& config() { return config_; }
  trust::Boundary& mmio() { return mmio_; }
  trust::Boundary& evidence_way() { return evidence_; }

 private:
  struct Way {
    std::uint64_t address = 0;  // of the system
    bool is_private = false;
    bool is_right = true;  // it leads to the device's memory that the guest means
  };
  endpoint::Function& silicon() const;
  std::uint64_t address_of(unsigned bar, std::uint64_t offset) const { return (bar == 0 ? at_.bar0 : at_.bar2) + offset; }
  std::optional<Way> way_to(const VmState& vm, unsigned bar, std::uint64_t offset) const;
  bool acts_for(const VmState& vm) const;
  template <class Visit>
  void for_each_page(Visit visit) const;  // of the device's memory
  void judge_use(VmState& vm);
  void judge_dma(bool write, std::uint64_t address, base::View bytes);
  std::optional<trust::Message> from_host(base::View packet);

  World& world_;
  DeviceBay& bay_;
  At at_;
  trust::Boundary config_, mmio_, evidence_;
  std::map<const VmState*, std::uint16_t> relies_;  // lock flags
  std::set<const VmState*> private_view_;
  std::map<const VmState*, std::string> knows_;  // whom a guest accepted at first
  std::set<const VmState*> recognises_;
  bool reset_under_lock_ = false, shown_otherwise_ = false;
  std::uint64_t own_page_ = 0;
  std::set<std::uint64_t> given_;     // pages of its memory that a guest bound
  std::set<std::uint64_t> writable_;  // pages that the guest lets the card write to
  bool writes_anywhere_ = false;      // or all that it has: its tables are the card's too
  std::map<std::uint64_t, std::uint64_t> moved_;  // pages of the device's memory that the host's tables lead elsewhere
};

}  // namespace engine
