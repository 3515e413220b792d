#pragma once
// A TPM on swtpm's socket protocol, on loopback: commands on one port, control on another. Any number of clients at once up to a limit;
// one that says nothing, half of something, or nonsense costs its own connection and nothing else.
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "scenarios/gateway/swtpm_protocol.h"

namespace gateway {

struct TpmServerSettings {
  std::uint16_t port = 2321;     // 0: any free one, and control on the next
  std::uint16_t control = 0;     // 0: the next one, where libtss2's swtpm TCTI looks for it
  std::chrono::milliseconds idle{600'000};    // a client may think so long between requests
  std::chrono::milliseconds patience{5'000};  // and take so long within one
  std::size_t clients_max = 32;
};

// Serves until a client says SHUTDOWN, or SIGINT or SIGTERM comes. Throws base::UserError when a port cannot be had, or the TPM's process
// is gone.
void serve_tpm(const TpmServerSettings& settings, vtpm::Tpm& tpm, const std::function<void(const std::string& line)>& log);

}  // namespace gateway
