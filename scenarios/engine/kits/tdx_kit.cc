#include "scenarios/engine/kits/tdx_kit.h"

#include <algorithm>

#include "guest/relying_party/tdx_verifier.h"
#include "platform/crypto/calendar_time.h"
#include "platform/crypto/memo.h"
#include "platform/protocol/tdx/evidence_schemas.h"
#include "platform/protocol/tdx/mrtd.h"
#include "scenarios/engine/kits/boot_words.h"
#include "scenarios/engine/kits/image.h"
#include "scenarios/engine/kits/workload.h"
#include "tsm/abi/tdx_guest.h"
#include "tsm/tdx/connect.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr tdxproto::PlatformTcb kTcb{.components = {3, 3, 2, 2, 4, 1, 0, 5}, .pce_svn = 11};
// Of major version 1; the third counts microcode.
base::Block<16> module_version(std::uint8_t svn) { return {svn, 1, 3}; }

// Of the module that the machine loaded.
tdxproto::Measurement module_measurement() {
  return crypto::sha384(base::view_of("an emulated TDX module"));
}

tdx::IntegrityMode integrity_of(const MachineSettings& settings) {
  const std::string word = settings.value("cpu0.integrity", "cryptographic");
  return word == "none" ? tdx::IntegrityMode::kNone : word == "logical" ? tdx::IntegrityMode::kLogical : tdx::IntegrityMode::kCryptographic;
}

// The same in every world. Never destroyed, as what it issued is not: a thread may outlive `main`.
const quoting::Provisioning& vendor() {
  static const auto* const kVendor = new quoting::Provisioning;
  return *kVendor;
}

}  // namespace

TdxKit::TdxKit(World& world)
    : world_(world), platform_(quoting::Platform::from_seed(base::view_of(world.chip_name), kTcb)), vendor_(vendor()),
      papers_(papers_of(platform_, world.settings.revocation_list)) {}

std::shared_ptr<const TdxKit::Papers> TdxKit::papers_of(const quoting::Platform& platform, bool lists_revoked) {
  constexpr std::size_t kServersMax = 256;
  static auto* const kIssued = new crypto::Memory<std::shared_ptr<const Papers>>(kServersMax);
  const auto key = crypto::MemoKey("tdx papers").add(platform.secret).add(base::view_of(lists_revoked ? "chip2" : ""));
  return kIssued->get(key.digest(), [&] {
    // The vendor has heard of one server whose keys are out, chip2, and says so to those who ask for its list.
    std::vector<base::Bytes> revoked;
    if (lists_revoked) revoked = {vendor().pck_certificate(quoting::Platform::from_seed(base::view_of("chip2"), kTcb)).content().serial};
    return std::make_shared<const Papers>(Papers{vendor().pck_chain(platform), collateral_of(vendor(), platform, std::move(revoked))});
  });
}

quoting::QuotingEnclave& TdxKit::enclave() {
  if (!enclave_) enclave_.emplace(world_.library, platform_, papers_->pck_chain);
  return *enclave_;
}

base::Bytes TdxKit::collateral_of(const quoting::Provisioning& vendor, const quoting::Platform& platform, std::vector<base::Bytes> revoked) {
  auto service = quoting::Service::for_platform(platform, module_version(kModuleSvn), crypto::calendar_time(2026, 1, 1),
                                                crypto::calendar_time(2026, 2, 1));
  service.revoked_platforms = std::move(revoked);
  return wire::encode(service.collateral(vendor));
}

