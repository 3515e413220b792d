#pragma once
// The TDX module, and of the processor what only it may command: private keys, the Secure EPT's translations, entry into and exit from
// a TD. The host reaches it by SEAMCALL, a TD by TDCALL.
//
// Promise: every policy of a call is a row of module_rules.h, asked in the order in which the module asks; what passes has the effect
// that the interface gives it, also when it passed because a row is lifted.
//
// simplified: one vCPU runs on a logical processor of its own, numbered by whoever owns it; a key is the same in every package; no
// migration, no L2 VMs, no 2 MiB leaves;
// the contents of TDR and TDCS are the model's, their pages in memory only stand for them and are checked for poison.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/cpu/technology.h"
#include "platform/protocol/tdx/registers.h"
#include "platform/protocol/tdx/status.h"
#include "tsm/tdx/event_rules.h"
#include "tsm/tdx/pamt.h"
#include "tsm/tdx/td.h"

namespace tdx {

using tdxproto::Operand;
using tdxproto::Registers;
using tdxproto::Seamcall;
using tdxproto::Status;

// What the processor seals and checks for the module (SEAMREPORT, SEAMVERIFYREPORT). The layout of a TDREPORT is not the module's.
class ReportUnit {
 public:
  virtual ~ReportUnit() = default;
  virtual base::Bytes make(const tdxproto::ReportContent& content) = 0;  // 1024 bytes
  virtual bool verify(base::View report_mac_struct) = 0;                 // 256 bytes, made on this platform
};

// How memory of private keys is checked. Settings of memory::Settings follow from it: see memory_settings.
enum class IntegrityMode { kNone, kLogical, kCryptographic };

struct ModuleSettings {
  IntegrityMode integrity = IntegrityMode::kCryptographic;
  std::uint32_t hkid_first = 32;  // private key ids; the first is the module's own
  std::uint32_t hkid_count = 32;
  std::uint64_t memory_bytes = 0;  // TDMRs cover [0, memory_bytes)
  std::vector<cpu::CpuidLeaf> cpuid;  // as the silicon has it
  tdxproto::SeamInfo seam;
  bool connect = false;  // TDX Connect
  StepFilter step_filter = StepFilter::kByInstructions;
};

// What a machine's memory has to be for the module: integrity as the mode asks and no lifted defence forbids, and zeroes for software
// that reads a private line with a shared key id.
memory::Settings memory_settings(memory::Settings base, IntegrityMode mode, const trust::Defences& defences);

// Why the processor left a TD, as the host is told.
struct TdExit {
  std::uint32_t reason = 0;         // tdxproto::kExit...
  std::uint64_t qualification = 0;
  std::uint64_t extended = 0;       // tdxproto::kEeq...
  std::uint64_t gpa = 0;
  Registers shown;                  // of a hypercall: what the TD exposed, the rest zero
  friend bool operator==(const TdExit&, const TdExit&) = default;
};

struct CallResult {
  Registers out;  // RAX: the status
  std::optional<trust::Refusal> refusal;
  bool ok() const { return !tdxproto::is_error(out.rax); }
  Status status() const { return tdxproto::status_of(out.rax); }
};

// A TDCALL either ends with registers or leaves the TD. After the host has resumed it, a hypercall ends with `resumed`, anything else
// is executed again. `dead`: an operand was poisoned, and the TD never runs again.
struct TdcallResult {
  Registers out;
  std::optional<TdExit> exit{};
  bool dead = false;
};

// What becomes of an access that the tables refused or memory failed.
struct Fault {
  enum class Seen { kTdExit, kGuestVe, kTdDead };
  Seen seen = Seen::kTdExit;
  TdExit exit;  // kTdExit
};

class Connect;

class Module final : public memory::OwnershipTable {
 public:
  // Refusals stand at `name`; those of the processor, at `at`.
  Module(const ModuleSettings& settings, memory::EncryptedMemory& memory, trust::Defences& defences, std::uint64_t seed,
         std::string name = "tdx0", std::string at = "cpu0");
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  ~Module() override;

  void attach(ReportUnit& unit) { reports_ = &unit; }

  // SEAMCALL on a logical processor. TDH.VP.ENTER returns when the vCPU is inside; `exit_to_host` is the other half.
  CallResult seamcall(std::uint32_t lp, const Registers& in);

