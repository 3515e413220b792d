#pragma once
// One run's world: the machine put together from its file, the guests on their fibers, the owner, ground truth and the record.
// Lives on one thread from creation to end.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "guest/abi/glacis_guest.h"
#include "platform/cpu/vcpu.h"
#include "platform/crypto/aead.h"
#include "platform/crypto/library.h"
#include "platform/sim/fiber.h"
#include "platform/sim/random.h"
#include "platform/trust/boundary.h"
#include "platform/trust/oracle.h"
#include "platform/vmm/hypervisor.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/play.h"
#include "scenarios/engine/weather.h"
#include "tsm/sev/psp_state.h"

namespace relying_party {
class MeasuredParty;
class RelyingParty;
}
namespace sev {
class SevMachine;
}

namespace engine {

class Adversary;
class DeviceBay;
class DeviceFunction;
class Fabric;
class GuestMachine;
class Kit;
class OwnerAtWork;
class VmTpm;
class VirtioBus;
class World;

// A card at a root port, or behind a switch at one.
inline constexpr unsigned kSlotsMax = 8, kBranchesMax = 8;
struct DeviceSettings {
  std::string kind = "accelerator";  // as cards.h has them
  unsigned slot = 0;                 // the number of its port: rp0 is the first one
  std::string port = "rp0", device = "gpu0";
  std::string behind = "";           // the switch between; empty: none
  unsigned branch = 0;               // which of the switch's ports
  unsigned bus_below = 0;            // the first bus below the root port; 0: as if each port had one card
  std::vector<std::string> functions;  // names of its further ones
  std::string style = "thin";        // of the TSM, as vocabulary.cc has them
  bool host_authenticates = false;   // for itself, before it hands the card on
  std::string firmware = "genuine", identity = "genuine", spdm = "full";  // as device_kinds.h lists them
  std::uint8_t stream = 1;           // that the host sets up for the card
  std::uint8_t ide_port = 0;         // index by which IDE_KM names the card's port
  std::optional<std::uint16_t> function_id;  // by which TDISP names the function, where it is not the bus's
  std::string responder;             // as the machine file names one outside; empty: the card's own
  bool ide_escort = false, ide_quarantine = false, ide_flush = false;  // remedies of the link's published errata
  bool ide_sync = false;             // senders that sync before each read and completion
  unsigned ide_aggregation = 1;      // posted packets under one MAC: 1, 2, 4, 8
  bool ide_pcrc = false;
  bool ide_link = false;             // a stream of each link, instead of a selective one to the card
  bool host_keys = false;            // the host keys it at boot, for its own traffic
  bool ats = false;                  // its functions have it, and the host turns it on
  crypto::GcmPath ide_cipher_path = crypto::GcmPath::kFastest;  // who computes; changes no byte
};

// What a machine file says, as the parts want it.
struct MachineSettings {
  std::vector<DeviceSettings> devices;
  std::string technology = "none";  // mechanism of cpu0, as vocabulary.cc has them
  memory::Settings memory;
  sim::EventQueue::Form events = sim::EventQueue::Form::kFast;  // how they are kept; changes no byte
  sev::PspSettings psp;
  bool firmware_drives_devices = false;  // speaks to them in the guests' place
  bool native_control = false;       // of trusted devices, that firmware grants a host which asks (_OSC)
  bool cpuid_page = false;
  bool alias_check = false;
  bool chip_allow_list = false;
  bool revocation_list = false;
  std::set<std::string> host_tenants;  // VMs that are the host's own
  std::map<std::string, std::string> successions;  // VMs that start once another has ended, in its place
  // What the owner asks for, whatever the machine does.
  bool require_alias_check = false;
  bool require_ciphertext_hiding = false;
  bool signed_measurements = true;       // of devices
  std::string owner_requires = "none";  // none, launch-measure, report
  bool accept_ats = false;              // from devices that say so
  std::vector<std::string> absent;      // defences behind a knob that is off
  std::map<std::string, std::string> said;  // every setting as it was said, for the technology's own
  std::string value(const std::string& key, const std::string& otherwise) const;
  std::set<std::string> described_vms;  // that the machine file has
  // Whether a VM's setting is `enabled`: on("vm0", "kernel-hashes"). One that a scenario adds to the machine is like the first described.
  bool on(const std::string& vm, const std::string& setting) const;
};
MachineSettings read_settings(const load::Machine& machine, const std::map<std::string, std::string>& set);

// One VM of the world with the boundaries around it.
struct VmState {
  VmState(World& world, std::string name, std::uint32_t asid);
  ~VmState();
  std::string name;
  cpu::Vm vm;
  cpu::Vcpu vcpu;
  trust::Boundary exit, registers, requests, evidence, host_data, clock, interrupts, tpm;
  std::uint8_t vmpl = 0;  // the privilege level of what runs as its program
  std::map<std::string, std::uint64_t> pages;  // by the name that scenarios use
  std::uint64_t next_gpa = 0x10'0000;
  cpu::Launch started;  // as the host launched it
  std::vector<cpu::LaunchPage> golden, launched;  // what the owner built, what the host started
  bool debug = false;
  bool host_tenant = false;  // the host's own VM: the owner has no part in it
  std::unique_ptr<GuestMachine> guest;
  std::unique_ptr<VmTpm> vtpm;      // null: it has none
  std::unique_ptr<GuestLink> link;  // where its program is outside
  std::unique_ptr<sim::Fiber> fiber;
  base::Bytes registers_now;  // what the guest has in its registers while it is stopped: ground truth
  std::string stopped;  // why it can never go on
  bool gone = false;    // ended, and what it held is the host's again
};

// The machine's layout in guest physical memory.
inline constexpr std::uint64_t kSecretsGpa = 0x8000, kCpuidGpa = 0x9000, kPscGpa = 0xA000, kRequestGpa = 0xB000,
                               kResponseGpa = 0xC000, kCertGpa = 0xD000, kFirmwareGpa = 0x2'0000, kHashesGpa = 0x2'1000,
                               kKernelGpa = 0x2'2000, kLaunchSecretGpa = 0x2'4000, kConfigGpa = 0x2'5000;
inline constexpr const char* kCommandLine = "console=ttyS0";
inline constexpr std::uint32_t kCertPages = 4;
inline constexpr std::uint64_t kVmBytes = GLACIS_VM_BYTES;
// What no run of an honest guest comes near; a limit that ends one is named in the verdict.
inline constexpr sim::Time kRunTimeMax = 600 * sim::kSecond;   // "sim.time_max"
inline constexpr std::uint64_t kGuestStepsMax = 2'000'000;     // "fiber.steps_max"

class World {
 public:
  World(const Run& run, bool other_secret);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Verdict play();

