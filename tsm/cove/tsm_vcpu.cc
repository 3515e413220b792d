// vCPUs: how they come to be, enter and leave, and what the hart beneath one does for it.
#include <algorithm>

#include "tsm/cove/tsm.h"

namespace cove {
namespace {

using namespace coveproto;

CallResult succeeded() { return {{SbiError::kSuccess, 0}, std::nullopt}; }
constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }

}  // namespace

CallResult Tsm::create_vcpu(const Ecall& in) {
  Tvm* tvm = find(in.a0);
  const Range pages{in.a2, kVcpuStatePages};
  CallCase c;
  c.tvm = tvm != nullptr;
  look_at_pages(c, pages);
  c.vcpu_free = !tvm || (in.a1 < kVcpusMax && !tvm->vcpus.contains(in.a1));
  c.initializing = !tvm || tvm->state == TvmState::kInitializing;
  if (auto no = refuse(kCreateVcpuSteps, c); !no.ok()) return no;
  take(pages, tvm->id, PageUse::kVcpuState);
  if (tvm->vcpus.empty()) tvm->boot_vcpu = in.a1;
  tvm->vcpus[in.a1].state_spa = pages.first;
  return succeeded();
}

CallResult Tsm::run_vcpu(std::uint32_t hart, const Ecall& in) {
  Tvm* tvm = find(in.a0);
  const auto found = tvm ? tvm->vcpus.find(in.a1) : std::map<std::uint64_t, Vcpu>::iterator{};
  Vcpu* vcpu = tvm && found != tvm->vcpus.end() ? &found->second : nullptr;
  const Vcpu* here = vcpu_on(hart);
  CallCase c;
  c.tvm = tvm != nullptr;
  c.vcpu = vcpu != nullptr;
  c.runnable = !tvm || tvm->state == TvmState::kRunnable;
  if (vcpu) {
    c.vcpu_alive = !vcpu->dead;
    c.vcpu_stopped = !vcpu->inside && !(here && here->inside);
    c.boot_first = in.a1 == tvm->boot_vcpu || tvm->vcpus.at(tvm->boot_vcpu).started;
    c.settled = std::none_of(tvm->pending.begin(), tvm->pending.end(), [&](const PendingChange& p) { return p.vcpu == in.a1; });
  }
  if (auto no = refuse(kRunVcpuSteps, c); !no.ok()) return no;
  current_[hart] = {tvm->id, in.a1};
  if (vcpu->tlb_version != tvm->version) vcpu->tlb.clear();
  vcpu->inside = vcpu->started = true;
  vcpu->hart = hart;
  vcpu->tlb_version = tvm->version;
  // Of what the host wants pending, only its external interrupt is the TVM's to allow.
  const std::uint64_t wanted = shmem_word(hart, nacl_csr_at(kCsrHvip)) & (kHvipVssip | kHvipVstip | kHvipVseip);
  const bool external = (wanted & kHvipVseip) != 0;
  const bool refused = external && defences_.refuse_unless(kInterruptAllowed, vcpu->allows_external(), at_).has_value();
  vcpu->pending |= refused ? wanted & ~kHvipVseip : wanted;
  set_shmem_word(hart, nacl_csr_at(kCsrHvip), 0);
  if (vcpu->forwarded) {
    const SbiRet theirs{static_cast<SbiError>(shmem_word(hart, nacl_gpr_at(kRegisterA0))), shmem_word(hart, nacl_gpr_at(kRegisterA0 + 1))};
    // Where the TSM carried the call out, what the host says of it is ignored.
    vcpu->answer = vcpu->settled.value_or(theirs);
    vcpu->forwarded.reset(), vcpu->settled.reset();
  }
  return succeeded();
}

void Tsm::trap(std::uint32_t hart) {
  if (Vcpu* vcpu = on(hart)) vcpu->inside = false;
}

Vcpu* Tsm::on(std::uint32_t hart) { return const_cast<Vcpu*>(vcpu_on(hart)); }
Tvm* Tsm::tvm_at(std::uint32_t hart) { return const_cast<Tvm*>(tvm_on(hart)); }

// ---- what is shown --------------------------------------------------------------------------------------------------

bool Tsm::set_shmem(std::uint32_t hart, std::uint64_t spa) {
  if (spa % kPage != 0 || !own_memory(spa, kNaclSize)) return false;
  shmem_[hart] = spa;
  return true;
}

// Memory that has become confidential since is not the host's to exchange anything in.
std::uint64_t Tsm::shmem_word(std::uint32_t hart, std::uint64_t at) {
  const auto found = shmem_.find(hart);
  if (found == shmem_.end() || !own_memory(found->second, kNaclSize)) return 0;
  base::Bytes word(8);
  (void)memory_.read(memory::KeyId::kNone, found->second + at, word);
  return base::load_le<std::uint64_t>(word);
}

void Tsm::set_shmem_word(std::uint32_t hart, std::uint64_t at, std::uint64_t value) {
  const auto found = shmem_.find(hart);
  if (found == shmem_.end() || !own_memory(found->second, kNaclSize)) return;
  base::Bytes word(8);
  base::store_le<std::uint64_t>(word, 0, value);
  (void)memory_.write(memory::KeyId::kNone, found->second + at, word);
}

// No more than the exit is about: a0 to a7 of an ECALL, the address of a fault.
void Tsm::show(std::uint32_t hart, const TvmExit& exit) {
  if (exit.cause == Cause::kVirtualSupervisorEnvCall) {
    const std::uint64_t words[] = {exit.shown.a0, exit.shown.a1, exit.shown.a2, exit.shown.a3,
                                   exit.shown.a4, exit.shown.a5, exit.shown.a6, exit.shown.a7};
    for (unsigned i = 0; i < 8; ++i) set_shmem_word(hart, nacl_gpr_at(kRegisterA0 + i), words[i]);
    return;
  }
  set_shmem_word(hart, nacl_csr_at(kCsrHtval), htval_of(exit.gpa));
}

