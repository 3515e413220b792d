#include "platform/base/check.h"
#include "platform/crypto/certificate.h"
#include "tests/fuzz/target.h"

namespace {

using namespace crypto;

base::Bytes seed() {
  Library library(1);
  const EcKey key = EcKey::derive(Curve::kP384, base::view_of("root"), "fuzz");
  return issue({.serial = {3},
                .subject = {"leaf", "Organization"},
                .issuer = {"root", "Organization"},
                .not_before = calendar_time(2024, 2, 29),
                .not_after = calendar_time(2060, 12, 31),
                .public_key = public_key_info(key.public_point()),
                .extensions = {basic_constraints(true), key_usage_authority(), {"1.3.6.1.4.1.3704.1.4", base::Bytes(64, 0xab)}}},
               library, {"root", "certificate", 1}, key)
      .to_der();
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      Certificate::from_pem(base::text_of(in));
      const auto certificate = Certificate::from_der(in);
      if (!certificate) return;
      base::check(certificate->to_der() == base::bytes_of(in), "a certificate is the bytes it was read from");
      const auto again = Certificate::from_pem(certificate->to_pem());
      base::check(again && again->size() == 1 && again->front().to_der() == certificate->to_der(), "PEM keeps a certificate");
      certificate->is_authority();
      certificate->signed_by(certificate->public_key());
    },
    seed())
