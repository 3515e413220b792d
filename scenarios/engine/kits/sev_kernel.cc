// A guest's kernel under SEV, SEV-ES or SEV-SNP, and one without any of them.
#include "scenarios/engine/kits/sev_kernel.h"

#include "platform/crypto/certificate.h"
#include "platform/crypto/ec_key.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/sev/cert_table.h"
#include "platform/protocol/sev/ghcb.h"
#include "platform/protocol/sev/kernel_hashes.h"
#include "platform/protocol/sev/report.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/kits/boot_words.h"
#include "tsm/abi/sev_tdi.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint32_t kSevLeaf = 0x8000'001F;

std::string object_of(std::uint64_t code) {
  switch (static_cast<sevproto::ExitCode>(code)) {
    case sevproto::ExitCode::kCpuid: return "CPUID";
    case sevproto::ExitCode::kSnpPsc: return "PSC";
    case sevproto::ExitCode::kGuestRequest:
    case sevproto::ExitCode::kTioGuestRequest:
    case sevproto::ExitCode::kExtGuestRequest: return "GUEST_REQUEST";
    case sevproto::ExitCode::kTioOp: return "TIO_OP";
    default: return "EXIT";
  }
}

// openssl verify takes the certificates, openssl dgst the signed bytes and the signature.
std::map<std::string, base::Bytes> files_of(base::View report, base::View table) {
  std::map<std::string, base::Bytes> files;
  files["report.bin"] = base::bytes_of(report);
  if (const auto decoded = wire::decode<sevproto::Report>(report)) {
    files["report.signed.bin"] = base::bytes_of(sevproto::signed_part(report));
    const auto r = sevproto::be48_of(decoded->signature.r), s = sevproto::be48_of(decoded->signature.s);
    if (r && s) files["report.signature.der"] = crypto::to_der({base::bytes_of(*r), base::bytes_of(*s)});
  }
  const auto rows = sevproto::decode_cert_table(table);
  if (!rows) return files;
  for (const auto& [name, guid] : {std::pair{"vcek", sevproto::kGuidVcek}, {"ask", sevproto::kGuidAsk}, {"ark", sevproto::kGuidArk}})
    if (const auto der = sevproto::find_cert(*rows, guid))
      if (const auto certificate = crypto::Certificate::from_der(*der))
        files[std::string(name) + ".pem"] = base::bytes_of(base::view_of(certificate->to_pem()));
  return files;
}

class SevKernel final : public GuestKernel, private tsm_abi::Platform {
 public:
  SevKernel(World& world, VmState& vm, GuestMachine& machine)
      : world_(world), vm_(vm), machine_(machine), is_snp_(world.settings.technology == "sev-snp"),
        sev_(*this, sev_layout(world, vm.vmpl), world.defences, vm.name) {}

  bool protects() const override { return world_.sev != nullptr; }
  void note_accepted(std::uint64_t gpa, std::uint64_t bytes) override { sev_.note_accepted(gpa, bytes); }

  // Learns where the C-bit is and reads its secrets page.
  std::string boot() override {
    if (world_.settings.on(vm_.name, "kernel-hashes")) {
      // The firmware compares what the host loaded with the hashes in its own measured page.
      const auto kernel = read_private(kKernelGpa, kPage), table = read_private(kHashesGpa, 176);
      const auto words = take_words(machine_, BootWord::kKernel);
      const bool same = table == wire::encode(sevproto::kernel_hashes(kernel, words.at(1), base::text_of(words.at(0))));
      if (!machine_.defend("guest.kernel.hashes", same)) return "the kernel is not the one whose hash was measured";
    }
    const auto leaf = machine_.cpuid(kSevLeaf, 0);
    const auto truth = world_.host.cpuid(kSevLeaf, 0);
    c_bit_works_ = (leaf[1] & 0x3F) == (truth.ebx & 0x3F);
    if (!c_bit_works_ && !machine_.defend("guest.cbit.check", false)) return "the C-bit that the host named does not encrypt";
    if (is_snp_ && !sev_.boot_read_secrets()) return "the secrets page is not what it should be";
    return world_.settings.on(vm_.name, "config") && is_snp_ ? check_config() : "";
  }
  bool accept(std::uint64_t gpa) override { return static_cast<bool>(sev_.accept_page(gpa)); }
  bool share(std::uint64_t gpa) override { return static_cast<bool>(sev_.share_page(gpa)); }
  bool maps_private() const override { return c_bit_works_; }
  kernel::Features features() const override {
    return {.architecture = kernel::Architecture::kX86, .vc = is_snp_ || world_.settings.technology == "sev-es", .doorbell = is_snp_};
  }

  std::string fault(const cpu::AccessResult& result, std::uint64_t page, bool) override {
    if (result.kind == cpu::AccessResult::Kind::kNotMapped) {
      // A nested fault: the host learns which page, and puts back what it had there.
      (void)machine_.exit_to_host({.code = static_cast<std::uint64_t>(sevproto::ExitCode::kNpf), .info1 = 0, .info2 = page}, "NPF", page);
      return vm_.vm.nested.translate(page) ? "" : "the host keeps a page away";
    }
    if (result.kind == cpu::AccessResult::Kind::kRefused && result.refusal->by->act == trust::Act::kDetect)
      // #VC, page not validated: the guest's lazy path accepts a page, though never one that it had accepted.
      return accept(page) ? "" : "a page was taken away behind the guest's back";
    return result.kind == cpu::AccessResult::Kind::kRefused ? "the host cannot resolve the fault" : "machine check";
  }

