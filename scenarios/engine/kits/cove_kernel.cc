// A guest's kernel in a TVM.
#include "guest/relying_party/cove_messages.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/cove/evidence.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/kits/boot_words.h"
#include "scenarios/engine/kits/cove_kit.h"
#include "tsm/abi/cove_guest.h"
#include "tsm/abi/cove_tdi.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr int kTriesMax = 16;  // of one ECALL, whose operands the host brings page by page
constexpr tsm_abi::CoveLayout kOperands{.first_gpa = kSecretsGpa, .second_gpa = kCpuidGpa};
constexpr const char* kNotBack = "the host does not bring the vCPU back";

class CoveKernel final : public GuestKernel, private tsm_abi::CovePlatform {
 public:
  CoveKernel(World& world, CoveKit& kit, VmState& vm, GuestMachine& machine)
      : world_(world), kit_(kit), vm_(vm), machine_(machine),
        cove_(*this, kOperands, world.defences, vm.name) {
    vm.pages["kernel"] = kKernelGpa;
    kit.machine().on_interrupt(vm.vm, [this](std::uint64_t hvip) { interrupted(hvip); });
  }

  void note_accepted(std::uint64_t gpa, std::uint64_t bytes) override { cove_.note_accepted(gpa, bytes); }

  // Firmware takes in and measures what the host laid out beside it.
  std::string boot() override {
    if (!cove_.boot()) return "the TSM is not what the guest was built for";
    const auto kernel = cove_.take_in(kKernelGpa, kCoveKernelRegister, "kernel");
    if (!kernel) return "the kernel cannot be taken in and measured";
    if (!measure(BootWord::kKernel, kCoveCommandLineRegister) ||
        (measures_tables(world_.settings, vm_) && !measure(BootWord::kMachine, kCoveKernelRegister)))
      return "a run-time register cannot be extended";
    if (world_.settings.on(vm_.name, "config"))
      if (auto why = check_config(); !why.empty()) return why;
    // From here on the page is executed.
    if (read(kKernelGpa, kPage) != *kernel)
      world_.oracle.breach(trust::Promise::kAuthority, vm_.name + " executes another kernel than it measured", world_.sim.now());
    return "";
  }
  kernel::Features features() const override { return {.architecture = kernel::Architecture::kRiscv}; }
  bool accept(std::uint64_t gpa) override { return static_cast<bool>(cove_.accept_page(gpa)); }
  bool share(std::uint64_t gpa) override { return static_cast<bool>(cove_.share_page(gpa)); }

  std::string fault(const cpu::AccessResult& result, std::uint64_t page, bool write) override {
    // A page that a driver means to share is asked for when it is first touched.
    const bool wanted = vm_.vm.space.contains(page) && !vm_.vm.space.is_private(page) && !cove_.shared(page);
    if (wanted) return share(page) ? "" : "a page cannot be shared";
    const auto fault = kit_.machine().fault(vm_.vm, page, write, result.kind == cpu::AccessResult::Kind::kMemoryFault);
    switch (fault.seen) {
      case cove::Fault::Seen::kDead: return "memory integrity: the TVM is dead";
      case cove::Fault::Seen::kAccessFault: return "an access fault outside of the guest's memory";
      case cove::Fault::Seen::kExit: break;
    }
    const auto exit = cove::exit_of(fault.exit);
    const auto answer = machine_.exit_to_host(exit, cove::object_of(exit), page);
    return kit_.machine().resume(vm_.vm, answer).entered ? "" : kNotBack;
  }

  // What other guests ask by CPUID, this one has in its device tree.
  std::array<std::uint32_t, 4> cpuid(std::uint32_t leaf, std::uint32_t subleaf) override {
    for (const auto& known : kit_.processor())
      if (known.leaf == leaf && known.subleaf == subleaf) return {known.eax, known.ebx, known.ecx, known.edx};
    return {};
  }

  // Run-time register 0 to 3.
  int extend(std::uint32_t index, const base::Block<48>& digest) override {
    if (index >= coveproto::kRuntimeRegisters) return GLACIS_BAD_ARGUMENT;
    return cove_.extend(coveproto::kInitialRegisters + index, digest, "run time") ? GLACIS_OK : GLACIS_REFUSED;
  }
  std::optional<base::Bytes> measured(const std::string& name) override {
    for (unsigned i = 0; i < coveproto::kRegisters; ++i) {
      const bool initial = i < coveproto::kInitialRegisters;
      const std::string file = initial ? "mr" + std::to_string(i) : "rtmr" + std::to_string(i - coveproto::kInitialRegisters);
      if (name != file + ":sha384") continue;
      const auto value = cove_.read_measurement(i);
      return value ? std::optional(base::bytes_of(*value)) : std::nullopt;
    }
    return std::nullopt;
  }

