// Extensions of any content are read or called malformed. The first byte chooses which one it is.
#include "guest/device_trust/test_device.h"
#include "guest/device_trust/x509_claims.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

using namespace device_trust;

constexpr const char* kOids[] = {"2.5.29.19", "2.5.29.15", "2.5.29.37", "2.5.29.17", spdm::kOidSpdmExtension};

base::Bytes seed() {
  base::Bytes out{3};
  base::append(out, test::pci_name("Vendor=1b36:Device=0100:CC=120000:REV=01").value);
  return out;
}

void read_one(base::View in) {
  if (in.empty()) return;
  const crypto::Extension extension{kOids[in[0] % std::size(kOids)], base::bytes_of(in.subspan(1)), false};
  const Claims claims = claims_of(std::vector{extension});
  base::check(claims.well_formed || (!claims.constraints && !claims.key_usage && !claims.purposes),
              "what is malformed claims nothing");
  base::check(claims.well_formed || (claims.other_names.empty() && claims.spdm_marks.empty()),
              "what is malformed names nobody");
}

}  // namespace

FUZZ_TARGET(read_one, seed())
