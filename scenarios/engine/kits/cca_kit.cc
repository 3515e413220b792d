#include "scenarios/engine/kits/cca_kit.h"

#include <algorithm>

#include "guest/relying_party/cca_verifier.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/cca/evidence_schemas.h"
#include "scenarios/engine/kits/boot_words.h"
#include "scenarios/engine/kits/image.h"
#include "scenarios/engine/kits/workload.h"
#include "tsm/abi/cca_guest.h"
#include "tsm/abi/cca_tdi.h"

namespace engine {
namespace {

constexpr std::uint64_t kPage = 4096;
// Where root ports have their windows: all of it can be a realm's, granule by granule.
constexpr std::uint64_t kDeviceBase = 0x4'0000'0000, kDeviceTop = 0x8'0000'0000;

cca::RealmShape shape_of(const MachineSettings& settings) {
  return {.algorithm = settings.value("cpu0.realm-hash", "sha-256") == "sha-512" ? ccaproto::HashAlgorithm::kSha512 : ccaproto::HashAlgorithm::kSha256,
          .devices = settings.firmware_drives_devices};
}

base::Bytes as_attested(const ccaproto::Measurement& measurement, ccaproto::HashAlgorithm algorithm) {
  return base::bytes_of(base::View(measurement).first(ccaproto::size_of(algorithm)));
}

}  // namespace

CcaKit::CcaKit(World& world) : world_(world) {}

attestation::Platform CcaKit::platform() const {
  auto out = attestation::Platform::from_seed(base::view_of(world_.chip_name), firmware_);
  const std::string life = world_.settings.value("cpu0.life-cycle", "secured");
  if (life == "non-cca-debug") out.lifecycle = ccaproto::kLifecycleNonCcaDebug;
  // Nobody debugs one realm: who wants to look, has the platform's own debugger enabled.
  if (life == "recoverable-debug" || world_.debug_asked) out.lifecycle = ccaproto::kLifecycleRecoverableDebug;
  return out;
}

void CcaKit::sign_anew() {
  signer_ = std::make_unique<attestation::Signer>(world_.library, platform());
  signer_->set_edit([this](std::string_view message, base::Bytes& claims) {
    const auto& schemas = ccaproto::evidence_schemas();
    const auto schema = std::ranges::find(schemas, message, &wire::Schema::name);
    base::check(schema != schemas.end(), "what is signed has a layout");
    world_.before_signing(*schema, claims);
  });
  machine_->rmm().attach(*signer_);
}

std::unique_ptr<cpu::Technology> CcaKit::make_machine() {
  cca::RmmSettings settings;
  settings.contexts = world_.settings.value("cpu0.encryption-contexts", "private") == "shared" ? cca::EncryptionContexts::kShared
                                                                                               : cca::EncryptionContexts::kPrivate;
  settings.memory_bytes = world_.settings.memory.bytes;
  settings.device_assignment = world_.settings.firmware_drives_devices;
  settings.device_base = kDeviceBase, settings.device_top = kDeviceTop;
  auto machine = std::make_unique<cca::CcaMachine>(settings, world_.host, world_.tsm_calls, world_.defences,
                                                   world_.run.seed ^ std::uint64_t{world_.generation} << 32);
  machine_ = machine.get();
  machine_->set_shape(shape_of(world_.settings));
  sign_anew();
  world_.tsm_calls.leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
    const auto registers = wire::decode<ccaproto::Registers>(message.bytes);
    if (!registers) return std::nullopt;
    const auto done = machine_->rmm().rmi(0, *registers);
    return trust::Message{.object = message.object, .bytes = wire::encode(done.out), .schema = message.schema, .reply = true};
  });
  return machine;
}

// Measured: firmware. The host also loads a kernel, which that firmware measures into an extensible register, and a page for operands.
std::vector<cpu::LaunchPage> CcaKit::image(const VmState& vm) const {
  std::vector<cpu::LaunchPage> out = {firmware_page(vm), kernel_page(), {kSecretsGpa, base::Bytes(kPage), cpu::LaunchPage::Kind::kZero}};
  if (world_.settings.on(vm.name, "config")) out.push_back(configuration_page());
  return out;
}

std::unique_ptr<GuestKernel> CcaKit::kernel(VmState& vm, GuestMachine& machine) { return make_cca_kernel(world_, *this, vm, machine); }

void CcaKit::judge_guest(const VmState&, const std::function<void(const std::string&)>& breach) const {
  if (!ccaproto::is_secured(signer_->platform().lifecycle)) breach("platform that can be debugged");
  if (firmware_ < kFirmware) breach("platform with old firmware");
}

std::optional<std::string> CcaKit::put_fresh(VmState& vm, std::uint64_t gpa) {
  const auto why = machine_->destroy(vm.vm, gpa);
  return why.empty() ? machine_->populate(vm.vm, gpa) : why;
}

