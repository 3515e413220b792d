#include "tsm/sev/keys/vendor_keys.h"

namespace sev {
namespace {

// Each file is PEM between the marks of a raw string literal; PEM readers skip what stands around a block.
constexpr std::string_view kArk =
#include "tsm/sev/keys/testdata/ark.pem"
    ;
constexpr std::string_view kAsk =
#include "tsm/sev/keys/testdata/ask.pem"
    ;
constexpr std::string_view kAsvk =
#include "tsm/sev/keys/testdata/asvk.pem"
    ;
constexpr std::string_view kRetiredAsk =
#include "tsm/sev/keys/testdata/retired_ask.pem"
    ;

}  // namespace

const crypto::RsaKey& ark_key() {
  static const crypto::RsaKey kKey = crypto::RsaKey::from_pem(kArk);
  return kKey;
}
const crypto::RsaKey& ask_key() {
  static const crypto::RsaKey kKey = crypto::RsaKey::from_pem(kAsk);
  return kKey;
}
const crypto::RsaKey& asvk_key() {
  static const crypto::RsaKey kKey = crypto::RsaKey::from_pem(kAsvk);
  return kKey;
}
const crypto::RsaKey& retired_ask_key() {
  static const crypto::RsaKey kKey = crypto::RsaKey::from_pem(kRetiredAsk);
  return kKey;
}

}  // namespace sev