  // ---- the processor, on behalf of whoever runs on `lp`
  trust::Result<> check(const memory::Access& access) override;  // access.asid is the logical processor
  // Where a private address leads; nothing where the TD would leave for it. `host_says` is what the host's own tables have there.
  std::optional<std::uint64_t> translate(std::uint32_t lp, std::uint64_t gpa, std::optional<std::uint64_t> host_says);
  // The same for an address of private device memory.
  std::uint64_t device_memory(std::uint32_t lp, std::uint64_t gpa, std::uint64_t host_says);
  void exit_to_host(std::uint32_t lp);
  // An access to this address failed; a machine check where it failed by memory.
  // A device read poison in a TD's name: its read fails, and no processor is stopped.
  void poisoned_for_device() { say_poisoned(); }
  Fault fault(std::uint32_t lp, std::uint64_t gpa, bool write, bool by_memory);
  // Live registers, into and out of the vCPU's root page. Reading is refused once that page is poisoned.
  void save(std::uint32_t lp, base::View registers);
  trust::Result<base::Bytes> load(std::uint32_t lp, std::size_t count);
  // module_events.cc
  trust::Result<cpu::Delivered> post(const cpu::Event& event);
  std::uint32_t unseen_steps(const cpu::Progress& progress);

  // ---- the TD
  TdcallResult tdcall(std::uint32_t lp, const Registers& in);
  // Of the hypercall that the host has just answered; nothing where none was under way.
  std::optional<Registers> resumed(std::uint32_t lp);
  // What the instruction gives; nothing: it raises #VE.
  std::optional<cpu::CpuidLeaf> cpuid(std::uint32_t lp, std::uint32_t leaf, std::uint32_t subleaf);

  // ---- ground truth
  const Td* td(std::uint64_t tdr) const;
  const Td* td_on(std::uint32_t lp) const;
  const Vcpu* vcpu_on(std::uint32_t lp) const;
  const Pamt& pamt() const { return pamt_; }
  const ModuleSettings& settings() const { return settings_; }
  Connect* connect() const { return connect_.get(); }  // null: a module without

 private:
  friend class Connect;
  enum class SysState { kInitPending, kInitDone, kLpInitDone, kConfigDone, kReady };
  enum class KeyState { kFree, kAssigned, kFlushed };
  struct KeySlot {
    KeyState state = KeyState::kFree;
    std::uint32_t write_back_pending = 0;  // one bit a package
  };
  struct Target {  // a TD that a call names, or why not
    Td* td = nullptr;
    CallResult no;
  };
  struct Place {  // an entry of a TD's Secure EPT
    Td* td = nullptr;
    std::uint64_t gpa = 0;
    unsigned level = 0;
    SeptEntry entry;
    CallResult no;
  };

  // module.cc: the module's own life, TDs and their keys.
  CallResult dispatch(std::uint32_t lp, Seamcall leaf, const Registers& in);
  CallResult system_call(std::uint32_t lp, Seamcall leaf);
  CallResult mng_create(const Registers& in);
  CallResult mng_key_config(std::uint32_t lp, const Registers& in);
  CallResult mng_addcx(const Registers& in);
  CallResult mng_init(const Registers& in);
  CallResult mng_vpflushdone(const Registers& in);
  CallResult mng_key_freeid(const Registers& in);
  CallResult phymem_cache_wb(std::uint32_t lp, const Registers& in);
  CallResult phymem_page_reclaim(const Registers& in);
  CallResult phymem_page_rdmd(const Registers& in);
  CallResult mr_extend(const Registers& in);
  CallResult mr_finalize(const Registers& in);
  static void measure_added(Td& td, std::uint64_t gpa);
  Target find_td(std::uint64_t tdr, Operand operand);
  Target find_td_for(Seamcall leaf, std::uint64_t tdr, Operand operand);  // keys configured, state right
  std::optional<CallResult> take_page(Td& td, std::uint64_t hpa, PageType type, Operand operand);
  bool is_hkid(std::uint32_t hkid) const { return hkid > settings_.hkid_first && hkid < settings_.hkid_first + settings_.hkid_count; }
  memory::KeyBytes fresh_key();
  // Packages are the sockets of memory's caches. convention: logical processors are numbered round them.
  std::uint32_t packages() const { return memory_.settings().sockets; }
  std::uint32_t package_of(std::uint32_t lp) const { return lp % packages(); }
  std::uint32_t all_packages() const { return (std::uint32_t{1} << packages()) - 1; }

