#include "tsm/cove/host/cove_machine.h"

#include <algorithm>

#include "platform/protocol/cove/structures.h"

namespace cove {
namespace {

using Kind = cpu::LaunchPage::Kind;

constexpr const char* kNoMemory = "the host is out of memory";
constexpr std::size_t kTablePages = 8;    // enough for a small guest: three levels, a few leaves
constexpr std::size_t kSparePages = 8;    // converted at a time
constexpr std::size_t kTriesMax = 4096;   // pages looked at for a contiguous run

std::string refused(Covh function, const CallResult& result) {
  return std::string(coveproto::name_of(function)) + ": " + std::string(coveproto::name_of(result.ret.error));
}
constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }

}  // namespace

CoveMachine::CoveMachine(const TsmSettings& settings, vmm::Hypervisor& host, const trust::Boundary& calls, trust::Defences& defences,
                         std::uint64_t seed)
    : host_(host), calls_(calls), settings_(settings), tsm_(std::make_unique<Tsm>(settings, host.memory(), defences, seed)) {}

CoveMachine::~CoveMachine() = default;

CallResult CoveMachine::ask(std::uint32_t hart, Covh function, Ecall in) {
  in.a6 = coveproto::function_id(static_cast<std::uint16_t>(function), kSdid);
  in.a7 = coveproto::kCovh;
  return ask(hart, in);
}

CallResult CoveMachine::ask(std::uint32_t hart, Ecall in) {
  static const wire::Schema kSchema = wire::schema_of<Ecall>("cove.ECALL");
  const auto arrived = calls_.cross({.object = std::string(coveproto::name_of(in)), .bytes = wire::encode(in), .schema = &kSchema});
  const auto call = wire::decode<Ecall>(arrived ? arrived->bytes : base::Bytes{});
  // What never arrives looks to the rest of the host like a TSM that failed.
  if (!call) return {{SbiError::kFailed, 0}, std::nullopt};
  return tsm_->host_call(hart, *call);
}

std::string CoveMachine::boot() {
  const std::uint64_t buffer = host_.take_page();
  if (buffer == 0) return kNoMemory;
  const auto result = ask(0, Covh::kGetTsmInfo, {.a0 = buffer, .a1 = coveproto::kTsmInfoSize});
  base::Bytes bytes(coveproto::kTsmInfoSize);
  (void)host_.memory().read(memory::KeyId::kNone, buffer, bytes);
  host_.give_back(buffer);
  if (!result.ok()) return refused(Covh::kGetTsmInfo, result);
  const auto info = wire::decode<coveproto::TsmInfo>(bytes);
  return info && info->tsm_state == coveproto::TsmState::kReady ? "" : "the TSM is not ready";
}

// ---- pages of the host's --------------------------------------------------------------------------------------------

std::vector<std::uint64_t> CoveMachine::take_run(std::size_t count, std::uint64_t alignment) {
  std::set<std::uint64_t> taken;
  std::vector<std::uint64_t> run;
  for (std::size_t tries = 0; tries < kTriesMax && run.empty(); ++tries) {
    const std::uint64_t page = host_.take_page();
    if (page == 0) break;
    taken.insert(page);
    for (std::uint64_t back = 0; back < count && run.empty(); ++back) {
      const std::uint64_t first = page - back * kPage;
      if (page < back * kPage || first % alignment != 0) continue;
      std::vector<std::uint64_t> candidate;
      for (std::uint64_t at = first; taken.contains(at) && candidate.size() < count; at += kPage) candidate.push_back(at);
      if (candidate.size() == count) run = candidate;
    }
  }
  for (const std::uint64_t page : run) taken.erase(page);
  for (const std::uint64_t page : taken) host_.give_back(page);
  return run;
}

