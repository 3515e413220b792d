// A guest's kernel in a realm.
#include "guest/relying_party/cca_messages.h"
#include "platform/crypto/certificate.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/kits/boot_words.h"
#include "scenarios/engine/kits/cca_kit.h"
#include "tsm/abi/cca_guest.h"
#include "tsm/abi/cca_tdi.h"

namespace engine {
namespace {

constexpr std::uint64_t kPage = 4096;

class CcaKernel final : public GuestKernel, private tsm_abi::CcaPlatform {
 public:
  CcaKernel(World& world, CcaKit& kit, VmState& vm, GuestMachine& machine)
      : world_(world), kit_(kit), vm_(vm), machine_(machine), cca_(*this, kSecretsGpa, world.defences, vm.name),
        tdi_(cca_, *this, kSecretsGpa, [this](std::uint16_t function) { return certificates(function); }, world.defences, vm.name) {}

  void note_accepted(std::uint64_t gpa, std::uint64_t bytes) override { cca_.note_accepted(gpa, bytes); }

  // Firmware measures what the host loaded beside it.
  std::string boot() override {
    if (!cca_.boot()) return "the RMM is not what the guest was built for";
    const auto kernel_words = take_words(machine_, BootWord::kKernel);
    std::vector<base::Bytes> described;
    if (measures_tables(world_.settings, vm_)) described = take_words(machine_, BootWord::kMachine);
    log_ = realm_boot_events(read_private(kKernelGpa, kPage), kernel_words, described);
    for (const auto& event : log_.events)
      if (!cca_.extend(event.mr_index, event.digest)) return "a register cannot be extended";
    return world_.settings.on(vm_.name, "config") ? check_config() : "";
  }
  kernel::Features features() const override { return {.architecture = kernel::Architecture::kArm}; }
  bool accept(std::uint64_t gpa) override { return static_cast<bool>(cca_.accept_page(gpa)); }
  bool share(std::uint64_t gpa) override { return static_cast<bool>(cca_.share_page(gpa)); }

  std::string fault(const cpu::AccessResult& result, std::uint64_t page, bool write) override {
    // The granule protection table has spoken: the monitor ends what tried.
    if (result.kind == cpu::AccessResult::Kind::kRefused) return "granule protection fault";
    const auto fault = kit_.machine().fault(vm_.vm, page, write);
    if (fault.seen == cca::Fault::Seen::kDead) return "the realm is over";
    if (fault.seen == cca::Fault::Seen::kSea) return "synchronous external abort";
    const auto exit = cca::exit_of(fault.exit);
    const auto answer = machine_.exit_to_host(exit, cca::object_of(exit), page);
    const auto resumed = kit_.machine().resume(vm_.vm, answer);
    if (!resumed.entered) return "the host does not bring the vCPU back";
    return resumed.aborted ? "the host answers with an abort" : "";
  }

  // Stands for the ID registers: the RMM answers for the processor, and no exit tells the host.
  std::array<std::uint32_t, 4> cpuid(std::uint32_t leaf, std::uint32_t subleaf) override {
    const auto got = world_.host.cpuid(leaf, subleaf);
    return {got.eax, got.ebx, got.ecx, got.edx};
  }

  // Register 0 to 3. The log is of SHA-256, whatever is extended: an event's data is what the program gave.
  int extend(std::uint32_t index, const base::Block<48>& digest) override {
    if (index >= ccaproto::kExtensible) return GLACIS_BAD_ARGUMENT;
    const auto event = ccaproto::event_of(index + 1, ccel::kEventTag, digest);
    if (!cca_.extend(event.mr_index, event.digest)) return GLACIS_REFUSED;
    log_.events.push_back(event);
    return GLACIS_OK;
  }
  // As long as the realm's hash is.
  std::optional<base::Bytes> measured(const std::string& name) override {
    const auto algorithm = cca_.config().algorithm;
    const std::string hash = algorithm == ccaproto::HashAlgorithm::kSha512 ? ":sha512" : ":sha256";
    for (unsigned i = 0; i <= ccaproto::kExtensible; ++i) {
      if (name != (i == 0 ? "rim" : "rem" + std::to_string(i - 1)) + hash) continue;
      const auto value = cca_.measurement(i);
      return value ? std::optional(base::bytes_of(base::View(*value).first(ccaproto::size_of(algorithm)))) : std::nullopt;
    }
    return std::nullopt;
  }

