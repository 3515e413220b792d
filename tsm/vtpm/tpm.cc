#include "tsm/vtpm/tpm.h"

#include "tsm/vtpm/vtpm_protocol.h"

namespace vtpm {

Tpm::Tpm(Ask ask_process, Clock clock, const Seed& seed) : ask_(std::move(ask_process)), clock_(std::move(clock)) { (void)ask(VTPM_SEED, seed); }

Tpm::Answer Tpm::ask(std::uint8_t operation, base::View with) {
  if (gone_) return {};
  base::Bytes frame{operation};
  base::append_le<std::uint64_t>(frame, clock_());
  base::append(frame, with);
  if (frame.size() > VTPM_FRAME_MAX) return {};
  const auto answer = ask_(frame);
  if (!answer || answer->size() < 4) {
    gone_ = true, powered_ = false;
    return {};
  }
  return {base::load_le<std::uint32_t>(*answer), base::Bytes(answer->begin() + 4, answer->end())};
}

Tpm::Answer Tpm::power_on(bool forget_volatile) {
  auto answer = ask(VTPM_INIT, base::Bytes{forget_volatile});
  powered_ = answer.result == kOk;
  return answer;
}

Tpm::Answer Tpm::power_off() {
  powered_ = false;
  return ask(VTPM_SHUTDOWN);
}

std::optional<base::Bytes> Tpm::command(base::View command, std::uint8_t locality) {
  base::Bytes with{locality};
  base::append(with, command);
  auto answer = ask(VTPM_COMMAND, with);
  if (answer.result != kOk) return std::nullopt;
  return std::move(answer.bytes);
}

Tpm::Answer Tpm::established() { return ask(VTPM_ESTABLISHED); }
Tpm::Answer Tpm::reset_established(std::uint8_t locality) { return ask(VTPM_RESET_ESTABLISHED, base::Bytes{locality}); }
Tpm::Answer Tpm::hash_start() { return ask(VTPM_HASH_START); }
Tpm::Answer Tpm::hash_data(base::View data) { return ask(VTPM_HASH_DATA, data); }
Tpm::Answer Tpm::hash_end() { return ask(VTPM_HASH_END); }
Tpm::Answer Tpm::store_volatile() { return ask(VTPM_STORE_VOLATILE); }
Tpm::Answer Tpm::state(State which) { return ask(VTPM_GET_STATE, base::Bytes{static_cast<std::uint8_t>(which)}); }

Tpm::Answer Tpm::set_state(State which, base::View state) {
  base::Bytes with{static_cast<std::uint8_t>(which)};
  base::append(with, state);
  return ask(VTPM_SET_STATE, with);
}

std::optional<Tpm::BufferSize> Tpm::buffer_size(std::uint32_t wanted) {
  base::Bytes with;
  base::append_le(with, wanted);
  const auto answer = ask(VTPM_BUFFER_SIZE, with);
  if (answer.result != kOk || answer.bytes.size() != 12) return std::nullopt;
  return BufferSize{base::load_le<std::uint32_t>(answer.bytes), base::load_le<std::uint32_t>(answer.bytes, 4),
                    base::load_le<std::uint32_t>(answer.bytes, 8)};
}

Tpm::Answer Tpm::info(std::uint32_t flags) {
  base::Bytes with;
  base::append_le(with, flags);
  return ask(VTPM_INFO, with);
}

}  // namespace vtpm
