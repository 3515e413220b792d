#pragma once
// One TPM that runs in a process of its own (process.cc), asked over whatever carries frames to it. Who holds one may do with it what a
// platform may do with its TPM: give it power and take it, hash for the DRTM, take its state out and put it back.
#include <array>
#include <functional>
#include <optional>

#include "platform/base/bytes.h"

namespace vtpm {

using Seed = base::Block<32>;
// TPM_RESULT of libtpms (TPM 1.2's codes, which the swtpm protocol speaks too).
inline constexpr std::uint32_t kOk = 0, kFail = 9, kBadOrdinal = 10, kBadParameter = 3;
enum class State : std::uint8_t { kPermanent = 1, kVolatile = 2, kSaved = 4 };

class Tpm {
 public:
  // The frame that answers this one, without lengths. Nothing: the process is gone.
  using Ask = std::function<std::optional<base::Bytes>(base::View frame)>;
  using Clock = std::function<std::uint64_t()>;  // nanoseconds

  // Seeded and without power.
  Tpm(Ask ask, Clock clock, const Seed& seed);
  Tpm(const Tpm&) = delete;
  Tpm& operator=(const Tpm&) = delete;

  struct Answer {
    std::uint32_t result = kFail;
    base::Bytes bytes;
  };
  Answer power_on(bool forget_volatile = false);  // _TPM_Init; TPM2_Startup is for whoever comes first
  Answer power_off();
  bool powered() const { return powered_; }
  bool gone() const { return gone_; }

  // The response; nothing where there is none.
  std::optional<base::Bytes> command(base::View command, std::uint8_t locality = 0);

  Answer established();
  Answer reset_established(std::uint8_t locality);
  Answer hash_start();
  Answer hash_data(base::View data);
  Answer hash_end();
  Answer store_volatile();
  Answer state(State which);
  Answer set_state(State which, base::View state);  // while power is off
  struct BufferSize {
    std::uint32_t size = 0, smallest = 0, largest = 0;
  };
  std::optional<BufferSize> buffer_size(std::uint32_t wanted);
  Answer info(std::uint32_t flags);  // JSON

 private:
  Answer ask(std::uint8_t operation, base::View with = {});

  Ask ask_;
  Clock clock_;
  bool powered_ = false, gone_ = false;
};

}  // namespace vtpm
