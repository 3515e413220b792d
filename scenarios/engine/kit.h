#pragma once
// A technology as the engine takes it: all that it brings to a world, behind one face. `kits.cc` has the list; nothing else in the
// engine names a technology. `TechnologyKind` is what can be said before there is a world; a `Kit` is one world's.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/cpu/technology.h"
#include "platform/trust/defence.h"
#include "scenarios/engine/forgery.h"
#include "scenarios/engine/guest_kernel.h"

namespace relying_party {
struct Appraiser;
struct Evidence;
}
namespace tio {
struct Attachment;
}

namespace engine {

struct MachineSettings;
struct VmState;
class World;

class Kit {
 public:
  virtual ~Kit() = default;

  // ---- the platform
  // Whether there is anything that tells the host from a guest at all.
  virtual bool protects() const { return true; }
  // The machine, whose host procedures speak over World::tsm_calls; the kit leads that boundary to its security manager. Called once.
  virtual std::unique_ptr<cpu::Technology> make_machine() = 0;
  // Once the machine has booted, where firmware speaks to devices: this one is its from now on. Empty, or the host call that is refused.
  virtual std::string attach_device(const tio::Attachment& device) {
    (void)device;
    return "this technology's firmware speaks to no device";
  }
  // "psp0": who restarts when platform firmware does, and who speaks in a play.
  virtual const char* keeper() const = 0;
  // Before the platform boots: firmware of an earlier version that its vendor signed and an owner no longer accepts.
  virtual void boot_old_firmware() {}
  // Power goes: what the machine keeps in memory is offered empty to the next one.
  virtual void power_off() {}
  // The adversary made this host call, and it was carried out.
  virtual void called(const std::string& name) { (void)name; }

  // ---- VMs
  // What the owner builds: pages as they will be launched.
  virtual std::vector<cpu::LaunchPage> image(const VmState& vm) const = 0;
  // Where in it `alter the NAME of vm0` strikes, at vm*.image; nothing: the image has no such part.
  virtual std::optional<std::uint64_t> image_part(std::string_view name) const;
  // What the owner sends along with the launch.
  virtual void prepare(VmState& vm, cpu::Launch& launch) { (void)vm, (void)launch; }
  // After the launch. Empty, or why the VM never runs.
  virtual std::string launched(VmState& vm) {
    (void)vm;
    return {};
  }
  virtual std::unique_ptr<GuestKernel> kernel(VmState& vm, GuestMachine& machine) = 0;
  // The host puts a packet with an owner's secret into a guest that waits for one. Empty, or why not.
  virtual std::string inject(VmState& vm, base::View packet) {
    (void)vm, (void)packet;
    return "there is nothing to inject, or nowhere";
  }

  // ---- the owner
  virtual relying_party::Appraiser appraiser() const = 0;
  // Ground truth when an owner's secret is in this guest's hands: says what the guest is that the owner does not mean. The world has
  // asked already whose VM it is, on which machine, and whether its image is the owner's.
  virtual void judge_guest(const VmState& vm, const std::function<void(const std::string&)>& breach) const { (void)vm, (void)breach; }

  // ---- somebody else's evidence, for the same challenge as `genuine` and bound to `binding`. Nothing: `genuine` is not of a kind that
  // could be forged, or nobody modelled it.
  virtual std::optional<Counterfeit> forge(const Forgery& forgery, const relying_party::Evidence& genuine, const base::Block<64>& binding) {
    (void)forgery, (void)genuine, (void)binding;
    return std::nullopt;
  }
  // Of the owner's own image, launched as it should be on another genuine machine, with a guest that says what its holder likes.
  // Unless a technology launches it there: what such a machine signs is what its keys sign.
  virtual std::optional<Counterfeit> attest_elsewhere(const std::string& chip, const relying_party::Evidence& genuine, const base::Block<64>& binding) {
    return forge({.key = Forgery::Key::kLeaked, .chip = chip, .claimed_chip = chip}, genuine, binding);
  }

  // ---- the host's hands on a private page, at vm*.mapping. Nothing: the host's own nested tables say where it is. Else empty, or why
  // it was refused.
  virtual std::optional<std::string> take_away(VmState& vm, std::uint64_t gpa) {
    (void)vm, (void)gpa;
    return std::nullopt;
  }
  virtual std::optional<std::string> give_back(VmState& vm, std::uint64_t gpa) {
    (void)vm, (void)gpa;
    return std::nullopt;
  }
  virtual std::optional<std::string> put_fresh(VmState& vm, std::uint64_t gpa) {  // another page of the host's, as a private one
    (void)vm, (void)gpa;
    return std::nullopt;
  }

  // What a verdict leans on, beyond the specifications: "tdx: ... (simplified)".
  virtual std::vector<std::string> conventions() const { return {}; }

  // ---- ground truth for those who watch. Asks no defence, draws nothing, leaves caches as they are.
  struct PageFacts {
    std::string owner;              // a VM's name, "host", "firmware", "nobody"; empty: no table says
    bool refused_to_host = false;   // the host's load of it does not come through
    std::vector<std::pair<std::string_view, std::string>> entries{};  // by table, in its specification's words
  };
  virtual PageFacts page_facts(const VmState& vm, std::uint64_t gpa, std::uint64_t spa) const {
    (void)vm, (void)gpa, (void)spa;
    return {};
  }
  // What encrypts the VM's private memory, as the technology calls it: "ASID 1". Empty: nothing.
  virtual std::string key_name(const VmState& vm) const {
    (void)vm;
    return {};
  }
  // Whether the vCPU is inside; nothing where that is not known.
  virtual std::optional<bool> is_inside(const VmState& vm) const {
    (void)vm;
    return std::nullopt;
  }
};

// A setting of a machine file that a technology brings: `cpu0: { integrity: none }`.
struct KitAttribute {
  const char* kind;  // of the part: "cpu", "vm"
  const char* name;
  std::vector<std::string> values;
};

struct TechnologyKind {
  const char* name;      // as `cpu0.technology` says it, "sev-snp"
  const char* platform;  // as scenario files do, "snp"
  const char* about;     // one line
  std::unique_ptr<Kit> (*make)(World& world);
  std::vector<const trust::Defence*> (*defences)();
  bool drives_devices = false;  // has firmware that speaks to devices itself
  bool has_levels = false;      // a guest has privilege levels of its own, which its evidence tells apart
  bool knows_sockets = false;   // says what a host owes each socket of a machine before a key serves again
  // What the technology makes of the machine's settings, with these defences lifted. Null: nothing.
  void (*settle)(MachineSettings& settings, const trust::Defences& lifted) = nullptr;
  std::vector<KitAttribute> attributes{};
  std::vector<std::string> objects{};  // names of messages; "TDH.*"
  std::vector<std::string> calls{};    // of the host, that `call` may make
  std::vector<std::string> (*call_names)() = nullptr;  // all of them by name, where `calls` has patterns
  std::vector<std::string> places{};   // where its defences stand: "tdx*"
};

const std::vector<const TechnologyKind*>& technologies();
// The kind of that name. There is always one: machine files may name no other.
const TechnologyKind& technology_of(std::string_view name);

}  // namespace engine