  std::array<std::uint32_t, 4> cpuid(std::uint32_t leaf, std::uint32_t subleaf) override {
    if (world_.settings.cpuid_page && is_snp_) {
      const auto answer = sev_.cpuid(leaf, subleaf);
      return answer ? std::array{answer->eax, answer->ebx, answer->ecx, answer->edx} : std::array<std::uint32_t, 4>{};
    }
    const auto answer = machine_.exit_to_host({.code = static_cast<std::uint64_t>(sevproto::ExitCode::kCpuid), .rax = leaf, .rcx = subleaf}, "CPUID");
    return {static_cast<std::uint32_t>(answer.rax), static_cast<std::uint32_t>(answer.rbx), static_cast<std::uint32_t>(answer.rcx),
            static_cast<std::uint32_t>(answer.rdx)};
  }

  // The host answers for registers that its processor does not keep per guest (GHCB 2.03, 4.1.4); EAX and EDX hold the value.
  std::optional<std::uint64_t> msr(std::uint32_t index, std::optional<std::uint64_t> value) override {
    constexpr std::uint64_t kMsrExit = 0x7C, kLow = 0xFFFF'FFFF;
    const auto answer = machine_.exit_to_host(
        {.code = kMsrExit, .info1 = value ? 1u : 0u, .rax = value.value_or(0) & kLow, .rcx = index, .rdx = value.value_or(0) >> 32}, "MSR");
    return value ? value : std::optional((answer.rax & kLow) | answer.rdx << 32);
  }

  const char* provider() const override { return is_snp_ ? "sev_guest" : nullptr; }
  std::optional<Attested> attest(const base::Block<64>& report_data, std::uint32_t level) override {
    const auto got = sev_.get_extended_report(report_data, level);
    if (!got) return std::nullopt;
    return Attested{got->report, got->certificates, files_of(got->report, got->certificates)};
  }
  bool derives_keys() const override { return is_snp_; }
  std::optional<base::Block<32>> derive_key(std::uint64_t select) override {
    return sev_.derive_key({.guest_field_select = select}).value;
  }
  std::uint64_t launch_secret_gpa() const override { return is_snp_ ? 0 : kLaunchSecretGpa; }
  std::optional<base::Bytes> tdi_call(tio::ManagedCall call, base::View in, std::uint16_t function) override {
    return tdi_.call(call, in, function);
  }

 private:
  // The configuration is the host's to choose; what the owner will read in reports is HOST_DATA, so the two have to agree.
  std::string check_config() {
    const auto own = sev_.get_report({}, 0);
    const auto report = wire::decode<sevproto::Report>(own ? *own : base::Bytes{});
    const bool same = report && report->host_data == crypto::sha256(read_private(kConfigGpa, kPage));
    return machine_.defend("guest.config.host-data", same) ? "" : "the configuration is not the one that HOST_DATA names";
  }

  // tsm_abi::Platform
  base::Bytes read_private(std::uint64_t gpa, std::size_t count) override { return machine_.read(gpa, count); }
  void write_private(std::uint64_t gpa, base::View bytes) override { machine_.write(gpa, bytes); }
  base::Bytes read_shared(std::uint64_t gpa, std::size_t count) override { return machine_.read(gpa, count); }
  void write_shared(std::uint64_t gpa, base::View bytes) override { machine_.write(gpa, bytes); }
  tsm_abi::VmgexitReply vmgexit(const tsm_abi::Vmgexit& exit) override {
    const auto code = static_cast<std::uint64_t>(exit.exit_code);
    auto r = exit.registers;
    if (exit.exit_code == sevproto::ExitCode::kSnpPsc) r.rbx = kPscGpa;
    const auto answer = machine_.exit_to_host(
        {.code = code, .info1 = exit.info1, .info2 = exit.info2, .rax = r.rax, .rbx = r.rbx, .rcx = r.rcx, .rdx = r.rdx}, object_of(code));
    return {.info1 = answer.info1, .info2 = answer.info2, .registers = {answer.rax, answer.rbx, answer.rcx, answer.rdx}};
  }
  std::uint32_t pvalidate(std::uint64_t gpa, bool validate) override { return world_.technology->accept(vm_.vm, gpa, validate); }
  std::uint32_t rmpadjust(std::uint64_t gpa, std::uint8_t vmpl, std::uint8_t perms, bool vmsa) override {
    return world_.technology->grant(vm_.vm, gpa, vmpl, perms, vmsa);
  }
  base::Bytes trusted_random(std::size_t count) override { return machine_.random(count); }
  void sealed(base::View key, base::View iv, base::View plaintext) override {
    world_.oracle.sealed(key, iv, plaintext, world_.sim.now());
  }

  World& world_;
  VmState& vm_;
  GuestMachine& machine_;
  bool is_snp_;
  tsm_abi::SevGuest sev_;
  tsm_abi::SevTdi tdi_{sev_};
  bool c_bit_works_ = true;
};

}  // namespace

tsm_abi::SevLayout sev_layout(const World& world, std::uint8_t vmpl) {
  return {.snp = world.settings.technology == "sev-snp",
          .vmpl = vmpl,
          .secrets_gpa = kSecretsGpa,
          .cpuid_gpa = kCpuidGpa,
          .psc_gpa = kPscGpa,
          .request_gpa = kRequestGpa,
          .response_gpa = kResponseGpa,
          .cert_gpa = kCertGpa,
          .cert_pages = kCertPages};
}

std::unique_ptr<GuestKernel> make_sev_kernel(World& world, VmState& vm, GuestMachine& machine) {
  return std::make_unique<SevKernel>(world, vm, machine);
}

}  // namespace engine
