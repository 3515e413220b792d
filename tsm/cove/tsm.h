#pragma once
// The TEE security manager of RISC-V CoVE, and of a hart what only it may command: the memory tracking table, the G-stage translations
// of a TVM, entry into and exit from one. The host reaches it by COVH, a TVM by COVG, each as an ECALL.
//
// Promise: every policy of a call is a row of rules.h, asked in the order of the specification; what passes has the effect that the
// specification gives it, also when it passed because a row is lifted.
//
// simplified: a vCPU runs on the hart numbered by whoever owns it; pages are 4 KiB; a TVM's own records are the model's, the pages
// donated for them only stand for them; what the host shows by promote_to_tvm and COVI is refused as not supported.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/cpu/technology.h"
#include "platform/protocol/cove/exits.h"
#include "platform/protocol/cove/sbi.h"
#include "tsm/cove/rules.h"
#include "tsm/cove/tvm.h"

namespace tio {
class DeviceManager;
class MmioTable;
}  // namespace tio

namespace cove {

using coveproto::Covg;
using coveproto::Covh;
using coveproto::Ecall;
using coveproto::SbiRet;

// convention: the supervisor domain of this TSM; the host's is 0.
inline constexpr std::uint8_t kSdid = 1;
// All confidential memory is of one domain, and has its key where the platform encrypts.
inline constexpr memory::KeyId kDomainKey{1};

// Who signs for a TVM. What evidence looks like is not the TSM's affair.
class Attester {
 public:
  virtual ~Attester() = default;
  struct About {
    const Tvm& tvm;
    base::View public_key;  // the TVM's, a COSE_Key
    coveproto::Challenge challenge{};
    std::uint32_t format = coveproto::kCertificateCbor;
  };
  // Nothing: the key is none, or no evidence can be had now.
  virtual std::optional<base::Bytes> evidence(const About& about) = 0;
};

struct TsmSettings {
  std::uint64_t memory_bytes = 0;
  std::uint32_t harts = 4;
  // The specification asks for isolation, and leaves encryption and integrity of memory to the platform.
  bool cipher = true;
  bool mac = false;
  // The host may take away only what the TVM gave up. Not so: all confidential memory of a TVM is a removable region.
  bool removable_on_request = true;
  std::uint32_t version = 1;
  std::uint64_t tcb_svn = 1;
  // Of what was started before any TVM: firmware, its configuration, the TSM, its configuration.
  std::array<coveproto::Digest, coveproto::kTvmPagesRegister> boot_registers{};
};

// What a machine's memory has to be for the TSM.
memory::Settings memory_settings(memory::Settings base, const TsmSettings& settings, const trust::Defences& defences);

struct CallResult {
  SbiRet ret;
  std::optional<trust::Refusal> refusal{};
  bool ok() const { return ret.error == SbiError::kSuccess; }
};

// Why a vCPU left, as the host is told. The rest of its registers stays where it is.
struct TvmExit {
  coveproto::Cause cause{};
  std::uint64_t gpa = 0;  // of a page fault
  Ecall shown{};          // of an ECALL: a0 to a7
  bool resumable = true;
  friend bool operator==(const TvmExit&, const TvmExit&) = default;
};

// An ECALL of a TVM ends with registers or leaves the TVM. Once the host has resumed it, `resumed` says what it came back with; where
// it says nothing, the ECALL is executed again.
struct EcallResult {
  SbiRet ret;
  std::optional<TvmExit> exit{};
  bool dead = false;
};

// What becomes of an access that the tables refused or memory failed.
struct Fault {
  enum class Seen { kExit, kAccessFault, kDead };  // to the host; in the TVM; it never runs again
  Seen seen = Seen::kExit;
  TvmExit exit{};
};

class Tsm final : public memory::OwnershipTable {
 public:
  // Refusals stand at `name`; those of the harts, at `at`.
  Tsm(const TsmSettings& settings, memory::EncryptedMemory& memory, trust::Defences& defences, std::uint64_t seed,
      std::string name = "cove0", std::string at = "cpu0");
  Tsm(const Tsm&) = delete;
  Tsm& operator=(const Tsm&) = delete;

  ~Tsm() override;

  void attach(Attester& attester) { attester_ = &attester; }
  // A device and the root port that it is behind, as the platform's manifest names them.
  void attach_device(tio::DeviceManager& device, tio::MmioTable& mmio, std::uint16_t root_port);

  // An ECALL of the host's on a hart. sbi_covh_run_tvm_vcpu returns when the vCPU is inside; an exit is the other half.
  CallResult host_call(std::uint32_t hart, const Ecall& call);
  // Where the host and the TSM exchange what an exit is about (SBI, sbi_nacl_set_shmem). False: not memory of the host's.
  bool set_shmem(std::uint32_t hart, std::uint64_t spa);

  // ---- the harts, on behalf of whoever runs on them
  trust::Result<> check(const memory::Access& access) override;  // access.asid is the hart of a TVM; the host runs on hart 0
  std::optional<memory::Translation> translate(std::uint32_t hart, std::uint64_t gpa, std::optional<memory::Translation> host_says);
  std::optional<std::uint64_t> device_page(TvmId id, std::uint64_t gpa, std::optional<std::uint64_t> host_says);
  // The vCPU traps into the TSM, for whatever reason.
  void trap(std::uint32_t hart);
  Fault fault(std::uint32_t hart, std::uint64_t gpa, bool write, bool by_memory);
  // Live registers, into and out of the vCPU's state pages.
  void save(std::uint32_t hart, base::View registers);
  trust::Result<base::Bytes> load(std::uint32_t hart, std::size_t count);

