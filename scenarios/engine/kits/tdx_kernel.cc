// A guest's kernel in a TD.
#include "guest/relying_party/tdx_messages.h"
#include "platform/crypto/certificate.h"
#include "platform/protocol/tdx/event_log.h"
#include "platform/protocol/tdx/quote.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/kits/boot_words.h"
#include "scenarios/engine/kits/tdx_kit.h"
#include "tsm/abi/tdx_tdi.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;

class TdxKernel final : public GuestKernel, private tsm_abi::TdxPlatform {
 public:
  TdxKernel(World& world, TdxKit& kit, VmState& vm, GuestMachine& machine)
      : world_(world), kit_(kit), vm_(vm), machine_(machine),
        tdx_(*this, {.report_gpa = kSecretsGpa, .quote_gpa = kCertGpa, .quote_pages = kCertPages}, world.defences, vm.name) {}

  void note_accepted(std::uint64_t gpa, std::uint64_t bytes) override { tdx_.note_accepted(gpa, bytes); }

  // Firmware measures what the host loaded beside it; the kernel then asks where it is.
  std::string boot() override {
    const auto up = tdx_.boot();
    if (!up) return "the processor is not what the guest was built for";
    BootMeasured words{.machine = take_words(machine_, BootWord::kMachine), .roms = take_words(machine_, BootWord::kRom),
                       .kernel_words = take_words(machine_, BootWord::kKernel)};
    log_ = boot_events(read_private(kKernelGpa, kPage), words);
    for (const auto& event : log_.events)
      if (const auto done = tdx_.extend_rtmr(event.mr_index - 1, event.digest); !done) return "a run-time register cannot be extended";
    return world_.settings.on(vm_.name, "config") ? check_config() : "";
  }
  bool accept(std::uint64_t gpa) override { return static_cast<bool>(tdx_.accept_page(gpa)); }
  bool share(std::uint64_t gpa) override { return static_cast<bool>(tdx_.share_page(gpa)); }

  std::string fault(const cpu::AccessResult& result, std::uint64_t page, bool write) override {
    const bool machine_check = result.kind == cpu::AccessResult::Kind::kMemoryFault;
    if (!vm_.vm.space.is_private(page)) return shared_fault(page, write);
    const auto fault = kit_.machine().fault(vm_.vm, page, write, machine_check);
    switch (fault.seen) {
      case tdx::Fault::Seen::kTdDead: return "machine check: the TD is dead";
      case tdx::Fault::Seen::kGuestVe:
        // #VE, page pending: the guest's lazy path accepts a page, though never one that it had accepted.
        if (!tdx_.ve_info()) return "#VE without a reason";
        // Between SYSCALL and the kernel's own stack the handler runs on the one that user mode left.
        if (const auto entry = vm_.pages.find("syscall-entry"); entry != vm_.pages.end() && page == entry->second)
          world_.oracle.breach(trust::Promise::kAuthority, vm_.name + " handles a #VE on a stack that user mode chose", world_.sim.now());
        return accept(page) ? "" : "a page was taken away behind the guest's back";
      case tdx::Fault::Seen::kTdExit: break;
    }
    const auto exit = tdx::exit_of(fault.exit);
    const auto answer = machine_.exit_to_host(exit, tdx::object_of(exit), page);
    return kit_.machine().resume(vm_.vm, answer).entered ? "" : "the host does not bring the vCPU back";
  }

  std::array<std::uint32_t, 4> cpuid(std::uint32_t leaf, std::uint32_t subleaf) override {
    const auto got = tdx_.cpuid(leaf, subleaf);
    return got ? std::array{got->eax, got->ebx, got->ecx, got->edx} : std::array<std::uint32_t, 4>{};
  }

  // Register 0 to 3; the log keeps the digest, for whoever extends knows alone what it is of.
  int extend(std::uint32_t index, const base::Block<48>& digest) override {
    if (index >= tdxproto::kRtmrCount) return GLACIS_BAD_ARGUMENT;
    if (!tdx_.extend_rtmr(index, digest)) return GLACIS_REFUSED;
    log_.events.push_back({.mr_index = index + tdxproto::kMrIndexRtmr0, .type = tdxproto::kEventTag, .digest = digest});
    return GLACIS_OK;
  }
  std::optional<base::Bytes> measured(const std::string& name) override {
    const auto raw = tdx_.get_report({});
    const auto report = wire::decode<tdxproto::Report>(raw ? *raw : base::Bytes{});
    if (!report) return std::nullopt;
    const auto& info = report->td_info;
    if (name == "mrtd:sha384") return base::bytes_of(info.mr_td);
    if (name == "mrconfigid") return base::bytes_of(info.mr_config_id);
    if (name == "mrowner") return base::bytes_of(info.mr_owner);
    if (name == "mrownerconfig") return base::bytes_of(info.mr_owner_config);
    for (std::size_t i = 0; i < info.rtmr.size(); ++i)
      if (name == "rtmr" + std::to_string(i) + ":sha384") return base::bytes_of(info.rtmr[i]);
    return std::nullopt;
  }

