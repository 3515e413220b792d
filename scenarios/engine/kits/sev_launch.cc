// A launch under SEV, SEV-ES or SEV-SNP as its owner has it: the image, what he signs, and the secret that he sends to a legacy guest.
#include <algorithm>

#include "platform/crypto/hash.h"
#include "platform/protocol/sev/id_block.h"
#include "platform/protocol/sev/kernel_hashes.h"
#include "platform/protocol/sev/policy.h"
#include "platform/protocol/sev/vmsa.h"
#include "scenarios/engine/kits/boot_words.h"
#include "scenarios/engine/kits/image.h"
#include "scenarios/engine/kits/sev_kernel.h"
#include "scenarios/engine/kits/sev_kit.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
using Kind = cpu::LaunchPage::Kind;

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
constexpr std::uint16_t kFirmwareFloor = 1 << 8 | 55;  // SNP ABI 1.55, in the owner's policy
constexpr std::string_view kIdKey = "owner id key", kAuthorKey = "owner author key";

std::uint32_t legacy_policy(const MachineSettings& settings, const VmState& vm) {
  return (vm.debug ? 0 : sevproto::kSevPolicyNoDebug) | (settings.technology == "sev-es" ? sevproto::kSevPolicyEs : 0);
}

}  // namespace

std::vector<cpu::LaunchPage> sev_image(const World& world, const VmState& vm) {
  const auto& settings = world.settings;
  const bool snp = settings.technology == "sev-snp";
  sevproto::CpuidPage cpuid;
  for (const auto& f : settings.psp.cpuid) cpuid.functions[cpuid.count++] = f;
  std::vector<cpu::LaunchPage> out = {firmware_page(vm), kernel_page()};
  if (settings.on(vm.name, "kernel-hashes")) {
    base::Bytes table = wire::encode(sevproto::kernel_hashes(out[1].bytes, base::view_of(expected_word(world, vm, "initrd")), expected_word(world, vm, "cmdline")));
    table.resize(kPage);
    out.push_back({kHashesGpa, table, Kind::kMeasured});
  }
  if (snp) {
    out.push_back({kSecretsGpa, {}, Kind::kSecrets});
    out.push_back({kCpuidGpa, wire::encode(cpuid), Kind::kCpuid});
  } else {
    out.push_back({kLaunchSecretGpa, base::Bytes(kPage), Kind::kMeasured});
  }
  if (snp && settings.on(vm.name, "config")) out.push_back(configuration_page());
  const auto reset = sevproto::reset_vmsa({.eip = 0xFFFF'FFF0, .cpuid_signature = 0x00A0'0F11, .sev_features = 1});
  out.push_back({0, wire::encode(reset), Kind::kSaveArea});
  return out;
}

void SevKit::prepare(VmState& vm, cpu::Launch& launch) {
  if (!is_snp()) open_session(vm, launch);
  else if (!vm.host_tenant) sign_identity(vm, launch);
}

std::string SevKit::launched(VmState& vm) {
  std::string why;
  if (!is_snp()) {
    world_.moment(vm, "launch-measured");
    if (world_.settings.owner_requires == "launch-measure" && !vm.host_tenant) send_secret(vm);
    why = world_.sev->finish(vm.vm);
  }
  world_.sev->carry_requests(vm.vm, vm.requests);
  return why;
}

