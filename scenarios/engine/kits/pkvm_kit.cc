#include "scenarios/engine/kits/pkvm_kit.h"

#include <algorithm>

#include "guest/relying_party/pkvm_verifier.h"
#include "platform/cbor/schema.h"
#include "platform/crypto/hash.h"
#include "scenarios/engine/kits/image.h"
#include "tsm/abi/pkvm_guest.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kCarveout = 0x80'0000;  // below what the host may give away
constexpr memory::KeyId kSocKey{1};

bool encrypts(const MachineSettings& settings) { return settings.memory.mode != memory::Mode::kNone; }

base::Bytes ramdisk(bool debuggable) { return image_page(debuggable ? "debuggable ramdisk" : "ramdisk"); }

base::Bytes seed_of(std::uint64_t seed) {
  base::Bytes out;
  base::append_le(out, seed);
  return out;
}

memory::KeyBytes soc_key(std::uint64_t seed) {
  memory::KeyBytes out{};
  std::ranges::copy(crypto::hkdf_sha256(seed_of(seed), {}, base::view_of("memory key"), out.size()), out.begin());
  return out;
}

}  // namespace

PkvmKit::PkvmKit(World& world)
    : world_(world),
      image_key_(crypto::EcKey::derive(crypto::Curve::kP384, seed_of(world.run.seed), "owner image key")),
      firmware_(firmware_of(kFirmwareVersion)), device_(pkvm::Device::from_seed(base::view_of(world.chip_name))) {}

pkvm::Firmware PkvmKit::firmware_of(std::uint64_t version) const {
  return {.hypervisor = image_page("an emulated pKVM"),
          .pvmfw = pkvm::pvmfw_binary(image_key_.public_point(), "1"),
          .hypervisor_version = version,
          .pvmfw_version = kFirmwareVersion};
}

std::unique_ptr<cpu::Technology> PkvmKit::make_machine() {
  handover_ = device_.boot(world_.library, firmware_, edit());
  pkvm::HostSettings settings;
  settings.el2.memory_bytes = world_.settings.memory.bytes;
  settings.el2.carveout = kCarveout;
  settings.el2.state_hidden = world_.settings.value("cpu0.vcpu-state", "hidden") == "hidden";
  settings.el2.dma_isolation = world_.settings.value("cpu0.dma-isolation", "none") == "stage-2";
  settings.el2.id_registers = world_.host.cpuid_leaves();
  if (encrypts(world_.settings)) {
    settings.el2.guest_key = kSocKey;
    world_.memory.set_key(kSocKey, soc_key(world_.run.seed ^ std::uint64_t{world_.generation} << 32));
  }
  settings.pvmfw =
      pkvm::pvmfw_image(firmware_.pvmfw, {.handover = pkvmproto::encode_handover(handover_), .debug_policy = {}});
  settings.pvmfw_ipa = kPvmfwIpa;
  auto machine = std::make_unique<pkvm::PkvmMachine>(settings, world_.host, world_.tsm_calls, world_.defences);
  machine_ = machine.get();
  world_.tsm_calls.leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
    const auto registers = wire::decode<pkvmproto::Registers>(message.bytes);
    if (!registers) return std::nullopt;
    const auto done = machine_->el2().host_call(0, *registers);
    return trust::Message{
        .object = message.object, .bytes = wire::encode(done.out), .schema = message.schema, .reply = true};
  });
  return machine;
}

pkvmproto::DiceEdit PkvmKit::edit() {
  return [this](std::string_view what, cbor::Value& claims) {
    const std::string name = what == "evidence"                    ? "dice.CHALLENGE"
                             : what == tsm_abi::kPkvmConfiguration ? "dice.CONFIGURATION"
                             : what == pkvm::kVmComponent          ? "dice.VM"
                             : what == pkvm::kPvmfwComponent       ? "dice.PVMFW"
                                                                   : "dice.HYPERVISOR";
    base::Bytes bytes = cbor::encode(claims, cbor::Order::kAsGiven);
    const wire::Schema schema = cbor::schema(name, bytes);
    world_.before_signing(schema, bytes);
    if (auto altered = cbor::decode(bytes)) claims = std::move(*altered);
  };
}

// ---- images ---------------------------------------------------------------------------------------------------------

base::Bytes PkvmKit::kernel_of(bool old) const {
  return old ? image_page("kernel of an earlier release") : kernel_page().bytes;
}

