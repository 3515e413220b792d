#pragma once
// What of a guest's kernel is its technology's: how it comes up, takes pages in, answers its processor's exceptions, and has itself
// attested. A guest machine has one, and carries out for it what leads to the host.
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "guest/abi/glacis_guest.h"
#include "guest/kernel/interrupts.h"
#include "platform/base/bytes.h"
#include "platform/cpu/vcpu.h"
#include "platform/protocol/tio/managed.h"

namespace engine {

class GuestMachine;
class World;
struct VmState;

class GuestKernel {
 public:
  virtual ~GuestKernel() = default;

  // Whether the technology encrypts or owns pages at all.
  virtual bool protects() const { return true; }
  // Pages that were there at launch.
  virtual void note_accepted(std::uint64_t gpa, std::uint64_t bytes) = 0;
  // Before any program runs. Empty, or why the guest stops.
  virtual std::string boot() = 0;
  // A page from shared to private, or new; and back.
  virtual bool accept(std::uint64_t gpa) = 0;
  virtual bool share(std::uint64_t gpa) = 0;
  // Whether the guest's private mappings really are private.
  virtual bool maps_private() const { return true; }
  // What its handlers of interrupts and exceptions are built for.
  virtual kernel::Features features() const { return {}; }
  // An access to that page failed. Empty: it can be tried again; else why the guest stops.
  virtual std::string fault(const cpu::AccessResult& result, std::uint64_t page, bool write) = 0;
  // EAX to EDX.
  virtual std::array<std::uint32_t, 4> cpuid(std::uint32_t leaf, std::uint32_t subleaf) = 0;

  struct Attested {
    base::Bytes report, attachment;  // as relying_party::Evidence carries them
    std::map<std::string, base::Bytes> files;  // that other programs read
  };
  // Nothing: it was refused.
  virtual std::optional<Attested> attest(const base::Block<64>& report_data, std::uint32_t level) = 0;
  // As configfs-tsm calls it; null: this technology attests nothing at run time.
  virtual const char* provider() const { return nullptr; }
  virtual std::optional<base::Block<32>> derive_key(std::uint64_t) { return std::nullopt; }
  virtual bool derives_keys() const { return false; }
  // Where the owner's secret was put at launch; 0: not by this technology.
  virtual std::uint64_t launch_secret_gpa() const { return 0; }
  // A model-specific register, written where `value` is given; nothing: the architecture has none.
  virtual std::optional<std::uint64_t> msr(std::uint32_t index, std::optional<std::uint64_t> value) {
    (void)index, (void)value;
    return std::nullopt;
  }
  // Hashes a digest into a run-time measurement register: a glacis_status.
  virtual int extend(std::uint32_t index, const base::Block<48>& digest) {
    (void)index, (void)digest;
    return GLACIS_NO_SUCH;
  }
  // A measurement register under its name in the kernel's tsm-mr files: "rtmr2:sha384". Nothing: there is none.
  virtual std::optional<base::Bytes> measured(const std::string& name) {
    (void)name;
    return std::nullopt;
  }
  // About the interface of a device that platform firmware speaks to, which `function` numbers on the bus. Nothing: refused, or this
  // technology's firmware speaks to none.
  virtual std::optional<base::Bytes> tdi_call(tio::ManagedCall call, base::View in, std::uint16_t function) {
    (void)call, (void)in, (void)function;
    return std::nullopt;
  }
};

}  // namespace engine
