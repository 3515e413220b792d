#include "guest/programs/device_card.h"

namespace programs {

bool run_job(abi::Guest& guest, const char* device, const Buffers& b, bool wants_result) {
  const auto payload = guest.random(kPayload);
  guest.secret("payload", payload);
  guest.write(b.out, payload);
  guest.write(b.in, base::Bytes(kPayload));
  guest.moment("using");
  Card card(guest, device);
  if (!card.run(accelerator::Command::kFetch, b.out, 0, kPayload)) return false;
  guest.moment("computed");
  if (!card.run(accelerator::Command::kGive, 0, b.in, kPayload)) return false;
  if (!wants_result) return true;
  const bool right = guest.read(b.in, kPayload) == payload;
  guest.promise("integrity", right);
  return right;
}

}  // namespace programs
