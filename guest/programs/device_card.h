#pragma once
// What a driver does with the accelerator: commands through its registers, and a job whose result shows whether they were done.
#include "guest/abi/guest.h"
#include "platform/protocol/accelerator/registers.h"

namespace programs {

inline constexpr std::uint64_t kCardPage = 4096, kPayload = 64;
inline constexpr std::uint64_t kLongPayload = 512;  // several packets each way

// The accelerator's registers.
class Card {
 public:
  Card(abi::Guest& guest, const char* device) : guest_(guest), device_(device) {}
  // One command, to its end.
  bool run(accelerator::Command command, std::uint64_t source, std::uint64_t destination, std::uint64_t length);

 private:
  static constexpr std::uint64_t kNoAnswer = ~std::uint64_t{0};  // what a read gives that nobody completes
  bool set(std::uint64_t offset, std::uint64_t value) {
    base::Bytes bytes;
    base::append_le<std::uint64_t>(bytes, value);
    return guest_.device_write(device_, 0, offset, bytes);
  }
  std::uint64_t get(std::uint64_t offset) {
    const auto bytes = guest_.device_read(device_, 0, offset, 8);
    return bytes ? base::load_le<std::uint64_t>(*bytes) : kNoAnswer;
  }
  abi::Guest& guest_;
  const char* device_;
};

// Private pages of the guest that the card may reach.
struct Buffers {
  std::uint64_t out = 0;  // the card only reads it
  std::uint64_t in = 0;
};

// A payload from private memory to the card and back. A card that says it is done has done it.
bool run_job(abi::Guest& guest, const char* device, const Buffers& buffers, bool wants_result,
             std::uint64_t size = kPayload);

}  // namespace programs