std::unique_ptr<cpu::Technology> TdxKit::make_machine() {
  tdx::ModuleSettings settings;
  settings.integrity = integrity_of(world_.settings);
  settings.memory_bytes = world_.settings.memory.bytes;
  settings.cpuid = world_.host.cpuid_leaves();
  settings.connect = world_.settings.firmware_drives_devices;
  if (world_.settings.value("cpu0.step-filter", "by-instructions") == "by-time") settings.step_filter = tdx::StepFilter::kByTime;
  const auto svn = module_version(module_svn_);
  settings.seam = {.cpusvn = platform_.cpu_svn(), .tee_tcb_svn = svn, .tee_tcb_svn2 = svn, .mrseam = module_measurement()};
  auto machine = std::make_unique<tdx::TdxMachine>(settings, world_.host, world_.tsm_calls, world_.defences,
                                                   world_.run.seed ^ std::uint64_t{world_.generation} << 32);
  machine_ = machine.get();
  if (world_.settings.value("cpu0.sept-ve", "disabled") == "enabled") machine->set_params({.attributes = 0});
  machine->module().attach(*this);
  machine->set_quote_service([this](base::View report) { 
    return enclave().quote(report, kQuoteVersion, [this](std::string_view message, base::Bytes& bytes) {
      const auto& schemas = tdxproto::evidence_schemas();
      const auto schema = std::ranges::find(schemas, message, &wire::Schema::name);
      base::check(schema != schemas.end(), "what an enclave signs has a layout");
      world_.before_signing(*schema, bytes);
    });
  });
  world_.tsm_calls.leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
    const auto registers = wire::decode<tdxproto::Registers>(message.bytes);
    if (!registers) return std::nullopt;
    const auto done = machine_->module().seamcall(0, *registers);
    return trust::Message{.object = message.object, .bytes = wire::encode(done.out), .schema = message.schema, .reply = true};
  });
  return machine;
}

// Measured: firmware. The host also loads a kernel, which that firmware measures into run-time registers, and a page for operands.
std::vector<cpu::LaunchPage> TdxKit::image(const VmState& vm) const {
  std::vector<cpu::LaunchPage> out = {firmware_page(vm), kernel_page(), {kSecretsGpa, base::Bytes(kPage), cpu::LaunchPage::Kind::kZero}};
  if (world_.settings.on(vm.name, "config")) out.push_back(configuration_page());
  return out;
}

std::unique_ptr<GuestKernel> TdxKit::kernel(VmState& vm, GuestMachine& machine) { return make_tdx_kernel(world_, *this, vm, machine); }

void TdxKit::judge_guest(const VmState& vm, const std::function<void(const std::string&)>& breach) const {
  const auto* td = machine_->td(vm.vm);
  if (td && td->debug()) breach("guest that the host may debug");
  if (module_svn_ < kModuleSvn) breach("platform with old firmware");
}

std::optional<std::string> TdxKit::put_fresh(VmState& vm, std::uint64_t gpa) {
  const auto why = machine_->remove(vm.vm, gpa);
  return why.empty() ? machine_->augment(vm.vm, gpa) : why;
}

std::vector<std::string> TdxKit::conventions() const {
  std::vector<std::string> out = {"tdx: the module's tables are the model's and not in memory, and a TD has one vCPU (simplified)",
                                  "tdx: registers that the host answers for are asked at its boundary, past the module (simplified)"};
  if (world_.settings.firmware_drives_devices)
    out.push_back("tdx: a conversation with a device is one call, and calls on interfaces have numbers of our own (convention)");
  return out;
}

base::Bytes TdxKit::make(const tdxproto::ReportContent& content) {
  tdxproto::Report report;
  report.mac_struct.report_data = content.report_data;
  report.tee_tcb_info.tee_tcb_svn = content.seam.tee_tcb_svn;
  report.tee_tcb_info.tee_tcb_svn2 = content.seam.tee_tcb_svn2;
  report.tee_tcb_info.mr_seam = content.seam.mrseam;
  report.tee_tcb_info.mr_signer_seam = content.seam.mrsignerseam;
  report.tee_tcb_info.attributes = content.seam.seam_attributes;
  report.td_info = content.td;
  return platform_.report_key().seal(report);
}

bool TdxKit::verify(base::View report_mac_struct) {
  const auto report = wire::decode<tdxproto::ReportMac>(report_mac_struct);
  return report && platform_.report_key().verifies(*report);
}

relying_party::Appraiser TdxKit::appraiser() const {
  relying_party::TdxPolicy policy;
  policy.root = vendor_.root();
  policy.mr_seams = {module_measurement()};
  if (world_.settings.chip_allow_list) policy.platforms = {quoting::Platform::from_seed(base::view_of("chip0"), kTcb).ppid};
  for (const auto& vm : world_.vms) {
    if (vm->host_tenant) continue;
    policy.mr_tds.insert(golden_mr_td(*vm));
    const auto kernel = std::find_if(vm->golden.begin(), vm->golden.end(), [](const auto& page) { return page.gpa == kKernelGpa; });
    const auto registers = tdxproto::replay(boot_events(kernel->bytes, {.machine = expected_words(world_, *vm, BootWord::kMachine),
                                                                        .roms = expected_words(world_, *vm, BootWord::kRom),
                                                                        .kernel_words = expected_words(world_, *vm, BootWord::kKernel)}));
    for (const std::size_t i : {0u, 1u, 2u}) policy.rtmrs[i].values.insert(registers[i]);
    if (wants_workload(world_.settings)) policy.rtmrs[kWorkloadRegister].events = {.required = {programs::workload_digest()}, .allowed = {}};
    for (const auto& page : vm->golden)
      if (page.gpa == kConfigGpa) policy.mr_config_id = config_id(page.bytes);
  }
  return relying_party::tdx_appraiser(std::move(policy), world_.defences);
}