// Linux: a hart whose local fence fails is noted in the log and no more; that the fence is not complete shows when pages are used.
std::string CoveMachine::convert(std::uint32_t hart, std::vector<std::uint64_t> pages) {
  std::sort(pages.begin(), pages.end());
  for (std::size_t first = 0; first < pages.size();) {
    std::size_t count = 1;
    while (first + count < pages.size() && pages[first + count] == pages[first] + count * kPage) ++count;
    const auto result = ask(hart, Covh::kConvertPages, {.a0 = pages[first], .a1 = count});
    if (!result.ok()) return refused(Covh::kConvertPages, result);
    first += count;
  }
  const auto fence_harts = [&] {
    for (std::uint32_t other = 0; other < settings_.harts; ++other)
      if (other != hart) (void)ask(other, Covh::kLocalFence);
  };
  auto result = ask(hart, Covh::kGlobalFence);
  if (result.ret.error == SbiError::kAlreadyStarted) {  // an earlier one was never completed
    (void)ask(hart, Covh::kLocalFence);
    fence_harts();
    result = ask(hart, Covh::kGlobalFence);
  }
  if (!result.ok()) return refused(Covh::kGlobalFence, result);
  fence_harts();
  return "";
}

std::uint64_t CoveMachine::spare_page(std::uint32_t hart) {
  if (spare_.empty()) {
    std::vector<std::uint64_t> fresh;
    for (std::size_t i = 0; i < kSparePages; ++i)
      if (const std::uint64_t page = host_.take_page(); page != 0) fresh.push_back(page);
    if (fresh.empty() || !convert(hart, fresh).empty()) return 0;
    spare_.assign(fresh.rbegin(), fresh.rend());
  }
  const std::uint64_t page = spare_.back();
  spare_.pop_back();
  return page;
}

// ---- launch ---------------------------------------------------------------------------------------------------------

std::string CoveMachine::launch(cpu::Vm& vm, const cpu::Launch& launch) {
  if (vm.asid >= settings_.harts) return "there is no hart for this VM";
  Guest& guest = guests_[vm.name];
  guest = {};
  if (const auto why = create(vm, guest, launch); !why.empty()) return why;
  if (const auto why = finalize(vm, guest, launch); !why.empty()) return why;
  for (const auto& page : launch.pages) {
    if (page.kind != Kind::kUnmeasured) continue;
    const std::uint64_t at = host_.back(vm, page.gpa);
    if (at == 0) return kNoMemory;
    base::Bytes content = page.bytes;
    content.resize(kPage);
    (void)host_.memory().write(memory::KeyId::kNone, at, content);
  }
  const auto entered = run(vm);
  return entered.ok() ? "" : refused(Covh::kRunTvmVcpu, entered);
}

