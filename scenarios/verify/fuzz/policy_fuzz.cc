// Whatever the bytes, a policy is read or refused with a place, and PEM is read or is none.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "platform/base/user_error.h"
#include "scenarios/load/document.h"
#include "scenarios/verify/pem.h"
#include "scenarios/verify/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)verify::from_pem(text, "PUBLIC KEY");
  try {
    (void)verify::policy_of(load::parse_document(text, "p.yaml"), "p.yaml");
  } catch (const base::UserError& error) {
    if (std::string_view(error.what()).substr(0, 7) != "p.yaml:") std::abort();
  }
  return 0;
}

std::vector<std::uint8_t> fuzz_seed() {
  const std::string_view text =
      "at: 2026-01-15T00:00:00Z\nreport-data: \"00\"\ncca: { vendor-key: none.pem, firmware: [ { measurement: \"00\", signer: \"01\" } ], rim: \"02\" }\n";
  return {text.begin(), text.end()};
}
