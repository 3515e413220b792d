#pragma once
// What swtpm's two sockets carry (tpm_ioctl.h of swtpm; big-endian): TPM 2.0 commands on one, and on the other what a platform does to
// its TPM. Pure but for the TPM that is asked.
#include <cstdint>
#include <string>

#include "tsm/vtpm/tpm.h"

namespace gateway {

enum class Control : std::uint32_t {
  kGetCapability = 1,
  kInit,
  kShutdown,
  kGetEstablished,
  kSetLocality,
  kHashStart,
  kHashData,
  kHashEnd,
  kCancel,
  kStoreVolatile,
  kResetEstablished,
  kGetState,
  kSetState,
  kStop,
  kGetConfig,
  kSetDataFd,
  kSetBufferSize,
  kGetInfo,
};

inline constexpr std::size_t kControlBodyMax = 256 * 1024;

// How long the body of this request is, as far as what has come of it tells; more once that is there. Nothing follows where that is
// what has come already. Above kControlBodyMax: it is not to be read.
std::size_t control_body_bytes(std::uint32_t code, base::View so_far);

// Both sockets of one TPM.
class SwtpmDesk {
 public:
  explicit SwtpmDesk(vtpm::Tpm& tpm) : tpm_(tpm) {}
  SwtpmDesk(const SwtpmDesk&) = delete;
  SwtpmDesk& operator=(const SwtpmDesk&) = delete;

  // A whole command by its header, and the response.
  base::Bytes command(base::View command);
  // The answer, with its result; `over` once the peer has asked for the server's end.
  base::Bytes control(std::uint32_t code, base::View body);
  bool over() const { return over_; }

 private:
  base::Bytes get_state(base::View body);
  base::Bytes set_state(base::View body);
  base::Bytes get_info(base::View body);
  base::Bytes set_buffer_size(base::View body);

  vtpm::Tpm& tpm_;
  std::uint8_t locality_ = 0;
  bool over_ = false;
};

}  // namespace gateway
