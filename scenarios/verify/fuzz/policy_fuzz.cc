// Whatever the bytes, a policy is read or refused with a place, and PEM is read or is none.
#include <cstdlib>
#include <string>
#include <string_view>

#include "platform/base/user_error.h"
#include "scenarios/load/document.h"
#include "scenarios/verify/pem.h"
#include "scenarios/verify/policy.h"
#include "tests/fuzz/target.h"

namespace {

void read(base::View in) {
  const std::string text = base::text_of(in);
  (void)verify::from_pem(text, "PUBLIC KEY");
  try {
    (void)verify::policy_of(load::parse_document(text, "p.yaml"), "p.yaml");
  } catch (const base::UserError& error) {
    if (std::string_view(error.what()).substr(0, 7) != "p.yaml:") std::abort();
  }
}

constexpr std::string_view kPolicy =
    "at: 2026-01-15T00:00:00Z\nreport-data: \"00\"\ncca: { vendor-key: none.pem, firmware: [ { measurement: \"00\", signer: \"01\" } ], rim: \"02\" }\n";

}  // namespace

FUZZ_TARGET(read, base::bytes_of(base::view_of(kPolicy)))
