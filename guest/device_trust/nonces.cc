#include "guest/device_trust/nonces.h"

namespace device_trust {
namespace {

struct NonceCase {
  bool is_new;
};
constexpr trust::Rule<NonceCase> kNonceRules[] = {
    {{"guest.nonce.new", "DSP0274 1.3, 10.8", "No nonce is asked with twice, and none is all zeroes.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const NonceCase& c) { return c.is_new; }},
};

}  // namespace

trust::Result<spdm::Nonce> Nonces::draw(trust::Defences& defences, std::string_view at) {
  spdm::Nonce nonce{};
  random_(nonce);
  const bool is_new = nonce != spdm::Nonce{} && !drawn_.contains(nonce);
  if (auto no = defences.first_refusal<NonceCase>(kNonceRules, {is_new}, at)) return *no;
  drawn_.insert(nonce);
  return nonce;
}

void collect_nonce_defences(std::vector<const trust::Defence*>& into) { trust::collect<NonceCase>(into, kNonceRules); }

}  // namespace device_trust
