#include "scenarios/engine/tdx_parts.h"

#include <algorithm>

#include "platform/crypto/calendar_time.h"
#include "platform/protocol/tdx/mrtd.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr tdxproto::PlatformTcb kTcb{.components = {3, 3, 2, 2, 4, 1, 0, 5}, .pce_svn = 11};
// Of major version 1; the third counts microcode.
base::Block<16> module_svn(std::uint8_t svn) { return {svn, 1, 3}; }
constexpr std::uint16_t kQuoteVersion = 4;

// Of the module that the machine loaded.
tdxproto::Measurement module_measurement() {
  return crypto::sha384(base::view_of("an emulated TDX module"));
}

}  // namespace

TdxParts::TdxParts(World& world, const std::string& chip)
    : world_(world), platform_(quoting::Platform::from_seed(base::view_of(chip), kTcb)),
      enclave_(world.library, platform_, vendor_.pck_chain(platform_)) {
  const auto service = quoting::Service::for_platform(platform_, module_svn(MachineSettings{}.tdx_module_svn), crypto::calendar_time(2026, 1, 1), crypto::calendar_time(2026, 2, 1));
  collateral_ = wire::encode(service.collateral(vendor_));
}

std::unique_ptr<tdx::TdxMachine> TdxParts::make_machine() {
  tdx::ModuleSettings settings;
  settings.integrity = world_.settings.tdx_integrity;
  settings.memory_bytes = world_.settings.memory.bytes;
  settings.cpuid = world_.host.cpuid_leaves();
  const auto svn = module_svn(world_.settings.tdx_module_svn);
  settings.seam = {.cpusvn = platform_.cpu_svn(), .tee_tcb_svn = svn, .tee_tcb_svn2 = svn, .mrseam = module_measurement()};
  auto machine = std::make_unique<tdx::TdxMachine>(settings, world_.host, world_.tsm_calls, world_.defences,
                                                   world_.run.seed ^ std::uint64_t{world_.generation} << 32);
  machine->module().attach(*this);
  machine->set_quote_service([this](base::View report) { return enclave_.quote(report, kQuoteVersion); });
  return machine;
}

base::Bytes TdxParts::make(const tdxproto::ReportContent& content) {
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

bool TdxParts::verify(base::View report_mac_struct) {
  const auto report = wire::decode<tdxproto::ReportMac>(report_mac_struct);
  return report && platform_.report_key().verifies(*report);
}

relying_party::TdxPolicy TdxParts::policy() const {
  relying_party::TdxPolicy policy;
  policy.root = vendor_.root();
  policy.mr_seams = {module_measurement()};
  if (world_.settings.chip_allow_list) policy.platforms = {quoting::Platform::from_seed(base::view_of("chip0"), kTcb).ppid};
  for (const auto& vm : world_.vms) {
    if (vm->host_tenant) continue;
    policy.mr_tds.insert(golden_mr_td(*vm));
    const auto kernel = std::find_if(vm->golden.begin(), vm->golden.end(), [](const auto& page) { return page.gpa == kKernelGpa; });
    const auto registers = tdxproto::replay(boot_events(kernel->bytes, kCommandLine));
    for (const std::size_t i : {1u, 2u}) policy.rtmrs[i].values.insert(registers[i]);
    for (const auto& page : vm->golden)
      if (page.gpa == kConfigGpa) policy.mr_config_id = config_id(page.bytes);
  }
  return policy;
}

std::vector<std::pair<std::string, crypto::Certificate>> TdxParts::chain() const {
  const auto chain = vendor_.pck_chain(platform_);
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

tdxproto::EventLog boot_events(base::View kernel, std::string_view command_line) {
  tdxproto::EventLog log;
  log.events = {tdxproto::event_of(2, tdxproto::kEventEfiBootServicesApplication, kernel),
                tdxproto::event_of(3, tdxproto::kEventIpl, base::view_of(command_line))};
  return log;
}

}  // namespace engine