base::Bytes PkvmKit::vbmeta(bool old) const {
  const pkvmproto::Vbmeta described{.rollback_index = old ? kImageVersion - 1 : kImageVersion,
                                    .images = {pkvmproto::digest_of_image("boot", kernel_of(old)),
                                               pkvmproto::digest_of_image("initrd_normal", ramdisk(false)),
                                               pkvmproto::digest_of_image("initrd_debug", ramdisk(true))},
                                    .public_key = image_key_.public_point()};
  base::Bytes out = pkvmproto::sign_vbmeta(
      world_.library, {.actor = "owner", .purpose = "image", .count = old ? 0u : 1u}, image_key_, described);
  base::check(out.size() <= kPage, "a description of images fits its page");
  out.resize(kPage);
  return out;
}

// What the owner signed, and a page of the host's where firmware will be.
std::vector<cpu::LaunchPage> PkvmKit::image(const VmState& vm) const {
  using Kind = cpu::LaunchPage::Kind;
  cpu::LaunchPage kernel = kernel_page();
  if (vm.host_tenant) kernel.bytes = image_page("the host's own image");
  std::vector<cpu::LaunchPage> out = {
      kernel,
      {kRamdiskIpa, ramdisk(false), Kind::kUnmeasured},
      {kVbmetaIpa, vbmeta(false), Kind::kUnmeasured},
      {kPvmfwIpa, firmware_.pvmfw, Kind::kUnmeasured},
      {kReleaseIndex, base::Bytes(kPage, static_cast<std::uint8_t>(kImageVersion)), Kind::kUnmeasured}};
  if (world_.settings.on(vm.name, "config")) out.push_back(configuration_page());
  return out;
}

std::optional<std::uint64_t> PkvmKit::image_part(std::string_view name) const {
  if (name == "kernel") return kKernelGpa;
  if (name == "ramdisk") return kRamdiskIpa;
  if (name == "vbmeta") return kVbmetaIpa;
  if (name == "firmware") return kPvmfwIpa;
  if (name == "release") return kReleaseIndex;
  if (name == "config") return kConfigGpa;
  return std::nullopt;
}

// An instance that has run before, of the owner's image. A host that wants a debuggable guest loads the ramdisk for it,
// which the owner signed as well, and begins another instance.
void PkvmKit::prepare(VmState& vm, cpu::Launch& launch) {
  const auto index = std::ranges::find(launch.pages, kReleaseIndex, &cpu::LaunchPage::gpa);
  if (std::ranges::any_of(index->bytes, [](std::uint8_t b) { return b != kImageVersion; }))
    for (auto& page : launch.pages) {
      if (page.gpa == kKernelGpa) page.bytes = kernel_of(true);
      if (page.gpa == kVbmetaIpa) page.bytes = vbmeta(true);
    }
  launch.pages.erase(index);
  if (vm.debug) {
    for (auto& page : launch.pages)
      if (page.gpa == kRamdiskIpa) page.bytes = ramdisk(true);
    return;
  }
  pkvm::InstanceRecord record{.authority_hash = pkvm::vm_authority_hash(image_key_.public_point()),
                              .rollback_index = kImageVersion,
                              .mode = static_cast<std::uint8_t>(pkvmproto::DiceMode::kNormal)};
  record.salt = crypto::sha512(base::view_of(vm.name));
  const base::Bytes sealed = pkvm::seal_instance(handover_.cdis.seal, record);
  base::Bytes page;
  base::append_le<std::uint32_t>(page, static_cast<std::uint32_t>(sealed.size()));
  base::append(page, sealed);
  page.resize(kPage);
  launch.pages.push_back({kInstanceIpa, page, cpu::LaunchPage::Kind::kUnmeasured});
}

// What EL2 puts where firmware belongs is what the owner counts on; whatever the host had there never runs.
std::string PkvmKit::launched(VmState& vm) {
  for (std::size_t i = 0; i < vm.launched.size(); ++i)
    if (vm.launched[i].gpa == kPvmfwIpa) vm.launched[i].bytes = vm.golden[i].bytes;
  return {};
}

std::unique_ptr<GuestKernel> PkvmKit::kernel(VmState& vm, GuestMachine& machine) {
  return make_pkvm_kernel(world_, *this, vm, machine);
}

// ---- the owner ------------------------------------------------------------------------------------------------------

