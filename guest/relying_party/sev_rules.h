#pragma once
// What makes the owner of a legacy guest keep its secret.
#include <algorithm>

#include "guest/relying_party/sev_verifier.h"
#include "platform/protocol/sev/policy.h"

namespace relying_party {

struct SevPlatformCase {
  const SevPolicy& policy;
  base::View point;
};

inline constexpr trust::Rule<SevPlatformCase> kSevPlatformRules[] = {
    {{"rp.sev.platform-key", "SEV API 0.24, LAUNCH_START and PDH_CERT_EXPORT",
      "Transport keys are wrapped only for a platform that the owner knows, where the owner keeps such a list.",
      trust::Act::kDetect},
     [](const SevPlatformCase& c) {
       return !c.policy.platforms || c.policy.platforms->contains(base::bytes_of(c.point));
     }},
};

struct SevCase {
  const SevPolicy& policy;
  const sevproto::Tik& tik;
  const LaunchReport& report;
};

inline bool measure_fits(const SevCase& c, const base::Block<32>& digest) {
  const LaunchReport& r = c.report;
  sevproto::MeasureInput input{r.api_major, r.api_minor, r.build, r.policy, digest, r.measure.mnonce};
  return sevproto::launch_measure(c.tik, input) == r.measure.measure;
}

inline constexpr trust::Rule<SevCase> kSevRules[] = {
    {{"rp.sev.policy-debug", "SEV API 0.24, guest policy NODBG",
      "The guest was launched with debug commands forbidden.",
      trust::Act::kDetect},
     [](const SevCase& c) { return c.policy.allow_debug || (c.report.policy & sevproto::kSevPolicyNoDebug) != 0; }},
    {{"rp.sev.measurement", "SEV API 0.24, LAUNCH_MEASURE",
      "The platform that holds the transport keys has measured an image that the owner built, as reported.",
      trust::Act::kDetect},
     [](const SevCase& c) {
       return std::ranges::any_of(c.policy.digests, [&](const auto& digest) { return measure_fits(c, digest); });
     }},
};

}  // namespace relying_party