  // ---- the TVM
  EcallResult ecall(std::uint32_t hart, const Ecall& call);
  std::optional<SbiRet> resumed(std::uint32_t hart);
  // Interrupts that the vCPU finds pending, as hvip has them; it takes them.
  std::uint64_t take_interrupts(std::uint32_t hart);
  // An exception that the host would have the vCPU take: there is no register of its to ask for one.
  trust::Result<> raise_exception();

  // ---- ground truth
  const Tvm* tvm(TvmId id) const;
  const Tvm* tvm_on(std::uint32_t hart) const;
  const Vcpu* vcpu_on(std::uint32_t hart) const;
  const MemoryTracking& tracking() const { return tracking_; }
  const TsmSettings& settings() const { return settings_; }
  memory::KeyId key() const { return settings_.cipher ? kDomainKey : memory::KeyId::kNone; }

 private:
  friend class TsmForIo;
  struct Devices;
  struct Range {  // pages of system memory
    std::uint64_t first = 0, count = 0;
  };

  // tsm.cc: the TSM's own calls and a TVM's life.
  CallResult refuse(std::span<const Step> steps, const CallCase& c);
  CallResult dispatch(std::uint32_t hart, Covh function, const Ecall& in);
  CallResult get_tsm_info(const Ecall& in);
  CallResult convert_pages(const Ecall& in);
  CallResult reclaim_pages(const Ecall& in);
  CallResult global_fence(std::uint32_t hart);
  CallResult local_fence(std::uint32_t hart);
  CallResult create_tvm(const Ecall& in);
  CallResult finalize_tvm(const Ecall& in);
  CallResult destroy_tvm(const Ecall& in);
  Tvm* find(TvmId id);
  bool pages_ok(const Range& pages) const;
  void look_at_pages(CallCase& c, const Range& pages) const;
  void take(const Range& pages, TvmId owner, PageUse use);
  bool own_memory(std::uint64_t spa, std::uint64_t bytes) const;

  // tsm_memory.cc: pages of a TVM.
  CallResult add_memory_region(const Ecall& in);
  CallResult add_page_table_pages(const Ecall& in);
  CallResult add_measured_pages(const Ecall& in);
  CallResult add_zero_pages(const Ecall& in);
  CallResult add_shared_pages(const Ecall& in);
  CallResult invalidate_pages(const Ecall& in);
  CallResult validate_pages(const Ecall& in);
  CallResult remove_pages(const Ecall& in);
  CallResult tvm_fence(const Ecall& in);
  void look_at_mapping(CallCase& c, const Tvm* tvm, std::uint64_t gpa, std::uint64_t count, Region kind) const;
  void map(Tvm& tvm, std::uint64_t gpa, const Mapping& mapping);
  void settle(Tvm& tvm);

  // tsm_vcpu.cc: vCPUs, and what a hart does for one.
  CallResult create_vcpu(const Ecall& in);
  CallResult run_vcpu(std::uint32_t hart, const Ecall& in);
  bool owns(const memory::Access& access) const;
  Vcpu* on(std::uint32_t hart);
  Tvm* tvm_at(std::uint32_t hart);
  void show(std::uint32_t hart, const TvmExit& exit);
  std::uint64_t shmem_word(std::uint32_t hart, std::uint64_t at);
  void set_shmem_word(std::uint32_t hart, std::uint64_t at, std::uint64_t value);

  // tsm_guest.cc: COVG.
  EcallResult guest_call(std::uint32_t hart, Tvm& tvm, Vcpu& vcpu, std::uint64_t vcpu_id, const Ecall& in);
  EcallResult leave_with(std::uint32_t hart, Vcpu& vcpu, const Ecall& in, SbiRet ret);
  SbiRet region_call(Tvm& tvm, std::uint64_t vcpu_id, Covg function, const Ecall& in);
  SbiRet interrupt_call(Vcpu& vcpu, Covg function, const Ecall& in);
  EcallResult attest_call(std::uint32_t hart, Tvm& tvm, Vcpu& vcpu, Covg function, const Ecall& in);
  // tsm_io.cc: CoVE-IO, and COVT beneath it.
  CallResult io_call(Covh function, const Ecall& in);
  EcallResult io_guest_call(std::uint32_t hart, Tvm& tvm, Covg function, const Ecall& in);
  CallResult rdsm_call(std::uint8_t domain, const Ecall& in);
  void forget_devices_of(const Tvm& tvm);
  // A TVM's own bytes as the TSM reaches them for an operand; an exit where the page is not there.
  std::optional<EcallResult> copy(std::uint32_t hart, std::uint64_t gpa, std::span<std::uint8_t> out, base::View in);

  TsmSettings settings_;
  memory::EncryptedMemory& memory_;
  trust::Defences& defences_;
  std::string name_, at_;
  Attester* attester_ = nullptr;
  MemoryTracking tracking_;
  std::map<TvmId, Tvm> tvms_;
  TvmId next_id_ = 1;
  std::map<std::uint32_t, std::pair<TvmId, std::uint64_t>> current_;  // hart to TVM and vCPU
  std::map<std::uint32_t, std::uint64_t> shmem_;                      // hart to NACL shared memory
  std::unique_ptr<Devices> devices_;
};

// Every row of the TSM and of the harts.
std::vector<const trust::Defence*> tsm_defences();

}  // namespace cove
