#pragma once
// ERROR and RESPOND_IF_READY (DSP0274 1.3, 10.12 to 10.13).
#include <cstdint>
#include <string_view>

#include "platform/protocol/spdm/header.h"

namespace spdm {

enum class ErrorCode : std::uint8_t {
  kInvalidRequest = 0x01,
  kBusy = 0x03,
  kUnexpectedRequest = 0x04,
  kUnspecified = 0x05,
  kDecryptError = 0x06,
  kUnsupportedRequest = 0x07,  // param2: the code
  kRequestInFlight = 0x08,
  kInvalidResponseCode = 0x09,
  kSessionLimitExceeded = 0x0a,
  kSessionRequired = 0x0b,
  kResetRequired = 0x0c,
  kResponseTooLarge = 0x0d,      // extended: its size, 32 bits
  kRequestTooLarge = 0x0e,
  kLargeResponse = 0x0f,  // extended: handle
  kMessageLost = 0x10,
  kInvalidPolicy = 0x11,
  kVersionMismatch = 0x41,
  kResponseNotReady = 0x42,  // extended: NotReady
  kRequestResynch = 0x43,
  kOperationFailed = 0x44,
  kNoPendingRequests = 0x45,
  kVendorDefined = 0xff,  // extended: registry's vendor id and opaque bytes
};
// "InvalidRequest"; empty for a code that is none.
std::string_view name_of(ErrorCode code);

struct Error {
  Header header{.code = Code::kError};  // param1: ErrorCode, param2: error data
  base::Bytes extended{};
  bool operator==(const Error&) const = default;
  ErrorCode error_code() const { return static_cast<ErrorCode>(header.param1); }
  std::size_t extended_size() const {
    const ErrorCode code = error_code();
    if (code == ErrorCode::kResponseNotReady || code == ErrorCode::kResponseTooLarge) return 4;
    return code == ErrorCode::kLargeResponse ? 1 : 0;
  }
  bool is_vendor_defined() const { return error_code() == ErrorCode::kVendorDefined; }
  bool is_standard() const { return !is_vendor_defined(); }
  using Wire = wire::Layout<&Error::header, wire::When<&Error::is_vendor_defined, wire::Rest<&Error::extended>{}>{},
                            wire::When<&Error::is_standard, wire::Run<&Error::extended, &Error::extended_size>{}>{}>;
};

Error error(Version version, ErrorCode code, std::uint8_t data = 0);
Error error_large_response(Version version, std::uint8_t handle);

// Extended data of kResponseNotReady.
struct NotReady {
  std::uint8_t rdt_exponent = 0;  // ready in 2^n microseconds
  Code request_code{};
  std::uint8_t token = 0;
  std::uint8_t rdtm = 1;  // ask within the time multiplied by this
  bool operator==(const NotReady&) const = default;
  using Wire = wire::Layout<&NotReady::rdt_exponent, &NotReady::request_code, &NotReady::token, &NotReady::rdtm>;
};
Error error_not_ready(Version version, const NotReady& when);

struct RespondIfReady {
  Header header{.code = Code::kRespondIfReady};  // param1: the request's code, param2: token
  bool operator==(const RespondIfReady&) const = default;
  using Wire = wire::Layout<&RespondIfReady::header>;
};

}  // namespace spdm