std::vector<std::string> CcaKit::conventions() const {
  return {"cca: granule and realm translation tables are the model's and not in memory, a realm has one vCPU and no translation is cached (simplified)",
          "cca: device assignment is that of the RMM 2.0 alphas beside RMM 1.0, a command carries a device's whole conversation, and the SMMU is "
          "asked at each access (simplified)",
          "cca: the vendor's endorsement of a platform key is a CWT of our own form, and what it takes back a list of platforms (convention)"};
}

relying_party::Appraiser CcaKit::appraiser() const {
  relying_party::CcaPolicy policy;
  policy.vendor_key = vendor_.public_key();
  const auto known = attestation::Platform::from_seed(base::view_of("chip0"), kFirmware);
  policy.implementations = {known.implementation_id};
  if (world_.settings.chip_allow_list) policy.instances = {known.instance_id};
  // The vendor has heard of one platform whose keys are out, chip2, and says so to those who ask.
  if (world_.settings.revocation_list)
    policy.withdrawn = {attestation::Platform::from_seed(base::view_of("chip2"), kFirmware).instance_id};
  for (const auto& component : known.sw_components) policy.firmware.insert({component.measurement, component.signer_id});
  policy.config = known.config;
  const auto shape = shape_of(world_.settings);
  for (const auto& vm : world_.vms) {
    if (vm->host_tenant) continue;
    policy.rims.insert(as_attested(cca::expected_rim(shape, vm->golden), shape.algorithm));
    const auto kernel = std::ranges::find(vm->golden, kKernelGpa, &cpu::LaunchPage::gpa);
    const auto registers = ccaproto::replay(shape.algorithm, realm_boot_events(
        kernel->bytes, expected_words(world_, *vm, BootWord::kKernel),
        measures_tables(world_.settings, *vm) ? expected_words(world_, *vm, BootWord::kMachine) : std::vector<base::Bytes>{}));
    for (const std::size_t i : {0u, 1u}) policy.rems[i].values.insert(as_attested(registers[i], shape.algorithm));
    if (wants_workload(world_.settings))
      policy.rems[kWorkloadRegister].events = {.required = {ccel::Sha256::of(programs::workload_digest())}, .allowed = {}};
    for (const auto& page : vm->golden)
      if (page.gpa == kConfigGpa) policy.personalization = personalization_of(page.bytes);
  }
  return relying_party::cca_appraiser(std::move(policy), world_.defences);
}

base::Block<64> personalization_of(base::View configuration) {
  base::Block<64> out{};
  std::ranges::copy(crypto::sha256(configuration), out.begin());
  return out;
}

ccaproto::EventLog realm_boot_events(base::View kernel, const std::vector<base::Bytes>& kernel_words, const std::vector<base::Bytes>& machine) {
  ccaproto::EventLog log;
  log.events = {ccaproto::event_of(1, ccaproto::kEventEfiBootServicesApplication, kernel)};
  for (const auto& word : kernel_words) log.events.push_back(ccaproto::event_of(2, ccaproto::kEventIpl, word));
  for (const auto& word : machine) log.events.push_back(ccaproto::event_of(1, ccel::kEventPlatformConfigFlags, word));
  return log;
}

namespace {

std::vector<const trust::Defence*> rows() {
  auto all = cca::rmm_defences();
  for (const auto* row : tsm_abi::cca_guest_defences()) all.push_back(row);
  for (const auto* row : tsm_abi::cca_tdi_defences()) all.push_back(row);
  relying_party::collect_cca_defences(all);
  return all;
}

}  // namespace

const TechnologyKind& cca_kind() {
  static const TechnologyKind kKind{
      .name = "cca",
      .platform = "cca",
      .about = "Arm CCA: realms behind a monitor of RMM 1.0, with memory that the host cannot reach",
      .make = [](World& world) -> std::unique_ptr<Kit> { return std::make_unique<CcaKit>(world); },
      .defences = rows,
      .drives_devices = true,
      .attributes = {{"cpu", "encryption-contexts", {"shared", "private"}},
                     {"cpu", "realm-hash", {"sha-256", "sha-512"}},
                     {"cpu", "life-cycle", {"secured", "non-cca-debug", "recoverable-debug"}}},
      .objects = {"RMI_*", "DATA_ABORT", "RIPAS_CHANGE", "HOST_CALL", "PSCI", "VDEV_REQUEST", "DEV_MEM_MAP", "PLATFORM_TOKEN", "REALM_TOKEN"},
      .calls = {"RMI_*"},
      .call_names = [] {
        std::vector<std::string> out;
        for (const auto& call : ccaproto::rmi_names()) out.emplace_back(call.name);
        return out;
      },
      .places = {"rmm*", "smmu*"}};
  return kKind;
}

}  // namespace engine