std::string CoveMachine::create(cpu::Vm& vm, Guest& guest, const cpu::Launch& launch) {
  const std::uint32_t hart = vm.asid;
  guest.shmem = take_run(coveproto::kNaclSize / kPage, kPage);
  const auto directory = take_run(coveproto::kPageDirectorySize / kPage, coveproto::kPageDirectorySize);
  const auto records = take_run(kTvmStatePages, kPage), vcpu = take_run(kVcpuStatePages, kPage);
  if (guest.shmem.empty() || directory.empty() || records.empty() || vcpu.empty()) return kNoMemory;
  if (!tsm_->set_shmem(hart, guest.shmem.front())) return "the TSM does not take the shared memory of the hart";
  std::vector<std::uint64_t> tables, data, all;
  const auto measured = std::count_if(launch.pages.begin(), launch.pages.end(), [](const auto& p) { return p.kind == Kind::kMeasured; });
  for (std::size_t i = 0; i < kTablePages; ++i) tables.push_back(host_.take_page());
  for (std::int64_t i = 0; i < measured; ++i) data.push_back(host_.take_page());
  for (const std::vector<std::uint64_t>& pages : {directory, records, vcpu, tables, data}) all.insert(all.end(), pages.begin(), pages.end());
  if (std::count(all.begin(), all.end(), 0) != 0) return kNoMemory;
  if (const auto why = convert(hart, all); !why.empty()) return why;
  guest.pages.insert(all.begin(), all.end());

  const std::uint64_t buffer = host_.take_page();
  if (buffer == 0) return kNoMemory;
  const coveproto::TvmCreateParams params{directory.front(), records.front()};
  (void)host_.memory().write(memory::KeyId::kNone, buffer, wire::encode(params));
  auto result = ask(hart, Covh::kCreateTvm, {.a0 = buffer, .a1 = coveproto::kTvmCreateParamsSize});
  host_.give_back(buffer);
  if (!result.ok()) return refused(Covh::kCreateTvm, result);
  guest.id = result.ret.value;
  // The key of its confidential accesses is the platform's affair.
  vm.key = tsm_->key();
  result = ask(hart, Covh::kAddTvmMemoryRegion, {.a0 = guest.id, .a1 = 0, .a2 = vm.space.bytes()});
  if (!result.ok()) return refused(Covh::kAddTvmMemoryRegion, result);
  for (const std::uint64_t page : tables) {
    result = ask(hart, Covh::kAddTvmPageTablePages, {.a0 = guest.id, .a1 = page, .a2 = 1});
    if (!result.ok()) return refused(Covh::kAddTvmPageTablePages, result);
  }
  auto to = data.begin();
  for (const auto& page : launch.pages)
    if (page.kind == Kind::kMeasured)
      if (const auto why = add_measured(vm, guest, page, *to++); !why.empty()) return why;
  result = ask(hart, Covh::kCreateTvmVcpu, {.a0 = guest.id, .a1 = 0, .a2 = vcpu.front()});
  if (!result.ok()) return refused(Covh::kCreateTvmVcpu, result);
  vm.save_area = vcpu.front();
  vm.registers_at = kRegistersAt;
  return "";
}

std::string CoveMachine::add_measured(cpu::Vm& vm, Guest& guest, const cpu::LaunchPage& page, std::uint64_t to) {
  const std::uint64_t source = host_.take_page();
  if (source == 0) return kNoMemory;
  base::Bytes content = page.bytes;
  content.resize(kPage);
  (void)host_.memory().write(memory::KeyId::kNone, source, content);
  const Ecall in{.a0 = guest.id, .a1 = source, .a2 = to, .a3 = 0, .a4 = 1, .a5 = page.gpa};
  const auto result = ask(vm.asid, Covh::kAddTvmMeasuredPages, in);
  host_.give_back(source);
  if (!result.ok()) return refused(Covh::kAddTvmMeasuredPages, result);
  note_call(vm, guest, Covh::kAddTvmMeasuredPages, in);
  return "";
}

std::string CoveMachine::finalize(cpu::Vm& vm, Guest& guest, const cpu::Launch& launch) {
  const auto first = std::find_if(launch.pages.begin(), launch.pages.end(), [](const auto& p) { return p.kind == Kind::kMeasured; });
  const bool named = std::any_of(launch.host_data.begin(), launch.host_data.end(), [](std::uint8_t b) { return b != 0; });
  const std::uint64_t buffer = host_.take_page();
  if (buffer == 0) return kNoMemory;
  coveproto::Identity identity{};
  std::copy(launch.host_data.begin(), launch.host_data.end(), identity.begin());
  (void)host_.memory().write(memory::KeyId::kNone, buffer, identity);
  const auto result = ask(vm.asid, Covh::kFinalizeTvm, {.a0 = guest.id,
                                                        .a1 = first == launch.pages.end() ? 0 : first->gpa,
                                                        .a2 = 0,
                                                        .a3 = named ? buffer : 0});
  host_.give_back(buffer);
  return result.ok() ? "" : refused(Covh::kFinalizeTvm, result);
}

// ---- the end --------------------------------------------------------------------------------------------------------