  // Carries a message from a guest to a peer over the network, and the answer back.
  std::optional<base::Bytes> to_peer(VmState& vm, const std::string& peer, const base::Bytes& bytes);
  void moment(VmState& vm, const std::string& name);
  std::uint64_t resolve_page(const std::string& name, VmState** vm);  // "vm0.page.secret" -> gpa
  const trust::Boundary& net(const std::string& from, const std::string& to);
  const trust::Boundary* find_boundary(const std::string& name);  // null: none of that name can carry messages
  // A conversation with the responder that the machine file names for this device. Throws base::UserError where nobody
  // lends one.
  Ask begin_outside(const std::string& device);
  // Evidence on its way to whoever signs it: the last moment at which platform firmware could make it say something else. The object
  // is the schema's name behind the dot.
  void before_signing(const wire::Schema& schema, base::Bytes& bytes);
  // Ground truth when the owner's secret is in a guest's hands: is it the guest that he means?
  void judge_guest(const VmState& vm);

  // The name of an actor's random stream: another one each time that the VMs are launched anew.
  std::string stream_name(const std::string& actor) const;

  const Run& run;
  MachineSettings settings;
  Verdict verdict;
  sim::Sim sim{sim::Limits{.time_max = kRunTimeMax}, settings.events};
  trust::Defences defences;
  Play record;
  trust::Oracle oracle;
  sim::Random random;
  Weather weather;
  crypto::Library library;
  memory::EncryptedMemory memory;
  vmm::Hypervisor host;
  trust::Boundary tsm_calls{"tsm0.call"}, osc{"firmware.osc"}, signing{"tsm0.evidence"};
  std::unique_ptr<Kit> kit;
  std::unique_ptr<cpu::Technology> technology;
  sev::SevMachine* sev = nullptr;  // the same, where it is one: firmware that speaks to devices is its own
  std::vector<std::unique_ptr<VmState>> vms;
  std::map<std::string, std::unique_ptr<trust::Boundary>> nets;
  std::unique_ptr<Filming> filming;  // where the run asks for it
  Captures captures;  // where the run asks for them
  std::unique_ptr<Fabric> fabric;                // where the machine has devices
  std::vector<std::unique_ptr<DeviceBay>> bays;  // in the order of their slots
  std::unique_ptr<VirtioBus> virtio;             // devices that the host's software plays
  DeviceBay* find_bay(const std::string& device) const;  // null: none of that name
  DeviceFunction* find_function(const std::string& device) const;
  std::unique_ptr<relying_party::RelyingParty> owner;
  std::unique_ptr<relying_party::MeasuredParty> measured_owner;  // in its place, where he asks for TPM quotes
  base::Bytes owner_secret;
  std::unique_ptr<OwnerAtWork> owner_at_work;  // what he does for guests that hold his secret
  std::map<base::Bytes, VmState*> honest_sessions;  // nonce and channel key, as that guest of the owner sent them
  std::unique_ptr<Adversary> adversary;
  bool other_secret;
  std::set<base::Bytes> released_sessions;
  std::size_t releases_judged = 0;
  std::string chip_name = "chip0";  // the chip the guest really runs on; the owner's is chip0
  bool old_firmware = false;  // is booted
  bool debug_asked = false;  // the host will ask for debuggable guests
  bool asked_for_control = false;  // by _OSC
  bool host_gives_tpms = false;  // of its own, in the place of those that the machine says
  unsigned generation = 0;   // how often the VMs were launched before

 private:
  friend class ServedDevice;
  friend class ServedTpm;
  friend std::string dump_config(const Run& run, const std::vector<std::string>& parts);
  static MachineSettings settings_of(const Run& run);  // without what is lifted
  bool boot();  // false: firmware starts no confidential guest
  void negotiate_control();  // firmware_control.cc
  void populate();
  bool succeed();  // false: no VM waits for a place that is free now
  void start(VmState& vm);
  Verdict conclude();
  void connect(VmState& vm);
  void make_owner();
  base::Bytes ask_owner(base::View message);
  void judge_release(VmState& vm, base::View evidence);
  void run_guests();
  Outcome judge() const;
  std::uint32_t next_asid_ = 1;

  // afterwards.cc
  Retry retry();
  void end(VmState& vm);
  void clear_away();
  void forget_firmware();

  // launch.cc
  void launch(VmState& vm);
};

}  // namespace engine