  std::optional<base::Bytes> tdi_call(tio::ManagedCall call, base::View in, std::uint16_t function) override {
    return tdi_.call(call, in, function);
  }

  // #VE, and the guest asks the host (GHCI, TDG.VP.VMCALL<Instruction.RDMSR> and <Instruction.WRMSR>).
  // simplified: straight to the host's boundary, in the words of another exit.
  std::optional<std::uint64_t> msr(std::uint32_t index, std::optional<std::uint64_t> value) override {
    constexpr std::uint64_t kRead = 31, kWrite = 32, kLow = 0xFFFF'FFFF;
    const auto answer = machine_.exit_to_host(
        {.code = value ? kWrite : kRead, .info1 = value ? 1u : 0u, .rax = value.value_or(0) & kLow, .rcx = index, .rdx = value.value_or(0) >> 32}, "MSR");
    return value ? value : std::optional((answer.rax & kLow) | answer.rdx << 32);
  }

  const char* provider() const override { return "tdx_guest"; }
  std::optional<Attested> attest(const base::Block<64>& report_data, std::uint32_t) override {
    const auto report = tdx_.get_report(report_data);
    if (!report) return std::nullopt;
    const auto quote = tdx_.get_quote(*report);
    if (!quote) return std::nullopt;
    relying_party::TdxAttachment beside{.collateral = kit_.collateral(), .event_log = tdxproto::encode_event_log(log_)};
    beside.collateral_size = static_cast<std::uint32_t>(beside.collateral.size());
    beside.event_log_size = static_cast<std::uint32_t>(beside.event_log.size());
    Attested out{.report = *quote, .attachment = wire::encode(beside), .files = {}};
    out.files = {{"quote.bin", *quote}, {"report.bin", *report}, {"collateral.bin", beside.collateral}, {"ccel.bin", beside.event_log}};
    for (const auto& [name, certificate] : kit_.chain())
      out.files[name + ".pem"] = base::bytes_of(base::view_of(certificate.to_pem()));
    return out;
  }

 private:
  // The configuration is the host's to choose; what the owner will read in quotes is MRCONFIGID, so the two have to agree.
  std::string check_config() {
    const auto own = tdx_.get_report({});
    const auto report = wire::decode<tdxproto::Report>(own ? *own : base::Bytes{});
    const bool same = report && report->td_info.mr_config_id == config_id(read_private(kConfigGpa, kPage));
    return machine_.defend("guest.config.host-data", same) ? "" : "the configuration is not the one that MRCONFIGID names";
  }

  // The host's own tables: it learns which page, and puts back what it had there.
  std::string shared_fault(std::uint64_t page, bool write) {
    const tdx::TdExit exit{.reason = tdxproto::kExitEptViolation, .qualification = write ? 2u : 1u, .gpa = page};
    const auto told = tdx::exit_of(exit);
    (void)machine_.exit_to_host(told, tdx::object_of(told), page);
    return vm_.vm.nested.translate(page) ? "" : "the host keeps a page away";
  }

  // tsm_abi::TdxPlatform
  base::Bytes read_private(std::uint64_t gpa, std::size_t count) override { return machine_.read(gpa, count); }
  void write_private(std::uint64_t gpa, base::View bytes) override { machine_.write(gpa, bytes); }
  base::Bytes read_shared(std::uint64_t gpa, std::size_t count) override { return machine_.read(gpa, count); }
  void write_shared(std::uint64_t gpa, base::View bytes) override { machine_.write(gpa, bytes); }
  tdxproto::Registers tdcall(const tdxproto::Registers& in) override {
    for (;;) {
      const auto result = kit_.machine().tdcall(vm_.vm, in);
      if (result.dead) machine_.stop("machine check: the TD is dead");
      if (!result.exit) return result.out;
      const auto exit = tdx::exit_of(*result.exit);
      const auto answer = machine_.exit_to_host(exit, tdx::object_of(exit));
      const auto resumed = kit_.machine().resume(vm_.vm, answer);
      if (!resumed.entered) machine_.stop("the host does not bring the vCPU back");
      if (resumed.answer) return *resumed.answer;
      machine_.step(sim::kMicrosecond);  // the instruction again
    }
  }
  std::optional<tsm_abi::NativeCpuid> cpuid_instruction(std::uint32_t leaf, std::uint32_t subleaf) override {
    const auto got = kit_.machine().cpuid(vm_.vm, leaf, subleaf);
    if (!got) return std::nullopt;
    return tsm_abi::NativeCpuid{got->eax, got->ebx, got->ecx, got->edx};
  }
  base::Bytes trusted_random(std::size_t count) override { return machine_.random(count); }

  World& world_;
  TdxKit& kit_;
  VmState& vm_;
  GuestMachine& machine_;
  tsm_abi::TdxGuest tdx_;
  tsm_abi::TdxTdi tdi_{tdx_};
  tdxproto::EventLog log_;
};

}  // namespace

std::unique_ptr<GuestKernel> make_tdx_kernel(World& world, TdxKit& kit, VmState& vm, GuestMachine& machine) {
  return std::make_unique<TdxKernel>(world, kit, vm, machine);
}

}  // namespace engine
