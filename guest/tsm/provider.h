#pragma once
// Who makes the reports behind the files: what each of Linux's providers takes and which error it turns what goes wrong into. The
// platform below is abstract: a guest of an emulated machine has one, a test another.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "guest/tsm/errno.h"

namespace tsm {

inline constexpr std::uint32_t kPrivlevelMax = 3;

// What an item says when its report is made.
struct Asked {
  base::Bytes inblob;
  std::uint32_t privlevel = 0;
  std::string service_provider;  // "svsm"; empty: whoever signs by itself
  base::Block<16> service_guid{};  // as it lies in memory; all zeros: all services
  std::uint32_t service_manifest_version = 0;
};

// What can go wrong below.
enum class Failure {
  kNone,
  kInvalidParameter,  // the status of firmware that was asked
  kInvalidKey,
  kStatus,            // any other status
  kBufferTooSmall,    // for what firmware answers
  kKeyGone,           // the key for messages was wiped
  kInFlight,          // the last request is not answered yet
  kCallRefused,       // the host call
  kTimedOut,
  kQuoteStatus,       // the host answers with an error in the buffer
  kQuoteTooLong,      // the host says more than the buffer holds
};

struct Made {
  Failure failure = Failure::kNone;
  base::Bytes outblob{}, auxblob{}, manifestblob{};
};

class Platform {
 public:
  virtual ~Platform() = default;
  virtual Made make_report(const Asked& asked) = 0;
};

struct FailureErrno {
  Failure failure;
  Errno error;
};

struct ProviderKind {
  std::string_view name;  // as the file `provider` says it
  std::size_t inblob_min, inblob_max;
  bool has_levels = false;    // privlevel and privlevel_floor are there
  std::span<const FailureErrno> errors;
  Errno otherwise;            // of a failure that the table does not name

  Errno error_of(Failure failure) const;
};

// sev_guest, tdx_guest and arm_cca_guest as in Linux; cove_guest and pkvm_guest in their manner, which Linux has not.
std::span<const ProviderKind> provider_kinds();
const ProviderKind* find_provider_kind(std::string_view name);

// One that is registered.
struct Provider {
  const ProviderKind* kind = nullptr;
  Platform* platform = nullptr;
  std::uint32_t privlevel_floor = 0;  // the lowest number that is taken
  bool has_services = false;          // a service module (SVSM) below: service_* and manifestblob are there
};

}  // namespace tsm