// ---- the hart -------------------------------------------------------------------------------------------------------

// A vCPU's own translations are the TSM's, old ones included: nothing is asked of them again.
bool Tsm::owns(const memory::Access& access) const {
  const Tvm* owner = tvm_on(access.asid);
  const Vcpu* vcpu = vcpu_on(access.asid);
  if (!owner || !vcpu) return false;
  const std::uint64_t gpa = page_of(access.gpa), spa = page_of(access.spa);
  const auto cached = vcpu->tlb.find(gpa);
  if (cached != vcpu->tlb.end() && cached->second == spa) return true;
  if (!access.private_page) return tracking_.non_confidential(spa);
  const PageEntry entry = tracking_.entry(spa);
  if (entry.state != PageState::kAssigned || entry.use != PageUse::kData || entry.owner != owner->id) return false;
  const auto mapped = owner->mappings.find(gpa);
  return access.by_address || (mapped != owner->mappings.end() && mapped->second.spa == spa);
}

trust::Result<> Tsm::check(const memory::Access& access) {
  if (access.who == memory::Access::Who::kGuest) {
    if (auto no = defences_.refuse_unless(kDeviceOwner, owns(access), at_)) return *no;
    return trust::ok();
  }
  const std::uint64_t page = page_of(access.spa);
  const bool reached_by_old = access.who == memory::Access::Who::kHost && tracking_.stale(0, page);
  if (auto no = defences_.refuse_unless(kTracking, tracking_.non_confidential(page) || reached_by_old, at_)) return *no;
  return trust::ok();
}

std::optional<memory::Translation> Tsm::translate(std::uint32_t hart, std::uint64_t gpa, std::optional<memory::Translation> host_says) {
  Vcpu* vcpu = on(hart);
  const Tvm* owner = tvm_on(hart);
  if (!vcpu || !owner) return std::nullopt;
  const std::uint64_t page = page_of(gpa);
  std::optional<std::uint64_t> truth;
  const auto cached = vcpu->tlb.find(page);
  const auto mapped = owner->mappings.find(page);
  if (cached != vcpu->tlb.end()) truth = cached->second;
  else if (mapped != owner->mappings.end() && !mapped->second.invalidated) truth = mapped->second.spa;
  if (!truth) return std::nullopt;
  const bool agree = !host_says || page_of(host_says->spa) == *truth;
  const bool theirs = !agree && !defences_.refuse_unless(kGStage, false, at_);
  const std::uint64_t spa = theirs ? page_of(host_says->spa) : *truth;
  vcpu->tlb.insert_or_assign(page, spa);
  // Whether memory is confidential is the page's own affair and not the address's.
  return memory::Translation{.spa = spa + gpa % kPage, .writable = true, .size = memory::PageSize::k4K,
                             .is_private = !tracking_.non_confidential(spa)};
}

// What a device of the TVM's asks for, through the same tables.
std::optional<std::uint64_t> Tsm::device_page(TvmId id, std::uint64_t gpa, std::optional<std::uint64_t> host_says) {
  const Tvm* owner = tvm(id);
  if (!owner) return std::nullopt;
  const auto mapped = owner->mappings.find(page_of(gpa));
  std::optional<std::uint64_t> truth;
  if (mapped != owner->mappings.end() && !mapped->second.invalidated) truth = mapped->second.spa;
  if (!host_says || host_says == truth || defences_.refuse_unless(kDeviceOwner, false, at_)) return truth;
  return host_says;
}

Fault Tsm::fault(std::uint32_t hart, std::uint64_t gpa, bool write, bool by_memory) {
  Vcpu* vcpu = on(hart);
  const Tvm* owner = tvm_on(hart);
  if (!vcpu || !owner || vcpu->dead) return {Fault::Seen::kDead};
  if (by_memory) {
    (void)defences_.refuse_unless(kMac, false, at_);
    vcpu->dead = true;
    trap(hart);
    return {Fault::Seen::kDead};
  }
  // What nobody declared is not the host's affair either.
  const auto region = owner->regions.at(gpa);
  if (!region || *region == Region::kInterface) return {Fault::Seen::kAccessFault};
  trap(hart);
  const TvmExit exit{.cause = write ? Cause::kGuestStorePageFault : Cause::kGuestLoadPageFault, .gpa = gpa};
  show(hart, exit);
  return {Fault::Seen::kExit, exit};
}

void Tsm::save(std::uint32_t hart, base::View registers) {
  if (const Vcpu* vcpu = on(hart)) (void)memory_.write(key(), vcpu->state_spa + kRegistersAt, registers);
  trap(hart);
}

trust::Result<base::Bytes> Tsm::load(std::uint32_t hart, std::size_t count) {
  Vcpu* vcpu = on(hart);
  base::Bytes registers(count);
  if (!vcpu || memory_.read(key(), vcpu->state_spa + kRegistersAt, registers)) return registers;
  vcpu->dead = true;
  if (auto no = defences_.refuse_unless(kMac, false, at_)) return *no;
  return registers;
}

trust::Result<> Tsm::raise_exception() {
  if (auto no = defences_.refuse_unless(kInterruptsOnly, false, at_)) return *no;
  return trust::ok();
}

std::uint64_t Tsm::take_interrupts(std::uint32_t hart) {
  Vcpu* vcpu = on(hart);
  return vcpu ? std::exchange(vcpu->pending, 0) : 0;
}

}  // namespace cove
