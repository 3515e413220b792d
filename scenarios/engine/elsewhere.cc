#include "scenarios/engine/elsewhere.h"

#include "platform/base/check.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/kits/sev_kernel.h"
#include "scenarios/engine/kits/sev_kit.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kHostFirst = 16ull << 20;

memory::Settings memory_of(const World& world) {
  auto settings = world.settings.memory;
  settings.bytes = 64ull << 20;
  return settings;
}

}  // namespace

Elsewhere::Elsewhere(World& world, const std::string& chip)
    : memory_(memory_of(world)), host_(memory_, kHostFirst, memory_.settings().bytes), calls_("tsm1.call"),
      requests_("elsewhere.requests"),
      machine_(sev::Chip::from_seed(world.settings.psp.product, base::view_of(chip)), world.settings.psp, host_, calls_,
               defences_, world.library, world.run.seed + sim::fnv1a(chip)),
      vm_("elsewhere", 1, kVmBytes), vcpu_("elsewhere.cpu", vm_, memory_, machine_),
      random_(world.run.seed, "elsewhere." + chip), guest_(*this, sev_layout(world, 0), defences_, "elsewhere") {
  host_.set_cpuid(world.host.cpuid_leaves());
  machine_.set_certificates(certificate_table(machine_.psp()));
  cpu::Launch launch = world.vms.front()->started;  // the owner's documents are public
  launch.pages = world.vms.front()->golden;
  if (!machine_.boot().empty() || !machine_.launch(vm_, launch).empty()) return;
  machine_.carry_requests(vm_, requests_);
  for (const auto& page : launch.pages)
    if (page.kind != cpu::LaunchPage::Kind::kSaveArea) {
      vm_.space.set(page.gpa, kPage, memory::AddressSpace::Attribute::kPrivate);
      guest_.note_accepted(page.gpa, kPage);
    }
  for (std::uint64_t gpa = kPscGpa; gpa < kCertGpa + kCertPages * kPage; gpa += kPage) host_.back(vm_, gpa);
  started_ = static_cast<bool>(guest_.boot_read_secrets());
}

Elsewhere::~Elsewhere() = default;

std::optional<tsm_abi::ReportWithCertificates> Elsewhere::report(const base::Block<64>& report_data) {
  if (!started_) return std::nullopt;
  return guest_.get_extended_report(report_data, 0).value;
}

base::Bytes Elsewhere::read_private(std::uint64_t gpa, std::size_t count) {
  base::Bytes out(count);
  base::check(static_cast<bool>(vcpu_.read(gpa, out)), "a machine that nobody attacks reads its memory");
  return out;
}

void Elsewhere::write_private(std::uint64_t gpa, base::View bytes) {
  base::check(static_cast<bool>(vcpu_.write(gpa, bytes)), "a machine that nobody attacks writes its memory");
}

tsm_abi::VmgexitReply Elsewhere::vmgexit(const tsm_abi::Vmgexit& exit) {
  const auto& r = exit.registers;
  const auto answer = machine_.handle(vm_, {.code = static_cast<std::uint64_t>(exit.exit_code), .info1 = exit.info1,
                                            .info2 = exit.info2, .rax = r.rax, .rbx = r.rbx, .rcx = r.rcx, .rdx = r.rdx});
  return {.info1 = answer.info1, .info2 = answer.info2, .registers = {answer.rax, answer.rbx, answer.rcx, answer.rdx}};
}

std::uint32_t Elsewhere::pvalidate(std::uint64_t gpa, bool validate) { return machine_.accept(vm_, gpa, validate); }

std::uint32_t Elsewhere::rmpadjust(std::uint64_t gpa, std::uint8_t vmpl, std::uint8_t perms, bool vmsa) {
  return machine_.grant(vm_, gpa, vmpl, perms, vmsa);
}

base::Bytes Elsewhere::trusted_random(std::size_t count) {
  base::Bytes out(count);
  random_.fill(out);
  return out;
}

}  // namespace engine