  std::optional<base::Bytes> tdi_call(tio::ManagedCall call, base::View in, std::uint16_t function) override {
    return tdi_.call(call, in, function);
  }

  const char* provider() const override { return "arm_cca_guest"; }
  std::optional<Attested> attest(const base::Block<64>& report_data, std::uint32_t) override {
    const auto token = cca_.token(report_data);
    if (!token) return std::nullopt;
    relying_party::CcaAttachment beside{.endorsement = kit_.endorsement(), .event_log = ccaproto::encode_event_log(log_)};
    beside.endorsement_size = static_cast<std::uint32_t>(beside.endorsement.size());
    beside.event_log_size = static_cast<std::uint32_t>(beside.event_log.size());
    Attested out{.report = *token, .attachment = wire::encode(beside), .files = {}};
    out.files = {{"token.cbor", *token}, {"endorsement.cbor", beside.endorsement}, {"ccel.bin", beside.event_log},
                 {"vendor-key.der", crypto::public_key_info(kit_.vendor_key())}, {"platform-key.der", crypto::public_key_info(kit_.platform_key())}};
    return out;
  }

 private:
  // The configuration is the host's to choose; what the owner will read in tokens is the personalization value, so the two have to agree.
  std::string check_config() {
    const bool same = cca_.config().rpv == personalization_of(read_private(kConfigGpa, kPage));
    return machine_.defend("guest.config.host-data", same) ? "" : "the configuration is not the one that the personalization value names";
  }

  // As the host carries them.
  base::Bytes certificates(std::uint16_t function) {
    for (const auto& bay : world_.bays)
      for (const auto& there : bay->functions())
        if (there->at().id == function) return there->evidence(tio::EvidencePart::kCertificates).value_or(base::Bytes{});
    return {};
  }

  // tsm_abi::CcaPlatform
  base::Bytes read_private(std::uint64_t gpa, std::size_t count) override { return machine_.read(gpa, count); }
  void write_private(std::uint64_t gpa, base::View bytes) override { machine_.write(gpa, bytes); }
  base::Bytes read_shared(std::uint64_t gpa, std::size_t count) override { return machine_.read(gpa, count); }
  void write_shared(std::uint64_t gpa, base::View bytes) override { machine_.write(gpa, bytes); }
  ccaproto::Registers rsi(const ccaproto::Registers& in) override {
    for (;;) {
      const auto result = kit_.machine().rsi(vm_.vm, in);
      if (result.dead) machine_.stop("the realm is over");
      if (!result.exit) return result.out;
      const auto exit = cca::exit_of(*result.exit);
      const auto answer = machine_.exit_to_host(exit, cca::object_of(exit));
      const auto resumed = kit_.machine().resume(vm_.vm, answer);
      if (!resumed.entered) machine_.stop("the host does not bring the vCPU back");
      if (resumed.answer) return *resumed.answer;
      machine_.step(sim::kMicrosecond);  // the instruction again
    }
  }
  base::Bytes trusted_random(std::size_t count) override { return machine_.random(count); }

  World& world_;
  CcaKit& kit_;
  VmState& vm_;
  GuestMachine& machine_;
  tsm_abi::CcaGuest cca_;
  tsm_abi::CcaTdi tdi_;
  ccaproto::EventLog log_;
};

}  // namespace

std::unique_ptr<GuestKernel> make_cca_kernel(World& world, CcaKit& kit, VmState& vm, GuestMachine& machine) {
  return std::make_unique<CcaKernel>(world, kit, vm, machine);
}

}  // namespace engine
