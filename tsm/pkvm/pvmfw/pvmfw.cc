#include "tsm/pkvm/pvmfw/pvmfw.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/crypto/aead.h"
#include "platform/crypto/hash.h"
#include "tsm/pkvm/pvmfw/device.h"
#include "tsm/pkvm/pvmfw/pvmfw_rules.h"

namespace pkvm {

namespace {

// convention: the binary is a page with a name, the key behind it, then what its version makes of the rest.
constexpr std::string_view kBinaryName = "Glacis EMULATED protected VM firmware";
constexpr std::size_t kKeyAt = 64, kPointSize = 96;
constexpr std::string_view kBoot = "boot", kNormal = "initrd_normal", kDebug = "initrd_debug";

bool fits(const pkvmproto::Vbmeta& vbmeta, std::string_view name, base::View image) {
  return std::ranges::find(vbmeta.images, pkvmproto::digest_of_image(std::string(name), image)) != vbmeta.images.end();
}

base::Block<32> instance_key(const pkvmproto::Cdi& seal) {
  base::Block<32> out{};
  std::ranges::copy(crypto::hkdf_sha256(seal, {}, base::view_of("pvmfw instance"), out.size()), out.begin());
  return out;
}

}  // namespace

base::Bytes pvmfw_binary(base::View trusted_point, std::string_view version) {
  base::check(trusted_point.size() == kPointSize, "images are signed with P-384");
  base::Bytes out(kPage);
  std::ranges::copy(kBinaryName, out.begin());
  std::ranges::copy(trusted_point, out.begin() + kKeyAt);
  const auto rest = crypto::sha256(base::view_of(version));
  for (std::size_t at = kKeyAt + kPointSize; at < out.size(); ++at)
    out[at] = static_cast<std::uint8_t>(rest[at % rest.size()] ^ at);
  return out;
}

std::optional<base::Bytes> trusted_point_of(base::View binary) {
  if (binary.size() < kPage || !std::ranges::equal(binary.first(kBinaryName.size()), base::view_of(kBinaryName)))
    return std::nullopt;
  return base::bytes_of(binary.subspan(kKeyAt, kPointSize));
}

base::Bytes pvmfw_image(base::View binary, const pkvmproto::PvmfwConfig& config) {
  base::Bytes out = base::bytes_of(binary);
  out.resize((out.size() + kPage - 1) / kPage * kPage);
  base::append(out, pkvmproto::encode_config(config));
  base::check(out.size() <= kPvmfwPages * kPage, "firmware and its configuration fit the pages kept for them");
  return out;
}

// convention: the nonce follows from the content, so that one record seals to the same bytes.
base::Bytes seal_instance(const pkvmproto::Cdi& seal, const InstanceRecord& record) {
  const base::Bytes plain = wire::encode(record);
  const auto digest = crypto::sha256(plain);
  base::Bytes out(digest.begin(), digest.begin() + 12);
  base::append(out, crypto::aes256_gcm_seal(instance_key(seal), base::bytes_of(out), {}, plain));
  return out;
}

std::optional<InstanceRecord> open_instance(const pkvmproto::Cdi& seal, base::View sealed) {
  if (sealed.size() != 12 + wire::min_size<InstanceRecord>() + crypto::kGcmTagSize) return std::nullopt;
  const auto plain = crypto::aes256_gcm_open(instance_key(seal), sealed.first(12), {}, sealed.subspan(12));
  const auto record = wire::decode<InstanceRecord>(plain ? *plain : base::Bytes{});
  if (!record) return std::nullopt;
  return *record;
}

pkvmproto::DiceHash vm_code_hash(base::View kernel, base::View ramdisk) {
  base::Bytes digests = base::bytes_of(base::View(crypto::sha256(kernel)));
  if (!ramdisk.empty()) base::append(digests, crypto::sha256(ramdisk));
  return crypto::sha512(digests);
}
pkvmproto::DiceHash vm_authority_hash(base::View trusted_point) { return crypto::sha512(trusted_point); }

trust::Result<Started> Pvmfw::start(const Loaded& loaded, const pkvmproto::DiceHash& fresh,
                                    const pkvmproto::DiceEdit& edit) {
  const auto refuse = [&](const PvmfwCase& c) { return defences_.first_refusal<PvmfwCase>(kPvmfwRules, c, at_); };
  PvmfwCase c;
  const auto trusted = trusted_point_of(loaded.firmware);
  const auto config =
      loaded.firmware.size() > kPage ? pkvmproto::decode_config(loaded.firmware.subspan(kPage)) : std::nullopt;
  const auto before = config ? pkvmproto::decode_handover(config->handover) : std::nullopt;
  c.configured = trusted && before;
  if (auto no = refuse(c)) return *no;
  base::check(c.configured, "a conformance row is not lifted");

  const auto read = pkvmproto::decode_vbmeta(loaded.vbmeta);
  c.environment_fits = loaded.environment_fits;
  c.is_signed = read && read->is_signed_by(*trusted);
  if (auto no = refuse(c)) return *no;
  const pkvmproto::Vbmeta described = read ? read->content : pkvmproto::Vbmeta{};
  const bool debuggable = fits(described, kDebug, loaded.ramdisk);
  c.digests_fit = fits(described, kBoot, loaded.kernel) && (debuggable || fits(described, kNormal, loaded.ramdisk));
  if (auto no = refuse(c)) return *no;

  InstanceRecord record{.salt = fresh,
                        .authority_hash = vm_authority_hash(described.public_key),
                        .rollback_index = described.rollback_index};
  record.mode = static_cast<std::uint8_t>(debuggable ? pkvmproto::DiceMode::kDebug : pkvmproto::DiceMode::kNormal);
  if (!loaded.instance.empty()) {
    const auto kept = open_instance(before->cdis.seal, loaded.instance);
    c.instance_opens = kept.has_value();
    c.instance_same = kept && kept->mode == record.mode && kept->authority_hash == record.authority_hash;
    c.rollback_index = described.rollback_index;
    c.recorded_index = kept ? kept->rollback_index : 0;
    if (auto no = refuse(c)) return *no;
    record.salt = kept->salt;
    record.rollback_index = std::max(record.rollback_index, kept->rollback_index);
  }

  pkvmproto::DiceInput input;
  input.code_hash = vm_code_hash(loaded.kernel, loaded.ramdisk);
  input.config_descriptor =
      pkvmproto::encode_config_descriptor({.component_name = std::string(kVmComponent),
                                           .security_version = static_cast<std::int64_t>(described.rollback_index)});
  input.authority_hash = record.authority_hash;
  input.mode = static_cast<pkvmproto::DiceMode>(record.mode);
  input.hidden = crypto::sha512(record.salt);
  const auto own = pkvmproto::dice_key(before->cdis.attest);
  Started out;
  out.mode = input.mode;
  out.handover.cdis = pkvmproto::next_cdis(before->cdis, input);
  const auto subject = pkvmproto::dice_key(out.handover.cdis.attest);
  const auto entry = pkvmproto::dice_certificate(library_, {.actor = at_, .purpose = "dice", .count = 0}, own,
                                                 subject.public_point(), input, kVmComponent, edit);
  const auto chain = pkvmproto::append_to_chain(before->chain, entry);
  base::check(chain.has_value(), "the chain was read before");
  out.handover.chain = *chain;
  out.instance = seal_instance(before->cdis.seal, record);
  return out;
}

std::vector<const trust::Defence*> pvmfw_defences() {
  std::vector<const trust::Defence*> all;
  for (const auto& rule : kPvmfwRules) all.push_back(&rule.defence);
  return all;
}

}  // namespace pkvm
