#include "scenarios/engine/kits/cove_kit.h"

#include <algorithm>

#include "guest/relying_party/cove_verifier.h"
#include "platform/cbor/schema.h"
#include "platform/crypto/hash.h"
#include "scenarios/engine/kits/boot_words.h"
#include "scenarios/engine/kits/image.h"
#include "scenarios/engine/kits/workload.h"
#include "tsm/abi/cove_guest.h"

namespace engine {

namespace {

using Kind = cpu::LaunchPage::Kind;
constexpr std::uint64_t kPage = 4096;

cove::TsmSettings tsm_settings(const MachineSettings& settings) {
  cove::TsmSettings out;
  out.memory_bytes = settings.memory.bytes;
  out.harts = 8;
  out.cipher = settings.memory.mode != memory::Mode::kNone;
  out.mac = settings.value("cpu0.memory-integrity", "none") == "mac";
  out.removable_on_request = settings.value("cpu0.removable-regions", "on-request") == "on-request";
  return out;
}

// What the layers are about to sign, as a message at the boundary where firmware could lie.
void show_before_signing(World& world, std::string_view token, cbor::Value& claims) {
  base::Bytes bytes = cbor::encode(claims);
  const auto schema = cbor::schema(std::string(token), bytes);
  world.before_signing(schema, bytes);
  if (auto altered = cbor::decode(bytes)) claims = std::move(*altered);
}

}  // namespace

CoveKit::CoveKit(World& world) : world_(world), endorsement_(vendor_.endorse(platform())) {}

attest::Platform CoveKit::platform() const {
  auto out = attest::Platform::from_seed(base::view_of(world_.chip_name));
  if (debuggable_) out.state = coveproto::PlatformState::kDebug;
  if (old_tsm_) out.tsm.svn = std::to_string(attest::kTsmSvn - 1);
  return out;
}

std::unique_ptr<cpu::Technology> CoveKit::make_machine() {
  auto settings = tsm_settings(world_.settings);
  settings.boot_registers = platform().boot_registers();
  settings.tcb_svn = attest::kTsmSvn - old_tsm_;
  processor_ = world_.host.cpuid_leaves();
  auto machine = std::make_unique<cove::CoveMachine>(settings, world_.host, world_.tsm_calls, world_.defences,
                                                     world_.run.seed ^ std::uint64_t{world_.generation} << 32);
  machine_ = machine.get();
  start_layers();
  world_.tsm_calls.leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
    const auto call = wire::decode<coveproto::Ecall>(message.bytes);
    if (!call) return std::nullopt;
    const auto ret = machine_->tsm().host_call(0, *call).ret;
    const coveproto::Ecall answer{.a0 = static_cast<std::uint64_t>(ret.error), .a1 = ret.value};
    return trust::Message{.object = message.object, .bytes = wire::encode(answer), .schema = message.schema, .reply = true};
  });
  return machine;
}

// Measured: firmware. The host also lays out a kernel, which that firmware takes in and measures. Two pages are for operands.
std::vector<cpu::LaunchPage> CoveKit::image(const VmState& vm) const {
  std::vector<cpu::LaunchPage> out = {firmware_page(vm), kernel_page(), {kSecretsGpa, base::Bytes(kPage), Kind::kZero},
                                      {kCpuidGpa, base::Bytes(kPage), Kind::kZero}};
  if (world_.settings.on(vm.name, "config")) out.push_back(configuration_page());
  return out;
}

// There is no debugging of one TVM alone: a host that wants it starts the platform in a state that says so.
void CoveKit::prepare(VmState&, cpu::Launch& launch) {
  if (launch.debug == debuggable_) return;
  debuggable_ = launch.debug;
  start_layers();
}

void CoveKit::start_layers() {
  layers_ = std::make_unique<attest::Layers>(world_.library, platform(), [this](std::string_view token, cbor::Value& claims) {
    show_before_signing(world_, token, claims);
  });
  machine_->tsm().attach(*layers_);
}

std::unique_ptr<GuestKernel> CoveKit::kernel(VmState& vm, GuestMachine& machine) { return make_cove_kernel(world_, *this, vm, machine); }

void CoveKit::judge_guest(const VmState&, const std::function<void(const std::string&)>& breach) const {
  if (debuggable_) breach("guest on a platform that can be debugged");
  if (old_tsm_) breach("platform with old firmware");
}

std::optional<std::string> CoveKit::put_fresh(VmState& vm, std::uint64_t gpa) {
  const auto why = machine_->remove(vm.vm, gpa);
  return why.empty() ? machine_->add_zero(vm.vm, gpa) : why;
}

std::vector<std::string> CoveKit::conventions() const {
  return {"cove: tables are the model's and not in memory, and a TVM has one vCPU (simplified)",
          "cove: what a page is measured as, labels of claims, key derivation and endorsements are ours where the specification leaves them "
          "open (convention)"};
}

