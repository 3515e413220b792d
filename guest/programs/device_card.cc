#include "guest/programs/device_card.h"

namespace programs {

bool run_job(abi::Guest& guest, const char* device, const Buffers& b, bool wants_result, std::uint64_t size) {
  const auto payload = guest.random(size);
  guest.secret("payload", payload);
  guest.write(b.out, payload);
  guest.write(b.in, base::Bytes(size));
  guest.moment("using");
  Card card(guest, device);
  if (!card.run(accelerator::Command::kFetch, b.out, 0, size)) return false;
  guest.moment("computed");
  if (!card.run(accelerator::Command::kGive, 0, b.in, size)) return false;
  if (!wants_result) return true;
  const bool right = guest.read(b.in, size) == payload;
  guest.promise("integrity", right);
  return right;
}

}  // namespace programs
