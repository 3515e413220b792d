#include "scenarios/gateway/tpm_process.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "platform/base/user_error.h"
#include "scenarios/gateway/guest_process.h"

namespace gateway {

namespace {

// An RSA key may take this long to be found on a busy machine.
constexpr std::chrono::milliseconds kTpmSilenceMax{60'000};

// Beside this program, or where GLACIS_VTPM says.
std::string vtpm_path() {
  if (const char* said = std::getenv("GLACIS_VTPM"); said && *said) return said;
  std::error_code error;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "glacis-vtpm";
  if (error || access(beside.c_str(), X_OK) != 0)
    throw base::UserError("a machine with a TPM wants glacis-vtpm, which is not at `" + beside.string() + "`; ./glacis builds it, or set GLACIS_VTPM");
  return beside;
}

}  // namespace

std::unique_ptr<engine::GuestLink> open_tpm(const std::string& state) { return start_guest(vtpm_path(), state, kTpmSilenceMax); }

}  // namespace gateway
