#include "platform/protocol/spdm/error.h"

namespace spdm {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidRequest: return "InvalidRequest";
    case ErrorCode::kBusy: return "Busy";
    case ErrorCode::kUnexpectedRequest: return "UnexpectedRequest";
    case ErrorCode::kUnspecified: return "Unspecified";
    case ErrorCode::kDecryptError: return "DecryptError";
    case ErrorCode::kUnsupportedRequest: return "UnsupportedRequest";
    case ErrorCode::kRequestInFlight: return "RequestInFlight";
    case ErrorCode::kInvalidResponseCode: return "InvalidResponseCode";
    case ErrorCode::kSessionLimitExceeded: return "SessionLimitExceeded";
    case ErrorCode::kSessionRequired: return "SessionRequired";
    case ErrorCode::kResetRequired: return "ResetRequired";
    case ErrorCode::kResponseTooLarge: return "ResponseTooLarge";
    case ErrorCode::kRequestTooLarge: return "RequestTooLarge";
    case ErrorCode::kLargeResponse: return "LargeResponse";
    case ErrorCode::kMessageLost: return "MessageLost";
    case ErrorCode::kInvalidPolicy: return "InvalidPolicy";
    case ErrorCode::kVersionMismatch: return "VersionMismatch";
    case ErrorCode::kResponseNotReady: return "ResponseNotReady";
    case ErrorCode::kRequestResynch: return "RequestResynch";
    case ErrorCode::kOperationFailed: return "OperationFailed";
    case ErrorCode::kNoPendingRequests: return "NoPendingRequests";
    case ErrorCode::kVendorDefined: return "VendorDefined";
  }
  return {};
}

Error error(Version version, ErrorCode code, std::uint8_t data) {
  return {.header = {version, Code::kError, static_cast<std::uint8_t>(code), data}};
}

Error error_large_response(Version version, std::uint8_t handle) {
  Error message = error(version, ErrorCode::kLargeResponse);
  message.extended = {handle};
  return message;
}

Error error_not_ready(Version version, const NotReady& when) {
  Error message = error(version, ErrorCode::kResponseNotReady);
  message.extended = wire::encode(when);
  return message;
}

}  // namespace spdm
