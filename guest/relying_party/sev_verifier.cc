#include "guest/relying_party/sev_verifier.h"

#include <algorithm>

#include "guest/relying_party/place.h"
#include "guest/relying_party/sev_rules.h"
#include "platform/base/check.h"

namespace relying_party {

namespace {

base::Block<16> block_of(base::View bytes) {
  base::check(bytes.size() == 16, "a transport key, nonce or IV has 16 bytes");
  base::Block<16> out{};
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

}  // namespace

SevOwner::SevOwner(SevPolicy policy, Random random, trust::Defences& defences)
    : policy_(std::move(policy)),
      random_(std::move(random)),
      defences_(defences),
      key_(make_channel_key(random_)),
      keys_{.tek = block_of(random_(16)), .tik = block_of(random_(16))} {}

std::optional<sevproto::Session> SevOwner::session(base::View platform_point, std::uint32_t guest_policy) {
  SevPlatformCase c{.policy = policy_, .point = platform_point};
  if (defences_.first_refusal<SevPlatformCase>(kSevPlatformRules, c, kPlace)) return std::nullopt;
  const auto nonce = block_of(random_(16));
  const auto iv = block_of(random_(16));
  return sevproto::seal_session(key_, platform_point, keys_, nonce, iv, guest_policy);
}

trust::Result<> SevOwner::appraise(const LaunchReport& report) const {
  SevCase c{.policy = policy_, .tik = keys_.tik, .report = report};
  if (auto no = defences_.first_refusal<SevCase>(kSevRules, c, kPlace)) return *no;
  return trust::ok();
}

trust::Result<sevproto::SecretPacket> SevOwner::release(const LaunchReport& report, base::View secret) {
  auto appraisal = appraise(report);
  if (!appraisal) return appraisal.refusal();
  return sevproto::seal_secret(keys_.tek, keys_.tik, block_of(random_(16)), report.measure.measure, secret);
}

void collect_sev_defences(std::vector<const trust::Defence*>& into) {
  trust::collect<SevPlatformCase>(into, kSevPlatformRules);
  trust::collect<SevCase>(into, kSevRules);
}

}  // namespace relying_party
