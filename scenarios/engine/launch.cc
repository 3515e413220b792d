// How VMs come to run: what is loaded, what the owner sends along with the launch and expects of it, and whether he was right.
#include <algorithm>

#include "platform/crypto/hash.h"
#include "platform/protocol/sev/id_block.h"
#include "platform/protocol/sev/kernel_hashes.h"
#include "platform/protocol/sev/policy.h"
#include "platform/protocol/sev/vmsa.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
using Kind = cpu::LaunchPage::Kind;

base::Bytes image_page(std::string_view what) {
  base::Bytes page(kPage);
  for (std::size_t i = 0; i < page.size(); ++i)
    page[i] = static_cast<std::uint8_t>(sim::fnv1a(what) >> (i % 8 * 8)) ^ static_cast<std::uint8_t>(i);
  return page;
}

sevproto::PageType measured_as(Kind kind) {
  switch (kind) {
    case Kind::kSecrets: return sevproto::PageType::kSecrets;
    case Kind::kCpuid: return sevproto::PageType::kCpuid;
    case Kind::kSaveArea: return sevproto::PageType::kVmsa;
    case Kind::kUnmeasured: return sevproto::PageType::kUnmeasured;
    default: return sevproto::PageType::kNormal;
  }
}

base::Block<48> number(base::View big_endian) {
  base::Block<48> out{};
  base::check(big_endian.size() == out.size(), "a number of P-384 has 48 bytes");
  std::copy(big_endian.begin(), big_endian.end(), out.begin());
  return out;
}

// Keys that the owner keeps for as long as he builds images; one pair a seed.
crypto::EcKey owner_key(std::uint64_t seed, std::string_view label) {
  base::Bytes from;
  base::append_le(from, seed);
  return crypto::EcKey::derive(crypto::Curve::kP384, from, label);
}
sevproto::EcdsaPublicKey public_key(const crypto::EcKey& key) {
  const base::View point = key.public_point();
  return sevproto::public_key_of(number(point.first(48)), number(point.subspan(48)));
}
constexpr std::string_view kIdKey = "owner id key", kAuthorKey = "owner author key";

std::uint32_t legacy_policy(const MachineSettings& settings, const VmState& vm) {
  return (vm.debug ? 0 : sevproto::kSevPolicyNoDebug) | (settings.technology == "sev-es" ? sevproto::kSevPolicyEs : 0);
}

}  // namespace

sevproto::LaunchDigest golden_digest(const VmState& vm) {
  sevproto::LaunchDigest digest{};
  for (const auto& page : vm.golden)
    digest = sevproto::extend_with_page(digest, measured_as(page.kind), page.bytes,
                                        page.kind == Kind::kSaveArea ? sevproto::kVmsaGpa : page.gpa);
  return digest;
}

// Measured: firmware. The host also loads a kernel, which that firmware measures into run-time registers, and a page for operands.
void World::build_td_image(VmState& vm) {
  const char* firmware = vm.host_tenant ? "the host's own image" : "firmware";
  vm.golden = {{kFirmwareGpa, image_page(firmware), Kind::kMeasured},
               {kKernelGpa, image_page("kernel"), Kind::kUnmeasured},
               {kSecretsGpa, base::Bytes(kPage), Kind::kZero}};
  if (settings.config) vm.golden.push_back({kConfigGpa, image_page("configuration"), Kind::kUnmeasured});
}

void World::build_image(VmState& vm) {
  const bool snp = settings.technology == "sev-snp";
  if (tdx) return build_td_image(vm);
  sevproto::CpuidPage cpuid;
  for (const auto& f : settings.psp.cpuid) cpuid.functions[cpuid.count++] = f;
  const char* firmware = vm.host_tenant ? "the host's own image" : "firmware";
  vm.golden = {{kFirmwareGpa, image_page(firmware), Kind::kMeasured}, {kKernelGpa, image_page("kernel"), Kind::kUnmeasured}};
  if (settings.kernel_hashes) {
    base::Bytes table = wire::encode(sevproto::kernel_hashes(vm.golden[1].bytes, {}, kCommandLine));
    table.resize(kPage);
    vm.golden.push_back({kHashesGpa, table, Kind::kMeasured});
  }
  if (snp) {
    vm.golden.push_back({kSecretsGpa, {}, Kind::kSecrets});
    vm.golden.push_back({kCpuidGpa, wire::encode(cpuid), Kind::kCpuid});
  } else {
    vm.golden.push_back({kLaunchSecretGpa, base::Bytes(kPage), Kind::kMeasured});
  }
  if (snp && settings.config) vm.golden.push_back({kConfigGpa, image_page("configuration"), Kind::kUnmeasured});
  const auto reset = sevproto::reset_vmsa({.eip = 0xFFFF'FFF0, .cpuid_signature = 0x00A0'0F11, .sev_features = 1});
  vm.golden.push_back({0, wire::encode(reset), Kind::kSaveArea});
}

