#include "platform/base/check.h"
#include "platform/crypto/revocation_list.h"
#include "tests/fuzz/target.h"

namespace {

using namespace crypto;

base::Bytes seed() {
  Library library(1);
  const EcKey key = EcKey::derive(Curve::kP384, base::view_of("root"), "fuzz");
  return issue(RevocationContent{{"root", "Organization"}, calendar_time(2024, 1, 1), calendar_time(2060, 1, 1), {{3}, {0x99, 0x01}}},
               library, {"root", "list", 1}, key)
      .to_der();
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      const auto list = RevocationList::from_der(in);
      if (!list) return;
      base::check(list->to_der() == base::bytes_of(in), "a list is the bytes it was read from");
      list->signed_by(base::View(in).first(std::min<std::size_t>(in.size(), 97)));
    },
    seed())
