// Any bytes are one policy or none, and a policy has one form.
#include "guest/device_trust/policy_file.h"
#include "guest/device_trust/test_device.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

using namespace device_trust;

base::Bytes seed() { return bytes_of(test::TestDevice().policy); }

void read_one(base::View in) {
  const auto policy = policy_of(in);
  base::check(!policy || bytes_of(*policy) == base::bytes_of(in), "a policy is written as it was read");
}

}  // namespace

FUZZ_TARGET(read_one, seed())