void World::launch(VmState& vm) {
  const bool legacy = sev && settings.technology != "sev-snp";
  build_image(vm);
  vm.launched = vm.golden;
  adversary->before_launch(vm);
  // Measured direct boot: the host fills in the hashes of what it really loads, and the firmware checks what it finds.
  cpu::Launch launch;
  launch.pages = vm.launched;
  launch.debug = vm.debug;
  for (const auto& page : vm.launched)  // the host names the configuration that it hands over
    if (page.gpa == kConfigGpa) launch.host_data = crypto::sha256(page.bytes);
  if (legacy) open_session(vm, launch);
  if (settings.technology == "sev-snp" && !vm.host_tenant) sign_identity(vm, launch);
  vm.started = launch;
  vm.pages["psc"] = kPscGpa;
  connect(vm);
  if (const auto why = technology->launch(vm.vm, launch); !why.empty()) {
    record.say("vmm", vm.name + " is not launched: " + why);
    vm.stopped = why;
    return;
  }
  if (legacy) {
    moment(vm, "measured");
    if (settings.owner_requires == "launch-measure" && !vm.host_tenant) inject_secret(vm);
    if (const auto why = sev->finish(vm.vm); !why.empty()) vm.stopped = why;
  }
  if (sev) sev->carry_requests(vm.vm, vm.requests);
  for (std::uint64_t gpa = kPscGpa; gpa < kCertGpa + kCertPages * kPage; gpa += kPage) host.back(vm.vm, gpa);
}

// What the owner asks for and signs. It reaches the host over the network.
void World::sign_identity(VmState& vm, cpu::Launch& launch) {
  launch.firmware_floor = settings.firmware_floor;
  if (!settings.id_block) return;
  cpu::Launch wanted;
  wanted.firmware_floor = settings.firmware_floor;
  const sevproto::IdBlock block{.launch_digest = golden_digest(vm), .policy = sev::snp_policy(wanted)};
  const auto id_key = owner_key(run.seed, kIdKey), author_key = owner_key(run.seed, kAuthorKey);
  const auto sign = [&](const crypto::EcKey& key, const char* what, base::View message) {
    const auto signature = key.sign(library, {.actor = "owner." + vm.name, .purpose = what, .count = 0}, message);
    return sevproto::signature_of(number(signature.r), number(signature.s));
  };
  sevproto::IdAuth auth;
  auth.author_key_algo = sevproto::kAlgoEcdsaP384Sha384;
  auth.id_key = public_key(id_key);
  auth.author_key = public_key(author_key);
  auth.id_block_sig = sign(id_key, "identity block", wire::encode(block));
  auth.id_key_sig = sign(author_key, "identity key", wire::encode(auth.id_key));
  static const wire::Schema kBlock = wire::schema_of<sevproto::IdBlock>("snp.ID_BLOCK");
  static const wire::Schema kAuth = wire::schema_of<sevproto::IdAuth>("snp.ID_AUTH");
  const auto& way = net("owner0", "host");
  auto block_there = way.cross({.object = "ID_BLOCK", .bytes = wire::encode(block), .schema = &kBlock});
  auto auth_there = way.cross({.object = "ID_AUTH", .bytes = wire::encode(auth), .schema = &kAuth});
  if (!block_there || !auth_there) return;  // the host launches without
  launch.identity = std::move(block_there->bytes);
  launch.identity_proof = std::move(auth_there->bytes);
}

// What the owner will look for in a report of this VM.
void World::expect_launch(const VmState& vm, relying_party::Policy& policy) const {
  policy.measurements.insert(golden_digest(vm));
  policy.require_alias_check = settings.require_alias_check;
  policy.require_ciphertext_hiding = settings.require_ciphertext_hiding;
  if (settings.id_block) {
    policy.id_keys = {sevproto::key_digest(public_key(owner_key(run.seed, kIdKey)))};
    policy.author_keys = {sevproto::key_digest(public_key(owner_key(run.seed, kAuthorKey)))};
  }
  for (const auto& page : vm.golden)
    if (page.gpa == kConfigGpa) policy.host_data = crypto::sha256(page.bytes);
}

