#include "tsm/cove/tsm.h"

#include <algorithm>

#include "platform/crypto/hash.h"
#include "platform/protocol/cove/structures.h"
#include "tsm/cove/tsm_io.h"

namespace cove {
namespace {

constexpr CallResult failed(SbiError error) { return {{error, 0}, std::nullopt}; }
CallResult succeeded(std::uint64_t value = 0) { return {{SbiError::kSuccess, value}, std::nullopt}; }
constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }

}  // namespace

memory::Settings memory_settings(memory::Settings base, const TsmSettings& settings, const trust::Defences& defences) {
  base.integrity = settings.cipher && settings.mac && !defences.lifted(kMac) ? memory::Integrity::kMac : memory::Integrity::kNone;
  return base;
}

Tsm::Tsm(const TsmSettings& settings, memory::EncryptedMemory& memory, trust::Defences& defences, std::uint64_t seed, std::string name,
         std::string at)
    : settings_(settings), memory_(memory), defences_(defences), name_(std::move(name)), at_(std::move(at)),
      tracking_(settings.memory_bytes, settings.harts) {
  devices_ = std::make_unique<Devices>(*this, defences_, name_);
  if (!settings_.cipher) return;
  base::Bytes from;
  base::append_le<std::uint64_t>(from, seed);
  const auto bytes = crypto::hkdf_sha256(from, base::view_of(name_), base::view_of("confidential memory"), 32);
  memory::KeyBytes key{};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  memory_.set_key(kDomainKey, key);
}

CallResult Tsm::host_call(std::uint32_t hart, const Ecall& call) {
  if (call.a7 == coveproto::kSupd && coveproto::fid_of(call.a6) == 0) return succeeded(1 | 1ull << kSdid);
  // Of the root domain, whoever calls.
  if (call.a7 == coveproto::kCovt) return rdsm_call(0, call);
  // COVI asks for AIA, which tsm_capabilities does not announce.
  if (call.a7 != coveproto::kCovh || coveproto::sdid_of(call.a6) != kSdid) return failed(SbiError::kNotSupported);
  return dispatch(hart, static_cast<Covh>(coveproto::fid_of(call.a6)), call);
}

CallResult Tsm::dispatch(std::uint32_t hart, Covh function, const Ecall& in) {
  switch (function) {
    case Covh::kGetTsmInfo: return get_tsm_info(in);
    case Covh::kConvertPages: return convert_pages(in);
    case Covh::kReclaimPages: return reclaim_pages(in);
    case Covh::kGlobalFence: return global_fence(hart);
    case Covh::kLocalFence: return local_fence(hart);
    case Covh::kCreateTvm: return create_tvm(in);
    case Covh::kFinalizeTvm: return finalize_tvm(in);
    case Covh::kDestroyTvm: return destroy_tvm(in);
    case Covh::kAddTvmMemoryRegion: return add_memory_region(in);
    case Covh::kAddTvmPageTablePages: return add_page_table_pages(in);
    case Covh::kAddTvmMeasuredPages: return add_measured_pages(in);
    case Covh::kAddTvmZeroPages: return add_zero_pages(in);
    case Covh::kAddTvmSharedPages: return add_shared_pages(in);
    case Covh::kCreateTvmVcpu: return create_vcpu(in);
    case Covh::kRunTvmVcpu: return run_vcpu(hart, in);
    case Covh::kTvmFence: return tvm_fence(in);
    case Covh::kTvmInvalidatePages: return invalidate_pages(in);
    case Covh::kTvmValidatePages: return validate_pages(in);
    case Covh::kTvmRemovePages: return remove_pages(in);
    case Covh::kConnectDevice:
    case Covh::kDisconnectDevice:
    case Covh::kAddTvmInterfaceRegion:
    case Covh::kReclaimTvmInterfaceRegion:
    case Covh::kBindInterface:
    case Covh::kUnbindInterface:
    case Covh::kSpdmKeyUpdate:
    case Covh::kIdeKeyRefresh:
    case Covh::kSpdmHeartbeat:
    case Covh::kGetDeviceConnectionTranscript: return io_call(function, in);
    case Covh::kPromoteToTvm: break;  // tsm_capabilities does not announce it
  }
  return failed(SbiError::kNotSupported);
}

CallResult Tsm::refuse(std::span<const Step> steps, const CallCase& c) {
  for (const Step& step : steps)
    if (auto no = defences_.refuse_unless(*step.defence, step.holds(c), name_)) return {{step.error, 0}, no};
  return succeeded();
}

// ---- what cases are made of -----------------------------------------------------------------------------------------

Tvm* Tsm::find(TvmId id) {
  const auto found = tvms_.find(id);
  return found == tvms_.end() ? nullptr : &found->second;
}

bool Tsm::pages_ok(const Range& pages) const {
  return pages.first % kPage == 0 && pages.count <= settings_.memory_bytes / kPage && tracking_.covers(pages.first, pages.count * kPage);
}