void CoveMachine::retire(cpu::Vm& vm) {
  tsm_->trap(vm.asid);
  auto known = guests_.extract(vm.name);
  handlers_.erase(vm.name);
  if (!known) return;
  const Guest& guest = known.mapped();
  (void)ask(vm.asid, Covh::kDestroyTvm, {.a0 = guest.id});
  for (IoInterface& interface : interfaces_)
    if (interface.vm == vm.name) interface.vm.clear(), interface.regions.clear(), interface.bound = false;
  // What the TSM does not give back, the host never uses again.
  for (const std::uint64_t page : guest.pages)
    if (ask(vm.asid, Covh::kReclaimPages, {.a0 = page, .a1 = 1}).ok()) host_.give_back(page);
  for (const auto& [gpa, page] : vm.nested.small_pages())
    if (!guest.owned.contains(gpa)) host_.give_back(page.spa);
  for (const std::uint64_t page : guest.shmem) host_.give_back(page);
}

// ---- the hart -------------------------------------------------------------------------------------------------------

std::optional<memory::Translation> CoveMachine::translate(const cpu::Vm& vm, std::uint64_t gpa, bool) {
  return tsm_->translate(vm.asid, gpa, vm.nested.translate(page_of(gpa)));
}

CallResult CoveMachine::run(const cpu::Vm& vm) {
  const auto result = ask(vm.asid, Covh::kRunTvmVcpu, {.a0 = guests_[vm.name].id, .a1 = 0});
  if (result.ok()) deliver_interrupts(vm);
  return result;
}

void CoveMachine::deliver_interrupts(const cpu::Vm& vm) {
  const auto handler = handlers_.find(vm.name);
  if (handler == handlers_.end()) return;  // they stay pending
  if (const std::uint64_t pending = tsm_->take_interrupts(vm.asid); pending != 0) handler->second(pending);
}

trust::Result<base::Bytes> CoveMachine::enter(cpu::Vm& vm, std::size_t count) {
  const auto entered = run(vm);
  if (!entered.ok()) return entered.refusal.value_or(trust::Refusal{&kVcpuStopped});
  return tsm_->load(vm.asid, count);
}

trust::Result<cpu::Delivered> CoveMachine::deliver(cpu::Vm& vm, const cpu::Event& event) {
  if (event.type == cpu::EventType::kException) {
    if (auto raised = tsm_->raise_exception(); !raised) return raised.refusal();
    return cpu::Delivered{};
  }
  const std::uint64_t wanted = event.vector == cpu::kTimerVector ? coveproto::kHvipVstip : coveproto::kHvipVseip;
  std::uint64_t taken = 0;
  const auto handler = handlers_[vm.name];
  handlers_[vm.name] = [&](std::uint64_t hvip) {
    taken |= hvip;
    if (handler) handler(hvip);
  };
  poke_shmem(guests_[vm.name], coveproto::nacl_csr_at(coveproto::kCsrHvip), wanted);
  const auto why = kick(vm);
  handlers_[vm.name] = handler;
  if (!why.empty() || (taken & wanted) == 0) return trust::Refusal{wanted == coveproto::kHvipVseip ? &kInterruptAllowed : &kVcpuStopped};
  return cpu::Delivered{};
}

CoveMachine::Resumed CoveMachine::resume(cpu::Vm& vm, const cpu::Exit& answer) {
  const Guest& guest = guests_[vm.name];
  poke_shmem(guest, coveproto::nacl_gpr_at(coveproto::kRegisterA0), answer.rax);
  poke_shmem(guest, coveproto::nacl_gpr_at(coveproto::kRegisterA0 + 1), answer.rbx);
  if (!run(vm).ok()) return {};
  return {true, tsm_->resumed(vm.asid)};
}

void CoveMachine::poke_shmem(const Guest& guest, std::uint64_t at, std::uint64_t value) {
  if (guest.shmem.empty()) return;
  base::Bytes word(8);
  base::store_le<std::uint64_t>(word, 0, value);
  (void)host_.memory().write(memory::KeyId::kNone, guest.shmem.front() + at, word);
}

const Tvm* CoveMachine::tvm(const cpu::Vm& vm) const {
  const auto guest = guests_.find(vm.name);
  return guest == guests_.end() ? nullptr : tsm_->tvm(guest->second.id);
}

}  // namespace cove