// What the owner asks for and signs. It reaches the host over the network.
void SevKit::sign_identity(VmState& vm, cpu::Launch& launch) {
  if (world_.settings.on(vm.name, "firmware-floor")) launch.firmware_floor = kFirmwareFloor;
  if (!world_.settings.on(vm.name, "id-block")) return;
  cpu::Launch wanted;
  wanted.firmware_floor = launch.firmware_floor;
  const sevproto::IdBlock block{.launch_digest = golden_digest(vm), .policy = sev::snp_policy(wanted)};
  const auto id_key = owner_key(world_.run.seed, kIdKey), author_key = owner_key(world_.run.seed, kAuthorKey);
  const auto sign = [&](const crypto::EcKey& key, const char* what, base::View message) {
    const auto signature = key.sign(world_.library, {.actor = "owner." + vm.name, .purpose = what, .count = 0}, message);
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
  const auto& way = world_.net("owner0", "host");
  auto block_there = way.cross({.object = "ID_BLOCK", .bytes = wire::encode(block), .schema = &kBlock});
  auto auth_there = way.cross({.object = "ID_AUTH", .bytes = wire::encode(auth), .schema = &kAuth});
  if (!block_there || !auth_there) return;  // the host launches without
  launch.identity = std::move(block_there->bytes);
  launch.identity_proof = std::move(auth_there->bytes);
}

// What the owner will look for in a report of this VM.
void SevKit::expect_launch(const VmState& vm, relying_party::Policy& policy) const {
  policy.measurements.insert(golden_digest(vm));
  policy.require_alias_check = world_.settings.require_alias_check;
  policy.require_ciphertext_hiding = world_.settings.require_ciphertext_hiding;
  if (world_.settings.on(vm.name, "id-block")) {
    policy.id_keys = {sevproto::key_digest(public_key(owner_key(world_.run.seed, kIdKey)))};
    policy.author_keys = {sevproto::key_digest(public_key(owner_key(world_.run.seed, kAuthorKey)))};
  }
  for (const auto& page : vm.golden)
    if (page.gpa == kConfigGpa) policy.host_data = crypto::sha256(page.bytes);
}

// The owner's part before and after a legacy launch: keys wrapped for the platform with the policy that he wants, and the secret
// once the measurement is right. The host's own VM has the host for an owner.
void SevKit::open_session(VmState& vm, cpu::Launch& launch) {
  crypto::Hash256 digest;
  for (const auto& page : vm.golden)
    if (page.kind == Kind::kMeasured) digest.update(page.bytes);
  if (world_.settings.technology == "sev-es") digest.update(vm.golden.back().bytes);
  relying_party::SevPolicy policy;
  const auto golden = digest.finish();
  policy.digests = {golden};
  if (!vm.host_tenant) world_.verdict.artifacts[vm.name + ".launch-digest.bin"] = base::bytes_of(golden);
  if (world_.settings.chip_allow_list && !vm.host_tenant)
    policy.platforms = {sev::platform_key(sev::Chip::from_seed(world_.settings.psp.product, base::view_of("chip0"))).public_point()};
  auto stream = std::make_shared<sim::Random>(world_.run.seed, world_.stream_name((vm.host_tenant ? "host." : "owner.") + vm.name));
  owner_ = std::make_unique<relying_party::SevOwner>(std::move(policy), [stream](std::size_t size) {
    base::Bytes out(size);
    stream->fill(out);
    return out;
  }, world_.defences);
  const auto session = owner_->session(world_.sev->psp().pdh_point(), legacy_policy(world_.settings, vm));
  if (session) launch.owner_session = wire::encode(*session);
}

void SevKit::send_secret(VmState& vm) {
  static const wire::Schema kMeasure = wire::schema_of<sevproto::MeasureBlob>("sev.MEASURE_BLOB");
  const auto there = world_.net("host", "owner0").cross({.object = "LAUNCH_MEASURE", .bytes = world_.sev->measurement(vm.vm), .schema = &kMeasure});
  const auto blob = wire::decode<sevproto::MeasureBlob>(there ? there->bytes : base::Bytes{});
  if (!blob) return;
  const auto& api = world_.settings.psp.sev_api;
  const relying_party::LaunchReport report{.api_major = api.major, .api_minor = api.minor, .build = api.build,
                                           .policy = legacy_policy(world_.settings, vm), .measure = *blob};
  keep_measurement(vm, report);
  base::Bytes plain;
  base::append_le<std::uint32_t>(plain, static_cast<std::uint32_t>(world_.owner_secret.size()));
  base::append(plain, world_.owner_secret);
  plain.resize((plain.size() + 15) / 16 * 16);
  auto packet = owner_->release(report, plain);
  if (!packet) return world_.record.say("owner0", "releases nothing");
  base::Bytes bytes = wire::encode(packet->header);
  base::append(bytes, packet->data);
  if (const auto why = inject(vm, bytes); !why.empty()) world_.record.say("vmm", "the secret is not injected: " + why);
}

// What other programs check: HMAC-SHA-256 with the integrity key over these bytes (SEV API 0.24, LAUNCH_MEASURE).
void SevKit::keep_measurement(const VmState& vm, const relying_party::LaunchReport& report) {
  auto& files = world_.verdict.artifacts;
  const auto& digest = files[vm.name + ".launch-digest.bin"];
  sevproto::MeasureInput input{.api_major = report.api_major, .api_minor = report.api_minor, .build = report.build,
                               .policy = report.policy, .mnonce = report.measure.mnonce};
  std::copy(digest.begin(), digest.end(), input.digest.begin());
  files[vm.name + ".launch-measure.bin"] = wire::encode(report.measure);
  files[vm.name + ".launch-measured.bin"] = sevproto::measured_bytes(input);
  files[vm.name + ".launch-tik.bin"] = base::bytes_of(owner_->keys().tik);
}

std::string SevKit::inject(VmState& vm, base::View packet) {
  const auto header = wire::min_size<sevproto::SecretHeader>();
  if (world_.settings.technology == "sev-snp" || packet.size() < header) return "there is nothing to inject, or nowhere";
  return world_.sev->inject(vm.vm, kLaunchSecretGpa, packet, static_cast<std::uint32_t>(packet.size() - header));
}

}  // namespace engine