void Tsm::look_at_pages(CallCase& c, const Range& pages) const {
  c.address = c.address && pages_ok(pages);
  if (!c.address) return;
  for (std::uint64_t at = pages.first; at < pages.first + pages.count * kPage; at += kPage) {
    const PageState state = tracking_.entry(at).state;
    c.fenced = c.fenced && state != PageState::kConverting;
    c.unassigned = c.unassigned && (state == PageState::kUnassigned || state == PageState::kConverting);
    c.non_confidential = c.non_confidential && state == PageState::kNonConfidential;
  }
}

void Tsm::take(const Range& pages, TvmId owner, PageUse use) {
  for (std::uint64_t at = pages.first; at < pages.first + pages.count * kPage; at += kPage) {
    tracking_.assign(at, owner, use);
    // What holds a TVM's own records begins as zeroes; what enters a page of it is its call's affair.
    if (use != PageUse::kData) (void)memory_.write(key(), at, base::Bytes(kPage));
  }
}

// All of it is memory of the host's.
bool Tsm::own_memory(std::uint64_t spa, std::uint64_t bytes) const {
  if (!tracking_.covers(spa, bytes)) return false;
  for (std::uint64_t at = page_of(spa); at < spa + bytes; at += kPage)
    if (!tracking_.non_confidential(at)) return false;
  return true;
}

// ---- the TSM's own calls --------------------------------------------------------------------------------------------

CallResult Tsm::get_tsm_info(const Ecall& in) {
  CallCase c;
  c.address = in.a0 % 4 == 0 && tracking_.covers(in.a0, coveproto::kTsmInfoSize);
  c.source = !c.address || own_memory(in.a0, coveproto::kTsmInfoSize);
  c.count = in.a1 >= coveproto::kTsmInfoSize;
  if (auto no = refuse(kGetTsmInfoSteps, c); !no.ok()) return no;
  const coveproto::TsmInfo info{.tsm_state = coveproto::TsmState::kReady,
                                .tsm_impl_id = coveproto::kTsmImplEmulated,
                                .tsm_version = settings_.version,
                                .tsm_capabilities = 1ull << coveproto::kCapAttestationRemote | 1ull << coveproto::kCapMemoryAllocation,
                                .tvm_state_pages = kTvmStatePages,
                                .tvm_max_vcpus = kVcpusMax,
                                .tvm_vcpu_state_pages = kVcpuStatePages};
  (void)memory_.write(memory::KeyId::kNone, in.a0, wire::encode(info));
  return succeeded(coveproto::kTsmInfoSize);
}

CallResult Tsm::convert_pages(const Ecall& in) {
  const Range pages{in.a0, in.a1};
  CallCase c;
  c.count = pages.count != 0;
  look_at_pages(c, pages);
  if (auto no = refuse(kConvertPagesSteps, c); !no.ok()) return no;
  for (std::uint64_t i = 0; i < pages.count; ++i) tracking_.convert(pages.first + i * kPage);
  return succeeded();
}

CallResult Tsm::reclaim_pages(const Ecall& in) {
  const Range pages{in.a0, in.a1};
  CallCase c;
  c.count = pages.count != 0;
  look_at_pages(c, pages);
  if (auto no = refuse(kReclaimPagesSteps, c); !no.ok()) return no;
  for (std::uint64_t i = 0; i < pages.count; ++i) {
    const std::uint64_t at = pages.first + i * kPage;
    base::Bytes old(kPage);
    (void)memory_.read(key(), at, old);
    const bool clean = std::all_of(old.begin(), old.end(), [](std::uint8_t byte) { return byte == 0; });
    // Lifted, the page keeps what stands in it: in the clear, for it is the platform that decrypts for whoever has the page.
    const bool scrub = clean || defences_.refuse_unless(kReclaimScrubbed, false, name_).has_value();
    (void)memory_.write(memory::KeyId::kNone, at, scrub ? base::Bytes(kPage) : old);
    tracking_.reclaim(at);
  }
  return succeeded();
}

CallResult Tsm::global_fence(std::uint32_t hart) {
  CallCase c;
  c.idle = !tracking_.fencing();
  if (auto no = refuse(kGlobalFenceSteps, c); !no.ok()) return no;
  tracking_.global_fence(hart);
  return succeeded();
}

CallResult Tsm::local_fence(std::uint32_t hart) {
  tracking_.local_fence(hart);
  return succeeded();
}

// ---- a TVM's life ---------------------------------------------------------------------------------------------------

