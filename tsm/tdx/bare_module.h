#pragma once
// For tests: a module without a host's procedures, brought step by step to any point of a TD's life.
#include "tsm/tdx/test_machine.h"

namespace tdx {

// In the order in which a TD passes them; kFatal is a runnable TD in which a check failed.
enum class Stage { kNothing, kAssigned, kKeys, kUninitialized, kInitialized, kRunnable, kFatal, kBlocked, kTeardown };

struct BareModule : TestMachine {
  static constexpr std::uint64_t kTdr = 16ull << 20, kTdvpr = kTdr + 0x1000, kSource = 17ull << 20, kParams = kSource + 0x1000;
  static constexpr std::uint64_t kMapped = 0x1000, kPending = 0x2000, kFree = 0x3000;
  static constexpr std::uint64_t kMappedPage = 18ull << 20, kPendingPage = kMappedPage + 0x1000, kFreePage = kMappedPage + 0x2000;
  static constexpr std::uint32_t kHkid = 40;

  explicit BareModule(Stage stage, const std::vector<std::string>& lifted = {}, tdxproto::TdParams params = {},
                      IntegrityMode mode = IntegrityMode::kCryptographic)
      : TestMachine(mode, lifted) {
    for (const auto leaf : {S::kSysInit, S::kSysLpInit, S::kSysConfig, S::kSysKeyConfig, S::kSysTdmrInit}) must(call(leaf));
    (void)static_cast<bool>(memory.write(kNone, kSource, base::Bytes(kPage, 0x5A)));
    (void)static_cast<bool>(memory.write(kNone, kParams, wire::encode(params)));
    bring_to(stage);
  }

  static void must(const CallResult& result) {
    if (result.out.rax != 0) throw std::runtime_error(std::string(tdxproto::name_of(result.status())));
  }
  std::uint64_t fresh() { return next_ += kPage; }
  CallResult create() { return call(S::kMngCreate, {.rcx = kTdr, .rdx = kHkid}); }
  CallResult init() { return call(S::kMngInit, {.rcx = kTdr, .rdx = kParams}); }
  CallResult aug(std::uint64_t gpa, std::uint64_t page) { return call(S::kMemPageAug, {.rcx = gpa, .rdx = kTdr, .r8 = page}); }
  CallResult add(std::uint64_t gpa, std::uint64_t page) {
    return call(S::kMemPageAdd, {.rcx = gpa, .rdx = kTdr, .r8 = page, .r9 = kSource});
  }
  CallResult on_page(S leaf, std::uint64_t gpa, unsigned level = 0) {
    return call(leaf, {.rcx = tdxproto::gpa_and_level(gpa, level), .rdx = kTdr});
  }
  CallResult of_td(S leaf) { return call(leaf, {.rcx = kTdr}); }
  CallResult enter() { return call(S::kVpEnter, {.rcx = kTdvpr}); }
  const Td& mine() const { return *module.td(kTdr); }
  SeptState state(std::uint64_t gpa) const { return mine().sept.leaf(gpa).state; }
  Registers tdcall(tdxproto::Tdcall leaf, Registers in) {
    in.rax = static_cast<std::uint64_t>(leaf);
    return module.tdcall(vm.asid, in).out;
  }
  std::uint64_t accept(std::uint64_t gpa) { return tdcall(tdxproto::Tdcall::kMemPageAccept, {.rcx = gpa}).rax; }

  void tables() {
    for (unsigned level = kSeptTopLevel; level >= 1; --level)
      must(call(S::kMemSeptAdd, {.rcx = tdxproto::gpa_and_level(0, level), .rdx = kTdr, .r8 = fresh()}));
  }
  void make_vcpu() {
    must(call(S::kVpCreate, {.rcx = kTdvpr, .rdx = kTdr}));
    for (unsigned i = 1; i < kTdvpsPages; ++i) must(call(S::kVpAddcx, {.rcx = fresh(), .rdx = kTdvpr}));
    must(call(S::kVpInit, {.rcx = kTdvpr}));
  }
  void track() {
    must(of_td(S::kMemTrack));
    if (!module.vcpu_on(vm.asid) || !module.vcpu_on(vm.asid)->inside) return;
    module.exit_to_host(vm.asid);
    must(enter());
  }

 private:
  void bring_to(Stage stage) {
    if (stage >= Stage::kAssigned) must(create());
    if (stage >= Stage::kKeys) must(of_td(S::kMngKeyConfig));
    if (stage >= Stage::kUninitialized)
      for (unsigned i = 0; i < kTdcxPages; ++i) must(call(S::kMngAddcx, {.rcx = fresh(), .rdx = kTdr}));
    if (stage >= Stage::kInitialized) {
      must(init());
      make_vcpu();
      tables();
      must(add(kMapped, kMappedPage));
      must(aug(kPending, kPendingPage));
    }
    if (stage >= Stage::kRunnable) must(of_td(S::kMrFinalize));
    if (stage == Stage::kFatal) {
      must(enter());
      (void)module.fault(vm.asid, kMapped, false, true);
    }
    if (stage >= Stage::kBlocked) {
      must(call(S::kVpFlush, {.rcx = kTdvpr}));
      must(of_td(S::kMngVpflushdone));
    }
    if (stage == Stage::kTeardown) {
      must(call(S::kPhymemCacheWb));
      must(of_td(S::kMngKeyFreeid));
    }
  }

  std::uint64_t next_ = 20ull << 20;
};

}  // namespace tdx
