#include "guest/tsm/provider.h"

#include <algorithm>
#include <array>

namespace tsm {

std::string_view name_of(Errno error) {
  switch (error) {
    case Errno::kOk: return "ok";
    case Errno::kNotPermitted: return "EPERM";
    case Errno::kNoEntry: return "ENOENT";
    case Errno::kIo: return "EIO";
    case Errno::kNoDevice: return "ENXIO";
    case Errno::kNoMemory: return "ENOMEM";
    case Errno::kAccess: return "EACCES";
    case Errno::kBusy: return "EBUSY";
    case Errno::kExists: return "EEXIST";
    case Errno::kInvalid: return "EINVAL";
    case Errno::kNoTty: return "ENOTTY";
    case Errno::kTextBusy: return "ETXTBSY";
    case Errno::kTooBig: return "EFBIG";
    case Errno::kRange: return "ERANGE";
    case Errno::kNameTooLong: return "ENAMETOOLONG";
    case Errno::kTimedOut: return "ETIMEDOUT";
  }
  return "?";
}

namespace {

// drivers/virt/coco/sev-guest/sev-guest.c
constexpr FailureErrno kSevErrors[] = {
    {Failure::kInvalidParameter, Errno::kInvalid}, {Failure::kInvalidKey, Errno::kInvalid},
    {Failure::kStatus, Errno::kNoDevice},          {Failure::kBufferTooSmall, Errno::kNoMemory},
    {Failure::kKeyGone, Errno::kNoTty},            {Failure::kTimedOut, Errno::kTimedOut},
    {Failure::kCallRefused, Errno::kIo},
};
// drivers/virt/coco/tdx-guest/tdx-guest.c
constexpr FailureErrno kTdxErrors[] = {
    {Failure::kInFlight, Errno::kBusy},        {Failure::kCallRefused, Errno::kIo},
    {Failure::kTimedOut, Errno::kTimedOut},    {Failure::kQuoteStatus, Errno::kIo},
    {Failure::kQuoteTooLong, Errno::kTooBig},  {Failure::kInvalidParameter, Errno::kInvalid},
};
// drivers/virt/coco/arm-cca-guest/arm-cca-guest.c
constexpr FailureErrno kCcaErrors[] = {{Failure::kBufferTooSmall, Errno::kNoMemory}};
// Our own: as the one for CCA, with the codes of the calls.
constexpr FailureErrno kOwnErrors[] = {{Failure::kInvalidParameter, Errno::kInvalid}, {Failure::kBufferTooSmall, Errno::kNoMemory}};

constexpr std::array<ProviderKind, 5> kKinds = {{
    {"sev_guest", 64, 64, true, kSevErrors, Errno::kNoDevice},
    {"tdx_guest", 64, 64, false, kTdxErrors, Errno::kIo},
    {"arm_cca_guest", 32, 64, false, kCcaErrors, Errno::kNoDevice},
    {"cove_guest", 64, 64, false, kOwnErrors, Errno::kNoDevice},
    {"pkvm_guest", 64, 64, false, kOwnErrors, Errno::kNoDevice},
}};

}  // namespace

Errno ProviderKind::error_of(Failure failure) const {
  if (failure == Failure::kNone) return Errno::kOk;
  const auto row = std::ranges::find(errors, failure, &FailureErrno::failure);
  return row == errors.end() ? otherwise : row->error;
}

std::span<const ProviderKind> provider_kinds() { return kKinds; }

const ProviderKind* find_provider_kind(std::string_view name) {
  const auto found = std::ranges::find(kKinds, name, &ProviderKind::name);
  return found == kKinds.end() ? nullptr : &*found;
}

}  // namespace tsm