// The parameters lie in the host's memory and are copied once.
CallResult Tsm::create_tvm(const Ecall& in) {
  CallCase c;
  coveproto::TvmCreateParams params;
  c.count = in.a1 >= coveproto::kTvmCreateParamsSize;
  c.address = in.a0 % 8 == 0 && tracking_.covers(in.a0, coveproto::kTvmCreateParamsSize);
  c.source = !c.address || own_memory(in.a0, coveproto::kTvmCreateParamsSize);
  if (c.address && c.source) {
    base::Bytes bytes(coveproto::kTvmCreateParamsSize);
    (void)memory_.read(memory::KeyId::kNone, in.a0, bytes);
    params = *wire::decode<coveproto::TvmCreateParams>(bytes);
  }
  const Range directory{params.tvm_page_directory_addr, coveproto::kPageDirectorySize / kPage};
  const Range records{params.tvm_state_addr, kTvmStatePages};
  c.address = c.address && directory.first % coveproto::kPageDirectorySize == 0;
  look_at_pages(c, directory), look_at_pages(c, records);
  const bool apart = records.first + records.count * kPage <= directory.first ||
                     directory.first + directory.count * kPage <= records.first;
  c.unassigned = c.unassigned && apart;
  if (auto no = refuse(kCreateTvmSteps, c); !no.ok()) return no;
  if (!c.address || !c.source) return failed(SbiError::kInvalidAddress);
  Tvm& tvm = tvms_[next_id_];
  tvm.id = next_id_++;
  tvm.page_directory = directory.first;
  std::copy(settings_.boot_registers.begin(), settings_.boot_registers.end(), tvm.registers.begin());
  take(directory, tvm.id, PageUse::kPageDirectory);
  take(records, tvm.id, PageUse::kTvmState);
  return succeeded(tvm.id);
}

CallResult Tsm::finalize_tvm(const Ecall& in) {
  Tvm* tvm = find(in.a0);
  CallCase c;
  c.tvm = tvm != nullptr;
  c.identity = in.a3 == 0 || (in.a3 % coveproto::kIdentitySize == 0 && own_memory(in.a3, coveproto::kIdentitySize));
  c.initializing = !tvm || tvm->state == coveproto::TvmState::kInitializing;
  if (auto no = refuse(kFinalizeTvmSteps, c); !no.ok()) return no;
  if (in.a3 != 0) {
    tvm->identity.emplace();
    (void)memory_.read(memory::KeyId::kNone, in.a3, *tvm->identity);
  }
  tvm->entry_sepc = in.a1, tvm->entry_arg = in.a2;
  auto& configuration = tvm->registers[coveproto::kTvmConfigurationRegister];
  configuration = coveproto::extended_by_entry(configuration, tvm->entry_sepc, tvm->entry_arg);
  tvm->state = coveproto::TvmState::kRunnable;
  return succeeded();
}

// Its memory belongs to nobody from then on, and stays confidential.
CallResult Tsm::destroy_tvm(const Ecall& in) {
  Tvm* tvm = find(in.a0);
  CallCase c;
  c.tvm = tvm != nullptr;
  if (tvm)
    for (const auto& [id, vcpu] : tvm->vcpus) c.vcpu_stopped = c.vcpu_stopped && !vcpu.inside;
  if (auto no = refuse(kDestroyTvmSteps, c); !no.ok()) return no;
  forget_devices_of(*tvm);
  std::vector<std::uint64_t> pages;
  for (const auto& [spa, entry] : tracking_.entries())
    if (entry.state == PageState::kAssigned && entry.owner == in.a0) pages.push_back(spa);
  for (const std::uint64_t spa : pages) tracking_.release(spa);
  std::erase_if(current_, [&](const auto& one) { return one.second.first == in.a0; });
  tvms_.erase(in.a0);
  return succeeded();
}

// ---- ground truth ---------------------------------------------------------------------------------------------------

const Tvm* Tsm::tvm(TvmId id) const {
  const auto found = tvms_.find(id);
  return found == tvms_.end() ? nullptr : &found->second;
}

const Tvm* Tsm::tvm_on(std::uint32_t hart) const {
  const auto current = current_.find(hart);
  return current == current_.end() ? nullptr : tvm(current->second.first);
}

const Vcpu* Tsm::vcpu_on(std::uint32_t hart) const {
  const Tvm* owner = tvm_on(hart);
  if (!owner) return nullptr;
  const auto found = owner->vcpus.find(current_.at(hart).second);
  return found == owner->vcpus.end() ? nullptr : &found->second;
}

std::vector<const trust::Defence*> tsm_defences() {
  std::vector<const trust::Defence*> all = {&kCallAddress, &kCallCount, &kCallTvm, &kCallPageType, &kTvmState, &kConvertOwn, &kPageFenced, &kPageUnassigned,
          &kReclaimUnassigned, &kReclaimScrubbed, &kRegionFree, &kMapRegion, &kMapFree, &kMapTables, &kOwnMemory, &kLateContent,
          &kSharedDeclared, &kIdentity, &kVcpuId, &kVcpuStopped, &kVcpuAlive, &kBootFirst, &kRunSettled, &kFenceIdle,
          &kPresent, &kInvalidated, &kRemovable, &kTlbFenced, &kTracking, &kGStage, &kDeviceOwner, &kInterruptAllowed, &kInterruptsOnly, &kMac};
  for (const trust::Defence* row : io_defences()) all.push_back(row);
  return all;
}

}  // namespace cove
