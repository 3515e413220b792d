#include "scenarios/engine/kits/sev_kit.h"

#include <algorithm>

#include "platform/crypto/calendar_time.h"
#include "platform/protocol/sev/cert_table.h"
#include "platform/protocol/sev/policy.h"
#include "platform/protocol/sev/status.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/kits/image.h"
#include "scenarios/engine/kits/sev_elsewhere.h"
#include "scenarios/engine/kits/sev_forger.h"
#include "scenarios/engine/kits/sev_kernel.h"
#include "tsm/abi/sev_guest.h"
#include "tsm/sev/tables.h"

namespace engine {

namespace {

using Kind = cpu::LaunchPage::Kind;

sevproto::PageType measured_as(Kind kind) {
  switch (kind) {
    case Kind::kSecrets: return sevproto::PageType::kSecrets;
    case Kind::kCpuid: return sevproto::PageType::kCpuid;
    case Kind::kSaveArea: return sevproto::PageType::kVmsa;
    case Kind::kUnmeasured: return sevproto::PageType::kUnmeasured;
    default: return sevproto::PageType::kNormal;
  }
}

}  // namespace

SevKit::SevKit(World& world) : world_(world) {}

bool SevKit::is_snp() const { return world_.settings.technology == "sev-snp"; }

std::unique_ptr<cpu::Technology> SevKit::make_machine() {
  auto& psp = world_.settings.psp;
  psp.tio_enabled = world_.settings.firmware_drives_devices;
  for (const auto& leaf : world_.host.cpuid_leaves())
    psp.cpuid.push_back({.eax_in = leaf.leaf, .ecx_in = leaf.subleaf, .eax = leaf.eax, .ebx = leaf.ebx, .ecx = leaf.ecx, .edx = leaf.edx});
  const auto chip = sev::Chip::from_seed(psp.product, base::view_of(world_.chip_name));
  auto machine = std::make_unique<sev::SevMachine>(chip, psp, world_.host, world_.tsm_calls, world_.defences, world_.library,
                                                   world_.run.seed ^ std::uint64_t{world_.generation} << 32);
  world_.sev = machine.get();
  machine->psp().tell_sealed([this](base::View key, base::View iv, base::View plain) { world_.oracle.sealed(key, iv, plain, world_.sim.now()); });
  machine->psp().show_reports([this](base::Bytes& bytes) {
    static const wire::Schema kReport = wire::schema_of<sevproto::Report>("snp.REPORT");
    world_.before_signing(kReport, bytes);
  });
  machine->psp().show_measurements([this](base::Bytes& bytes) {
    static const wire::Schema kInput = wire::schema_of<sevproto::MeasureInput>("sev.MEASURE_INPUT");
    world_.before_signing(kInput, bytes);
  });
  lead_calls();
  machine->set_certificates(certificate_table(machine->psp()));
  return machine;
}

// Host calls are known by their names.
void SevKit::lead_calls() {
  world_.tsm_calls.leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
    for (std::uint32_t code = 0; code <= 0x1FF; ++code) {
      const auto command = static_cast<sevproto::Command>(code);
      if (sevproto::name_of(command) != message.object) continue;
      const auto result = world_.sev->psp().call(command, message.bytes);
      if (!result.ok()) return std::nullopt;
      return trust::Message{.object = message.object, .bytes = result.out, .reply = true};
    }
    return std::nullopt;
  });
}

std::string SevKit::attach_device(const tio::Attachment& device) { return world_.sev->attach_device(device); }

void SevKit::boot_old_firmware() {
  auto& psp = world_.settings.psp;
  psp.current = psp.committed = psp.reported = old_tcb(psp.current);
  psp.firmware.minor = psp.committed_firmware.minor = 49;
}

void SevKit::power_off() {
  if (world_.sev->rmp())
    for (const auto& [spa, entry] : world_.sev->rmp()->entries()) world_.sev->rmp()->set(spa, {});
  world_.sev = nullptr;
}

void SevKit::called(const std::string& name) {
  if (name == "DOWNLOAD_FIRMWARE") world_.sev->set_certificates(certificate_table(world_.sev->psp()));
}

std::vector<cpu::LaunchPage> SevKit::image(const VmState& vm) const { return sev_image(world_, vm); }

std::unique_ptr<GuestKernel> SevKit::kernel(VmState& vm, GuestMachine& machine) { return make_sev_kernel(world_, vm, machine); }

std::optional<Counterfeit> SevKit::forge(const Forgery& forgery, const relying_party::Evidence& genuine, const base::Block<64>& binding) {
  if (!is_snp()) return std::nullopt;
  return forge_report(forgery, world_.settings.psp.product, world_.run.seed, world_.library, genuine.report, binding);
}

std::optional<Counterfeit> SevKit::attest_elsewhere(const std::string& chip, const relying_party::Evidence&, const base::Block<64>& binding) {
  if (!is_snp()) return std::nullopt;
  Elsewhere there(world_, chip);
  auto made = there.report(binding);
  if (!made) return std::nullopt;
  return Counterfeit{std::move(made->report), std::move(made->certificates)};
}