  // module_memory.cc: pages of a TD.
  Place find_entry(Seamcall leaf, const Registers& in, unsigned lowest, unsigned highest);
  CallResult mem_sept_add(const Registers& in);
  CallResult mem_sept_remove(const Registers& in);
  CallResult mem_sept_rd(const Registers& in);
  CallResult mem_page_add(const Registers& in);
  CallResult mem_page_aug(const Registers& in);
  CallResult mem_range_block(const Registers& in);
  CallResult mem_range_unblock(const Registers& in);
  CallResult mem_track(const Registers& in);
  CallResult mem_page_remove(const Registers& in);
  CallResult mem_page_relocate(const Registers& in);
  CallResult mem_rd_wr(Seamcall leaf, const Registers& in);
  std::optional<CallResult> not_tracked(const Td& td, Seamcall leaf, const SeptEntry& entry);
  CallResult entry_state(Status status, const SeptEntry& entry, unsigned level) const;

  // module_vcpu.cc: vCPUs.
  CallResult vp_create(const Registers& in);
  CallResult vp_addcx(const Registers& in);
  CallResult vp_init(std::uint32_t lp, const Registers& in);
  CallResult vp_enter(std::uint32_t lp, const Registers& in);
  CallResult vp_flush(std::uint32_t lp, const Registers& in);
  CallResult vp_rd_wr(Seamcall leaf, const Registers& in);
  Vcpu* find_vcpu(std::uint64_t tdvpr);
  Vcpu* on(std::uint32_t lp);
  Td* td_of(const Vcpu& vcpu);
  bool poisoned(const Td& td, const Vcpu& vcpu);
  bool walk_fails(Td& owner, std::uint64_t gpa);
  void machine_check(Td& owner);
  void say_poisoned();

  // module_guest.cc: TDCALLs.
  TdcallResult vp_vmcall(Vcpu& vcpu, const Registers& in);
  TdcallResult vp_info(const Td& td, const Vcpu& vcpu, Registers out);
  TdcallResult vp_veinfo_get(Vcpu& vcpu, Registers out);
  TdcallResult rtmr_extend(std::uint32_t lp, Td& td, Registers in);
  TdcallResult mr_report(std::uint32_t lp, Td& td, Registers in);
  TdcallResult mr_verifyreport(std::uint32_t lp, Td& td, Registers in);
  TdcallResult page_accept(Td& td, Registers in);
  // The TD's own bytes, as the module reaches them for an operand. An exit where the page is not there.
  std::optional<TdcallResult> copy_operand(std::uint32_t lp, Td& td, std::uint64_t gpa, std::span<std::uint8_t> out, base::View in);

  CallResult done(const Registers& out = {}) const { return {out, std::nullopt}; }
  static CallResult status(std::uint64_t rax, std::optional<trust::Refusal> refusal = {}) { return {Registers{.rax = rax}, refusal}; }
  template <class Case, class Rules>
  std::optional<CallResult> first_failure(const Rules& rules, const Case& c, std::uint32_t detail = 0);

  ModuleSettings settings_;
  memory::EncryptedMemory& memory_;
  trust::Defences& defences_;
  std::uint64_t seed_, filtered_ = 0;
  std::string name_, at_;
  ReportUnit* reports_ = nullptr;
  SysState sys_ = SysState::kInitPending;
  std::uint32_t packages_with_key_ = 0;  // the module's own, one bit each
  Pamt pamt_;
  std::map<std::uint32_t, KeySlot> keys_;
  std::map<std::uint64_t, Td> tds_;      // by TDR
  std::map<std::uint64_t, Vcpu> vcpus_;  // by TDVPR
  std::map<std::uint32_t, std::uint64_t> current_;  // logical processor to TDVPR
  std::uint64_t keys_made_ = 0;
  std::unique_ptr<Connect> connect_;
};

// Rows of the module's tables.
std::vector<const trust::Defence*> module_defences();

}  // namespace tdx
