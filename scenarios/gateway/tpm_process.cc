#include "scenarios/gateway/tpm_process.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "platform/base/user_error.h"
#include "platform/files/whole_file.h"
#include "scenarios/gateway/guest_process.h"
#include "scenarios/gateway/tpm_memory.h"

namespace gateway {

namespace {

namespace fs = std::filesystem;

// An RSA key may take this long to be found on a busy machine.
constexpr std::chrono::milliseconds kTpmSilenceMax{60'000};
constexpr std::uintmax_t kStateBytesMax = 1 << 20;

// Beside this program, or where GLACIS_VTPM says.
std::string vtpm_path() {
  if (const char* said = std::getenv("GLACIS_VTPM"); said && *said) {
    if (access(said, X_OK) != 0) throw base::UserError(std::string("GLACIS_VTPM names `") + said + "`, which cannot be run: " + std::strerror(errno));
    return said;
  }
  std::error_code error;
  const auto beside = fs::read_symlink("/proc/self/exe", error).parent_path() / "glacis-vtpm";
  if (error || access(beside.c_str(), X_OK) != 0)
    throw base::UserError("a machine with a TPM wants glacis-vtpm, which is not at `" + beside.string() + "`; ./glacis builds it, or set GLACIS_VTPM");
  return beside;
}

// One that cannot be read must not be taken for one that is new, and written over.
void check_state(const std::string& file) {
  std::error_code error;
  const auto status = fs::status(file, error);
  if (!fs::exists(status)) return files::need_place(file);
  if (!fs::is_regular_file(status)) throw base::UserError("`" + file + "` is no file that could keep a TPM's state");
  if (access(file.c_str(), R_OK) != 0) throw base::UserError("cannot read `" + file + "`: " + std::strerror(errno));
  if (fs::file_size(file, error) > kStateBytesMax) throw base::UserError("`" + file + "` is larger than a TPM's state can be");
  files::need_place(file);
}

}  // namespace

std::unique_ptr<engine::GuestLink> start_tpm(const std::string& state) {
  if (!state.empty()) check_state(state);
  return start_guest(vtpm_path(), state, kTpmSilenceMax);
}

std::unique_ptr<engine::GuestLink> open_tpm() {
  const std::string program = vtpm_path();
  return remembered_tpm([program] { return start_guest(program, "", kTpmSilenceMax); });
}

}  // namespace gateway