relying_party::Appraiser SevKit::appraiser() const {
  const auto& settings = world_.settings;
  relying_party::Policy policy;
  const sev::KeyHierarchy vendor(settings.psp.product);
  sev::PspSettings honest;
  policy.products.emplace(settings.psp.product, relying_party::AcceptedProduct{vendor.ark(), honest.reported});
  policy.require_revocation_list = settings.revocation_list;
  if (settings.revocation_list)
    policy.revocation_list =
        vendor.revocation_list({vendor.retired_ask().content().serial}, crypto::calendar_time(2026, 1, 1),
                               crypto::calendar_time(2026, 2, 1));
  if (settings.chip_allow_list) policy.chips = std::set{sev::Chip::from_seed(settings.psp.product, base::view_of("chip0")).hwid};
  for (const auto& vm : world_.vms)
    if (!vm->host_tenant) expect_launch(*vm, policy);
  return relying_party::snp_appraiser(std::move(policy), world_.defences);
}

void SevKit::judge_guest(const VmState& vm, const std::function<void(const std::string&)>& breach) const {
  const auto context = world_.sev->context(vm.vm);
  if (context ? (context->policy & sevproto::kPolicyDebugAllowed) != 0 : vm.debug) breach("guest that the host may debug");
  for (const auto& other : world_.vms)
    if (context && other->host_tenant)
      if (const auto agent = world_.sev->context(other->vm); agent && agent->report_id == context->ma_report_id)
        breach("guest that a migration agent of the host's may export");
  if (world_.sev->psp().state().settings.current.snp < sev::PspSettings{}.reported.snp) breach("platform with old firmware");
}

std::vector<std::string> SevKit::conventions() const {
  for (const auto& vm : world_.vms)
    if (const auto guest = world_.sev ? world_.sev->context(vm->vm) : std::nullopt; guest && guest->has_agent())
      return {"snp: a migration agent is bound and named; what it may then export is not played (simplified)"};
  return {};
}

sevproto::LaunchDigest golden_digest(const VmState& vm) {
  sevproto::LaunchDigest digest{};
  for (const auto& page : vm.golden)
    digest = sevproto::extend_with_page(digest, measured_as(page.kind), page.bytes,
                                        page.kind == Kind::kSaveArea ? sevproto::kVmsaGpa : page.gpa);
  return digest;
}

base::Bytes certificate_table(const sev::Psp& psp) {
  const auto& state = psp.state();
  const sev::KeyHierarchy vendor(state.chip.product);
  const auto vcek = vendor.vcek_certificate(state.chip, state.settings.reported);
  return sevproto::encode_cert_table({{sevproto::kGuidVcek, vcek.to_der()},
                                      {sevproto::kGuidAsk, vendor.ask().to_der()},
                                      {sevproto::kGuidArk, vendor.ark().to_der()}});
}

namespace {

std::unique_ptr<Kit> make(World& world) { return std::make_unique<SevKit>(world); }

std::vector<const trust::Defence*> rows() {
  auto all = sev::defences();
  for (const auto* row : tsm_abi::sev_guest_defences()) all.push_back(row);
  relying_party::collect_sev_defences(all);
  relying_party::collect_snp_defences(all);
  return all;
}

template <sev::Level level>
void settle(MachineSettings& settings, const trust::Defences&) {
  settings.psp.level = level;
}

// What the three have in common; `level` is the mechanism.
template <sev::Level level>
TechnologyKind kind(const char* name, const char* platform, const char* about) {
  return {.name = name,
          .platform = platform,
          .about = about,
          .make = make,
          .defences = rows,
          .drives_devices = level == sev::Level::kSnp,
          .has_levels = level == sev::Level::kSnp,
          .knows_sockets = true,
          .settle = settle<level>,
          // The firmware's commands by sevproto's names, then what is sealed or measured.
          .objects = {"INIT", "INIT_EX", "SHUTDOWN", "FACTORY_RESET", "PLATFORM_STATUS", "GUEST_STATUS", "PEK_*", "PDH_*", "DF_FLUSH",
                      "DOWNLOAD_FIRMWARE", "GET_ID", "ACTIVATE", "DEACTIVATE", "DECOMMISSION", "LAUNCH_*", "ATTESTATION", "SEND_*",
                      "RECEIVE_*", "DBG_*", "SNP_*", "TIO_*",
                      "PSC", "GUEST_REQUEST", "NPF", "KEY_REQ", "KEY_RSP", "REPORT_REQ", "REPORT_RSP", "MEASURE_INPUT", "ID_BLOCK", "ID_AUTH",
                      "TDI_INFO_REQ", "TDI_INFO_RSP", "MMIO_VALIDATE_REQ", "MMIO_VALIDATE_RSP", "SDTE_WRITE_REQ", "SDTE_WRITE_RSP"},
          .calls = {"DBG_DECRYPT", "DOWNLOAD_FIRMWARE", "LAUNCH_SECRET", "RMPUPDATE", "SNP_LAUNCH_UPDATE", "TIO_TDI_UNBIND", "TIO_ROLL_KEY"},
          .places = {"psp*"}};
}

}  // namespace

const TechnologyKind& sev_kind() {
  static const TechnologyKind kKind = kind<sev::Level::kSev>("sev", "sev", "AMD SEV as on Zen 1: memory encryption");
  return kKind;
}

const TechnologyKind& sev_es_kind() {
  static const TechnologyKind kKind = kind<sev::Level::kSevEs>("sev-es", "sev-es", "AMD SEV-ES as on Zen 2: and encrypted register state");
  return kKind;
}

const TechnologyKind& sev_snp_kind() {
  static const TechnologyKind kKind = kind<sev::Level::kSnp>("sev-snp", "snp", "AMD SEV-SNP as on Zen 3 and 4: and page ownership");
  return kKind;
}

}  // namespace engine