relying_party::Appraiser PkvmKit::appraiser() const {
  const auto good = firmware_of(kFirmwareVersion);
  const auto version = static_cast<std::int64_t>(kFirmwareVersion);
  relying_party::PkvmPolicy policy;
  // Devices that their vendor endorses: all that this engine has. Of one, chip2, the vendor has heard that its keys are out; an owner
  // who does not ask anew goes by a list from before.
  for (const char* chip : {"chip0", "chip1", "chip2"})
    policy.endorsed_roots.insert(pkvm::Device::from_seed(base::view_of(chip)).root_point());
  if (world_.settings.revocation_list) policy.endorsed_roots.erase(pkvm::Device::from_seed(base::view_of("chip2")).root_point());
  if (world_.settings.chip_allow_list) policy.devices = {pkvm::Device::from_seed(base::view_of("chip0")).root_point()};
  std::set<pkvmproto::DiceHash> code;  // every image that he ever signed
  for (const bool old : {false, true})
    for (const bool debuggable : {false, true}) code.insert(pkvm::vm_code_hash(kernel_of(old), ramdisk(debuggable)));
  policy.layers = {{std::string(pkvm::kHypervisorComponent),
                    {pkvm::Device::code_hash(good.hypervisor)},
                    {pkvm::Device::vendor_authority()},
                    version},
                   {std::string(pkvm::kPvmfwComponent),
                    {pkvm::Device::code_hash(good.pvmfw)},
                    {pkvm::Device::vendor_authority()},
                    version},
                   {std::string(pkvm::kVmComponent),
                    code,
                    {pkvm::vm_authority_hash(image_key_.public_point())},
                    static_cast<std::int64_t>(kImageVersion)}};
  if (std::ranges::any_of(world_.vms, [this](const auto& vm) { return world_.settings.on(vm->name, "config"); }))
    policy.configuration = relying_party::PkvmLayer{
        std::string(tsm_abi::kPkvmConfiguration), {crypto::sha512(configuration_page().bytes)}, {}, 0};
  return relying_party::pkvm_appraiser(std::move(policy), world_.defences);
}

void PkvmKit::judge_guest(const VmState& vm, const std::function<void(const std::string&)>& breach) const {
  if (vm.debug) breach("guest that the host may debug");
  if (firmware_.hypervisor_version < kFirmwareVersion) breach("platform with old firmware");
}

// ---- the host's hands -----------------------------------------------------------------------------------------------

std::optional<std::string> PkvmKit::take_away(VmState& vm, std::uint64_t gpa) {
  return machine_->call(vm.vm, "__pkvm_host_unshare_guest", {{"gpa", gpa}}) ? std::string()
                                                                            : "__pkvm_host_unshare_guest: refused";
}

std::optional<std::string> PkvmKit::put_fresh(VmState& vm, std::uint64_t gpa) {
  if (const auto why = machine_->take_by_force(vm.vm, gpa); !why.empty()) return why;
  const std::uint64_t fresh = world_.host.take_page();
  return machine_->call(vm.vm, "__pkvm_host_donate_guest", {{"spa", fresh}, {"gpa", gpa}})
             ? std::string()
             : "__pkvm_host_donate_guest: refused";
}

std::vector<std::string> PkvmKit::conventions() const {
  return {"pkvm: EL2's tables are the model's and not in memory, and a VM has one vCPU (simplified)",
          "pkvm: images are signed with ES384 and the VM's own key signs the owner's challenge (convention)"};
}

namespace {

std::vector<const trust::Defence*> rows() {
  auto all = pkvm::el2_defences();
  for (const auto& rows : {pkvm::pvmfw_defences(), tsm_abi::pkvm_guest_defences()})
    all.insert(all.end(), rows.begin(), rows.end());
  relying_party::collect_pkvm_defences(all);
  return all;
}

}  // namespace

const TechnologyKind& pkvm_kind() {
  static const TechnologyKind kKind{
      .name = "pkvm",
      .platform = "pkvm",
      .about =
          "Arm64 pKVM as on Android: a hypervisor at EL2 that takes pages from the host, without memory encryption",
      .make = [](World& world) -> std::unique_ptr<Kit> { return std::make_unique<PkvmKit>(world); },
      .defences = rows,
      .attributes = {{"cpu", "vcpu-state", {"hidden", "host"}}, {"cpu", "dma-isolation", {"none", "stage-2"}}},
      .objects = {"__pkvm_*", "__kvm_*", "DATA_ABORT", "MMIO", "HVC", "PSCI_SYSTEM_OFF", "HYPERVISOR", "PVMFW", "VM",
                  "CONFIGURATION", "CHALLENGE"},
      .calls = {"__pkvm_*", "__kvm_*"},
      .call_names = [] {
        std::vector<std::string> out;
        for (const auto& call : pkvmproto::host_calls()) out.emplace_back(call.name);
        return out;
      },
      .places = {"el2"}};
  return kKind;
}

}  // namespace engine
