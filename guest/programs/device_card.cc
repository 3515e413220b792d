#include "guest/programs/device_card.h"

namespace programs {

bool Card::run(accelerator::Command command, std::uint64_t source, std::uint64_t destination, std::uint64_t length) {
  const bool told = set(accelerator::kSource, source) && set(accelerator::kDestination, destination) &&
                    set(accelerator::kLength, length) &&
                    set(accelerator::kCommand, static_cast<std::uint64_t>(command)) && set(accelerator::kDoorbell, 1);
  const std::uint64_t status = get(accelerator::kStatus);
  // With every bit set, the one that says done is set too.
  if (status == kNoAnswer) return guest_.defend("guest.device.error", false);
  return told && status == static_cast<std::uint64_t>(accelerator::Status::kDone);
}

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