std::vector<std::pair<std::string, crypto::Certificate>> TdxKit::chain() const {
  const auto& chain = papers_->pck_chain;
  return {{"pck", chain.at(0)}, {"pck-ca", chain.at(1)}, {"root", chain.at(2)}};
}

tdxproto::Measurement golden_mr_td(const VmState& vm) {
  tdxproto::MrTd out;
  for (const auto& page : vm.golden) {
    if (page.kind != cpu::LaunchPage::Kind::kMeasured && page.kind != cpu::LaunchPage::Kind::kZero &&
        page.kind != cpu::LaunchPage::Kind::kUnmeasured)
      continue;
    out.add_page(page.gpa);
    if (page.kind != cpu::LaunchPage::Kind::kMeasured) continue;
    for (std::size_t at = 0; at < kPage; at += tdxproto::MrTd::kChunk)
      out.extend(page.gpa + at, base::View(page.bytes).subspan(at, tdxproto::MrTd::kChunk));
  }
  return out.finish();
}

tdxproto::Measurement config_id(base::View configuration) {
  tdxproto::Measurement out{};
  const auto digest = crypto::sha256(configuration);
  std::copy(digest.begin(), digest.end(), out.begin());
  return out;
}

tdxproto::EventLog boot_events(base::View kernel, const BootMeasured& words) {
  tdxproto::EventLog log;
  for (const auto& word : words.machine) log.events.push_back(tdxproto::event_of(1, ccel::kEventPlatformConfigFlags, word));
  for (const auto& rom : words.roms) log.events.push_back(tdxproto::event_of(2, ccel::kEventEfiBootServicesDriver, rom));
  log.events.push_back(tdxproto::event_of(2, tdxproto::kEventEfiBootServicesApplication, kernel));
  for (const auto& word : words.kernel_words) log.events.push_back(tdxproto::event_of(3, tdxproto::kEventIpl, word));
  return log;
}

namespace {

std::vector<const trust::Defence*> rows() {
  auto all = tdx::module_defences();
  for (const auto* row : tdx::connect_defences()) all.push_back(row);
  for (const auto* row : tsm_abi::tdx_guest_defences()) all.push_back(row);
  relying_party::collect_tdx_defences(all);
  return all;
}

}  // namespace

const TechnologyKind& tdx_kind() {
  static const TechnologyKind kKind{
      .name = "tdx",
      .platform = "tdx",
      .about = "Intel TDX 1.5: a module between host and guest, with page ownership and memory integrity",
      .make = [](World& world) -> std::unique_ptr<Kit> { return std::make_unique<TdxKit>(world); },
      .defences = rows,
      .drives_devices = true,
      .knows_sockets = true,
      .settle = [](MachineSettings& settings, const trust::Defences& lifted) {
        settings.memory = tdx::memory_settings(settings.memory, integrity_of(settings), lifted);
      },
      .attributes = {{"cpu", "integrity", {"none", "logical", "cryptographic"}}, {"cpu", "step-filter", {"by-instructions", "by-time"}}},
      .objects = {"TDH.*", "MAP_GPA", "GET_QUOTE", "EPT_VIOLATION", "TDCM"},
      .calls = {"TDH.*", "TDCM.*", "IPI"},
      .call_names = [] {
        std::vector<std::string> out{"TDCM.BIND", "TDCM.UNBIND", "IPI"};
        for (std::uint64_t leaf = 0; leaf <= 0xFF; ++leaf)
          if (const auto name = tdxproto::name_of(tdxproto::Seamcall{leaf}); !name.empty()) out.emplace_back(name);
        return out;
      },
      .places = {"tdx*"}};
  return kKind;
}

}  // namespace engine
