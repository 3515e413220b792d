#include "scenarios/gateway/swtpm_protocol.h"

#include <algorithm>

#include "platform/protocol/tpm/words.h"

namespace gateway {

namespace {

constexpr std::uint32_t kBadLocality = 61;
constexpr std::uint8_t kLocalityMax = 4;
constexpr std::uint32_t kFlagDeleteVolatile = 1;
// The calls below, bit by bit as tpm_ioctl.h has them: all but SET_DATAFD, which no TCP socket can carry.
constexpr std::uint64_t kCapabilities = 0x7fff & ~(1u << 12);
constexpr std::uint32_t kLocalityOfPlatform = 3;  // whoever may forget that DRTM was established

std::uint32_t word(base::View from, std::size_t at) {
  return std::uint32_t{from[at]} << 24 | std::uint32_t{from[at + 1]} << 16 | std::uint32_t{from[at + 2]} << 8 | from[at + 3];
}
void append_word(base::Bytes& to, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<std::uint8_t>(value >> shift));
}
base::Bytes words(std::initializer_list<std::uint32_t> values) {
  base::Bytes out;
  for (const auto value : values) append_word(out, value);
  return out;
}
base::Bytes result(std::uint32_t code) { return words({code}); }
base::Bytes result(const vtpm::Tpm::Answer& answer) { return result(answer.result); }

// A part of something long, which its reader takes in pieces.
base::Bytes piece(std::initializer_list<std::uint32_t> before, const base::Bytes& all, std::uint32_t offset) {
  constexpr std::size_t kPieceMax = 4096;
  base::Bytes out = words(before);
  const std::size_t from = std::min<std::size_t>(offset, all.size()), size = std::min(kPieceMax, all.size() - from);
  append_word(out, static_cast<std::uint32_t>(all.size()));
  append_word(out, static_cast<std::uint32_t>(size));
  base::append(out, base::View(all).subspan(from, size));
  return out;
}

std::optional<vtpm::State> state_of(std::uint32_t type) {
  switch (type) {
    case 1: return vtpm::State::kPermanent;
    case 2: return vtpm::State::kVolatile;
    case 3: return vtpm::State::kSaved;
  }
  return std::nullopt;
}

}  // namespace

std::size_t control_body_bytes(std::uint32_t code, base::View so_far) {
  const auto with_length = [&](std::size_t head) { return so_far.size() < head ? head : head + word(so_far, head - 4); };
  switch (static_cast<Control>(code)) {
    case Control::kInit: case Control::kSetBufferSize: return 4;
    case Control::kSetLocality: case Control::kResetEstablished: return 1;
    case Control::kHashData: return with_length(4);
    case Control::kGetState: return 12;
    case Control::kSetState: return with_length(12);
    case Control::kGetInfo: return 16;
    default: return 0;
  }
}

base::Bytes SwtpmDesk::command(base::View command) {
  const auto failed = wire::encode(tpm::Response{.size = tpm::kHeaderBytes, .code = tpm::kFailure});
  if (!tpm_.powered()) return failed;
  return tpm_.command(command, locality_).value_or(failed);
}

base::Bytes SwtpmDesk::get_state(base::View body) {
  constexpr std::uint32_t kNotEncrypted = 0;
  const auto which = state_of(word(body, 4));
  if (!which) return words({vtpm::kBadParameter, 0, 0, 0});
  const auto got = tpm_.state(*which);
  if (got.result != vtpm::kOk) return words({got.result, 0, 0, 0});
  return piece({vtpm::kOk, kNotEncrypted}, got.bytes, word(body, 8));
}

base::Bytes SwtpmDesk::set_state(base::View body) {
  const auto which = state_of(word(body, 4));
  if (tpm_.powered()) return result(vtpm::kBadOrdinal);
  if (!which || word(body, 0) != 0) return result(vtpm::kBadParameter);  // nobody here decrypts
  return result(tpm_.set_state(*which, body.subspan(12)));
}

base::Bytes SwtpmDesk::get_info(base::View body) {
  const auto got = tpm_.info(word(body, 4));  // of 64 bits, none above is in use
  if (got.result != vtpm::kOk) return words({got.result, 0, 0});
  return piece({vtpm::kOk}, got.bytes, word(body, 8));
}

base::Bytes SwtpmDesk::set_buffer_size(base::View body) {
  const std::uint32_t wanted = word(body, 0);
  if (wanted != 0 && tpm_.powered()) return words({vtpm::kBadOrdinal, 0, 0, 0});
  const auto got = tpm_.buffer_size(wanted);
  if (!got) return words({vtpm::kFail, 0, 0, 0});
  return words({vtpm::kOk, got->size, got->smallest, got->largest});
}

base::Bytes SwtpmDesk::control(std::uint32_t code, base::View body) {
  const auto call = static_cast<Control>(code);
  switch (call) {
    case Control::kGetCapability: return words({static_cast<std::uint32_t>(kCapabilities >> 32), static_cast<std::uint32_t>(kCapabilities)});
    case Control::kInit: return result(tpm_.power_on(word(body, 0) & kFlagDeleteVolatile));
    case Control::kShutdown: over_ = true; return result(tpm_.power_off());
    case Control::kStop: return result(tpm_.power_off());
    case Control::kGetConfig: return words({vtpm::kOk, 0});  // neither key: nothing is encrypted
    case Control::kSetBufferSize: return set_buffer_size(body);
    case Control::kGetInfo: return get_info(body);
    case Control::kGetState: return get_state(body);
    case Control::kSetState: return set_state(body);
    case Control::kSetLocality:
      if (body[0] > kLocalityMax) return result(kBadLocality);
      locality_ = body[0];
      return result(vtpm::kOk);
    default: break;
  }
  if (!tpm_.powered()) return result(vtpm::kBadOrdinal);
  switch (call) {
    case Control::kGetEstablished: {
      const auto got = tpm_.established();
      base::Bytes out = result(got);
      out.push_back(got.bytes.empty() ? 0 : got.bytes[0]);
      out.resize(8);  // ptm_est ends with three bytes of nothing
      return out;
    }
    case Control::kResetEstablished:
      if (body[0] != kLocalityOfPlatform && body[0] != kLocalityMax) return result(kBadLocality);
      return result(tpm_.reset_established(body[0]));
    case Control::kHashStart: return result(tpm_.hash_start());
    case Control::kHashData: return result(tpm_.hash_data(body.subspan(4)));
    case Control::kHashEnd: return result(tpm_.hash_end());
    case Control::kCancel: return result(vtpm::kOk);  // commands are carried out whole: none is under way
    case Control::kStoreVolatile: return result(tpm_.store_volatile());
    default: return result(vtpm::kBadOrdinal);
  }
}

}  // namespace gateway