// The owner's part before and after a legacy launch: keys wrapped for the platform with the policy that he wants, and the secret
// once the measurement is right. The host's own VM has the host for an owner.
void World::open_session(VmState& vm, cpu::Launch& launch) {
  crypto::Hash256 digest;
  for (const auto& page : vm.golden)
    if (page.kind == Kind::kMeasured) digest.update(page.bytes);
  if (settings.technology == "sev-es") digest.update(vm.golden.back().bytes);
  relying_party::SevPolicy policy;
  policy.digests = {digest.finish()};
  if (settings.chip_allow_list && !vm.host_tenant)
    policy.platforms = {sev::platform_key(sev::Chip::from_seed(settings.psp.product, base::view_of("chip0"))).public_point()};
  auto stream = std::make_shared<sim::Random>(run.seed, stream_name((vm.host_tenant ? "host." : "owner.") + vm.name));
  sev_owner = std::make_unique<relying_party::SevOwner>(std::move(policy), [stream](std::size_t size) {
    base::Bytes out(size);
    stream->fill(out);
    return out;
  }, defences);
  const auto session = sev_owner->session(sev->psp().pdh_point(), legacy_policy(settings, vm));
  if (session) launch.owner_session = wire::encode(*session);
}

void World::inject_secret(VmState& vm) {
  static const wire::Schema kMeasure = wire::schema_of<sevproto::MeasureBlob>("sev.MEASURE_BLOB");
  const auto there = net("host", "owner0").cross({.object = "LAUNCH_MEASURE", .bytes = sev->measurement(vm.vm), .schema = &kMeasure});
  const auto blob = wire::decode<sevproto::MeasureBlob>(there ? there->bytes : base::Bytes{});
  if (!blob) return;
  const auto& api = settings.psp.sev_api;
  const relying_party::LaunchReport report{.api_major = api.major, .api_minor = api.minor, .build = api.build,
                                           .policy = legacy_policy(settings, vm), .measure = *blob};
  base::Bytes plain;
  base::append_le<std::uint32_t>(plain, static_cast<std::uint32_t>(owner_secret.size()));
  base::append(plain, owner_secret);
  plain.resize((plain.size() + 15) / 16 * 16);
  auto packet = sev_owner->release(report, plain);
  if (!packet) return record.say("owner0", "releases nothing");
  base::Bytes bytes = wire::encode(packet->header);
  base::append(bytes, packet->data);
  if (const auto why = put_packet(vm, bytes); !why.empty()) record.say("vmm", "the secret is not injected: " + why);
}

std::string World::put_packet(VmState& vm, base::View packet) {
  const auto header = wire::min_size<sevproto::SecretHeader>();
  if (!sev || settings.technology == "sev-snp" || packet.size() < header) return "there is nothing to inject, or nowhere";
  return sev->inject(vm.vm, kLaunchSecretGpa, packet, static_cast<std::uint32_t>(packet.size() - header));
}

// The one that he built, in the state that he wants, where he wants it.
void World::judge_guest(const VmState& vm) {
  const auto breach = [&](const std::string& to) {
    oracle.breach(trust::Promise::kAuthenticity, "the owner released its secret to a " + to, sim.now());
  };
  if (vm.host_tenant) breach("VM of the host's own");
  if (chip_name != "chip0") breach("guest on another machine than its own");
  for (std::size_t i = 0; i < vm.golden.size(); ++i)
    if (vm.golden[i].bytes != vm.launched[i].bytes) {
      breach(vm.golden[i].gpa == kConfigGpa ? "guest under another configuration" : "guest that runs another image");
      break;
    }
  if (tdx) {
    const auto* td = tdx->td(vm.vm);
    if (td && td->debug()) breach("guest that the host may debug");
    if (settings.tdx_module_svn < MachineSettings{}.tdx_module_svn) breach("platform with old firmware");
  }
  if (!sev) return;
  const auto context = sev->context(vm.vm);
  if (context ? (context->policy & sevproto::kPolicyDebugAllowed) != 0 : vm.debug) breach("guest that the host may debug");
  for (const auto& other : vms)
    if (context && other->host_tenant)
      if (const auto agent = sev->context(other->vm); agent && agent->report_id == context->ma_report_id)
        breach("guest that a migration agent of the host's may export");
  if (sev->psp().state().settings.current.snp < sev::PspSettings{}.reported.snp) breach("platform with old firmware");
}

}  // namespace engine