relying_party::Appraiser CoveKit::appraiser() const {
  relying_party::CovePolicy policy;
  policy.root = vendor_.root();
  // The vendor has heard of one platform whose secrets are out, chip2, and says so to those who ask for its list.
  if (world_.settings.revocation_list)
    policy.revocation_list =
        vendor_.revocation_list({vendor_.endorse(attest::Platform::from_seed(base::view_of("chip2"))).content().serial},
                                crypto::calendar_time(2026, 1, 1), crypto::calendar_time(2026, 2, 1));
  if (world_.settings.chip_allow_list) {
    const auto known = attest::Platform::from_seed(base::view_of("chip0"));
    policy.platforms = {coveproto::id_of(coveproto::key_of(known.uds).public_point())};
  }
  const auto current = attest::Platform::from_seed({});
  const auto floor = [&](const coveproto::SwComponent& one, unsigned svn) {
    policy.components[one.type] = {.svn_min = svn, .measurements = {}, .signers = {one.signer}};
  };
  for (const auto& one : current.firmware) floor(one, attest::kFirmwareSvn);
  floor(current.driver, attest::kDriverSvn);
  floor(current.tsm, attest::kTsmSvn);
  for (const auto& vm : world_.vms) {
    if (vm->host_tenant) continue;
    coveproto::Digest pages{};
    std::uint64_t entry = 0;
    for (auto page = vm->golden.rbegin(); page != vm->golden.rend(); ++page)
      if (page->kind == Kind::kMeasured) entry = page->gpa;
    coveproto::EventLog log;
    for (const auto& word : expected_words(world_, *vm, BootWord::kKernel)) log.push_back({kCoveCommandLineRegister, crypto::sha384(word), ""});
    for (const auto& page : vm->golden) {
      if (page.kind == Kind::kMeasured) pages = coveproto::extended_by_page(pages, page.gpa, page.bytes);
      if (page.gpa == kKernelGpa) log.push_back({kCoveKernelRegister, crypto::sha384(page.bytes), ""});
      if (page.gpa == kConfigGpa) policy.identity = cove_identity(page.bytes);
    }
    policy.initial[coveproto::kTvmPagesRegister].insert(pages);
    policy.initial[coveproto::kTvmConfigurationRegister].insert(coveproto::extended_by_entry({}, entry, 0));
    if (measures_tables(world_.settings, *vm))
      for (const auto& word : expected_words(world_, *vm, BootWord::kMachine)) log.push_back({kCoveKernelRegister, crypto::sha384(word), ""});
    const auto registers = coveproto::replay(log);
    for (const unsigned i : {kCoveKernelRegister, kCoveCommandLineRegister})
      policy.runtime[i].values.insert(registers[i - coveproto::kInitialRegisters]);
    if (wants_workload(world_.settings))
      policy.runtime[coveproto::kInitialRegisters + kWorkloadRegister].events = {{programs::workload_digest()}};
  }
  return relying_party::cove_appraiser(std::move(policy), world_.defences);
}

coveproto::Identity cove_identity(base::View configuration) {
  coveproto::Identity out{};
  const auto digest = crypto::sha256(configuration);
  std::copy(digest.begin(), digest.end(), out.begin());
  return out;
}

namespace {

std::vector<const trust::Defence*> rows() {
  auto all = cove::tsm_defences();
  for (const auto* row : tsm_abi::cove_guest_defences()) all.push_back(row);
  relying_party::collect_cove_defences(all);
  return all;
}

}  // namespace

const TechnologyKind& cove_kind() {
  static const TechnologyKind kKind{
      .name = "cove",
      .platform = "cove",
      .about = "RISC-V CoVE 0.7: a TSM between host and guest, with confidential memory that the host converts and lends",
      .make = [](World& world) -> std::unique_ptr<Kit> { return std::make_unique<CoveKit>(world); },
      .defences = rows,
      .drives_devices = true,
      .settle = [](MachineSettings& settings, const trust::Defences& lifted) {
        settings.memory = cove::memory_settings(settings.memory, tsm_settings(settings), lifted);
      },
      .attributes = {{"cpu", "memory-integrity", {"none", "mac"}}, {"cpu", "removable-regions", {"on-request", "any"}}},
      .objects = {"sbi_cov*", "GUEST_LOAD_PAGE_FAULT", "GUEST_STORE_PAGE_FAULT", "VIRTUAL_SUPERVISOR_ENV_CALL", "PLATFORM_TOKEN",
                  "TSM_TOKEN", "TVM_TOKEN", "CERTIFICATE"},
      .calls = {"sbi_covh_*", "sbi_covt_*", "HVIP"},
      .call_names = [] {
        std::vector<std::string> out{"HVIP"};
        for (const auto name : coveproto::all_call_names()) out.emplace_back(name);
        return out;
      },
      .places = {"cove*", "rdsm*"}};
  return kKind;
}

}  // namespace engine
