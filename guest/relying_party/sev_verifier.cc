#include "guest/relying_party/sev_verifier.h"

#include <algorithm>

#include "guest/relying_party/place.h"
#include "guest/relying_party/sev_rules.h"
#include "platform/base/check.h"
#include "platform/crypto/aead.h"
#include "platform/crypto/hash.h"

namespace relying_party {

namespace {

base::Block<16> block_of(base::View bytes) {
  base::check(bytes.size() == 16, "a transport key, nonce or IV has 16 bytes");
  base::Block<16> out{};
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

base::Block<16> derived(base::View key, std::string_view label, base::View context) {
  return block_of(crypto::sp800_108_sha256(key, label, context, 16));
}

}  // namespace

SevOwner::SevOwner(SevPolicy policy, Random random, trust::Defences& defences)
    : policy_(std::move(policy)),
      random_(std::move(random)),
      defences_(defences),
      key_(make_channel_key(random_)),
      tek_(block_of(random_(16))),
      tik_(block_of(random_(16))) {}

std::optional<LaunchSession> SevOwner::session(base::View platform_point, std::uint32_t guest_policy) {
  auto shared = key_.ecdh(platform_point);
  if (!shared) return std::nullopt;
  LaunchSession out{.owner_point = public_half(key_), .nonce = block_of(random_(16)), .wrap_iv = block_of(random_(16))};
  auto master = derived(*shared, "sev-master-secret", out.nonce);
  auto kek = derived(master, "sev-kek", {});
  auto kik = derived(master, "sev-kik", {});

  base::Bytes keys = base::bytes_of(tek_);
  base::append(keys, tik_);
  base::Bytes wrapped = crypto::aes128_ctr(kek, out.wrap_iv, keys);
  std::copy(wrapped.begin(), wrapped.end(), out.wrap_tk.begin());
  out.wrap_mac = crypto::hmac_sha256(kik, out.wrap_tk);

  base::Bytes policy;
  base::append_le(policy, guest_policy);
  out.policy_mac = crypto::hmac_sha256(tik_, policy);
  return out;
}

trust::Result<> SevOwner::appraise(const LaunchReport& report) const {
  SevCase c{.policy = policy_, .tik = tik_, .report = report};
  if (auto no = defences_.first_refusal<SevCase>(kSevRules, c, kPlace)) return *no;
  return trust::ok();
}

trust::Result<sevproto::SecretPacket> SevOwner::release(const LaunchReport& report, base::View secret) {
  auto appraisal = appraise(report);
  if (!appraisal) return appraisal.refusal();
  return sevproto::seal_secret(tek_, tik_, block_of(random_(16)), report.measure.measure, secret);
}

void collect_sev_defences(std::vector<const trust::Defence*>& into) { trust::collect<SevCase>(into, kSevRules); }

}  // namespace relying_party