  std::optional<base::Bytes> tdi_call(tio::ManagedCall call, base::View in, std::uint16_t function) override {
    return tdi_.call(call, in, function);
  }

  const char* provider() const override { return "cove_guest"; }
  std::optional<Attested> attest(const base::Block<64>& report_data, std::uint32_t) override {
    const auto evidence = cove_.get_evidence(report_data);
    if (!evidence) return std::nullopt;
    relying_party::CoveAttachment beside{.endorsement = kit_.endorsement().to_der(), .event_log = coveproto::encode_event_log(cove_.log())};
    beside.endorsement_size = static_cast<std::uint32_t>(beside.endorsement.size());
    beside.event_log_size = static_cast<std::uint32_t>(beside.event_log.size());
    Attested out{.report = *evidence, .attachment = wire::encode(beside), .files = {}};
    const auto text = [](const crypto::Certificate& one) { return base::bytes_of(base::view_of(one.to_pem())); };
    out.files = {{"evidence.cbor", *evidence}, {"event-log.cbor", beside.event_log}, {"rot.pem", text(kit_.endorsement())},
                 {"root.pem", text(kit_.vendor_root())}};
    return out;
  }

 private:
  bool measure(BootWord kind, unsigned index) {
    const auto words = take_words(machine_, kind);
    for (std::size_t i = 0; i < words.size(); ++i)
      if (!cove_.extend(index, crypto::sha384(words[i]), names_of(kind).at(i))) return false;
    return true;
  }

  // The configuration is the host's to choose; what the owner will read is the TVM's identity, so the two have to agree.
  std::string check_config() {
    const auto configuration = cove_.take_in_unmeasured(kConfigGpa);
    if (!configuration) return "the configuration cannot be taken in";
    const auto own = cove_.get_evidence({});
    const auto read = coveproto::read_evidence(own ? *own : base::Bytes{});
    const bool same = read && read->tvm.identity == cove_identity(*configuration);
    return machine_.defend("guest.config.host-data", same) ? "" : "the configuration is not the one that the TVM's identity names";
  }

  void interrupted(std::uint64_t hvip) {
    if ((hvip & coveproto::kHvipVseip) == 0 || cove_.expects_interrupts()) return;
    world_.oracle.breach(trust::Promise::kIsolation, vm_.name + " takes an external interrupt that it never allowed", world_.sim.now());
  }

  // tsm_abi::CovePlatform
  base::Bytes read(std::uint64_t gpa, std::size_t count) override { return machine_.read(gpa, count); }
  void write(std::uint64_t gpa, base::View bytes) override { machine_.write(gpa, bytes); }
  coveproto::SbiRet ecall(const coveproto::Ecall& call) override {
    for (int tries = 0; tries < kTriesMax; ++tries) {
      const auto result = kit_.machine().ecall(vm_.vm, call);
      if (result.dead) machine_.stop("memory integrity: the TVM is dead");
      if (!result.exit) return result.ret;
      const auto exit = cove::exit_of(*result.exit);
      const auto answer = machine_.exit_to_host(exit, cove::object_of(exit));
      const auto resumed = kit_.machine().resume(vm_.vm, answer);
      if (!resumed.entered) machine_.stop(kNotBack);
      if (resumed.answer) return *resumed.answer;
      machine_.step(sim::kMicrosecond);  // the call again
    }
    machine_.stop("the same exit again and again");
  }
  base::Bytes trusted_random(std::size_t count) override { return machine_.random(count); }

  World& world_;
  CoveKit& kit_;
  VmState& vm_;
  GuestMachine& machine_;
  tsm_abi::CoveGuest cove_;
  tsm_abi::CoveTdi tdi_{*this, kOperands};
};

}  // namespace

std::unique_ptr<GuestKernel> make_cove_kernel(World& world, CoveKit& kit, VmState& vm, GuestMachine& machine) {
  return std::make_unique<CoveKernel>(world, kit, vm, machine);
}

}  // namespace engine
