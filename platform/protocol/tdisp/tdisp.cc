#include "platform/protocol/tdisp/tdisp.h"

namespace tdisp {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::kVersion: return "TDISP_VERSION";
    case Code::kCapabilities: return "TDISP_CAPABILITIES";
    case Code::kLockInterfaceResponse: return "LOCK_INTERFACE_RESPONSE";
    case Code::kDeviceInterfaceReport: return "DEVICE_INTERFACE_REPORT";
    case Code::kDeviceInterfaceState: return "DEVICE_INTERFACE_STATE";
    case Code::kStartInterfaceResponse: return "START_INTERFACE_RESPONSE";
    case Code::kStopInterfaceResponse: return "STOP_INTERFACE_RESPONSE";
    case Code::kBindP2pStreamResponse: return "BIND_P2P_STREAM_RESPONSE";
    case Code::kUnbindP2pStreamResponse: return "UNBIND_P2P_STREAM_RESPONSE";
    case Code::kSetMmioAttributeResponse: return "SET_MMIO_ATTRIBUTE_RESPONSE";
    case Code::kVdmResponse: return "VDM_RESPONSE";
    case Code::kError: return "TDISP_ERROR";
    case Code::kGetVersion: return "GET_TDISP_VERSION";
    case Code::kGetCapabilities: return "GET_TDISP_CAPABILITIES";
    case Code::kLockInterfaceRequest: return "LOCK_INTERFACE_REQUEST";
    case Code::kGetDeviceInterfaceReport: return "GET_DEVICE_INTERFACE_REPORT";
    case Code::kGetDeviceInterfaceState: return "GET_DEVICE_INTERFACE_STATE";
    case Code::kStartInterfaceRequest: return "START_INTERFACE_REQUEST";
    case Code::kStopInterfaceRequest: return "STOP_INTERFACE_REQUEST";
    case Code::kBindP2pStreamRequest: return "BIND_P2P_STREAM_REQUEST";
    case Code::kUnbindP2pStreamRequest: return "UNBIND_P2P_STREAM_REQUEST";
    case Code::kSetMmioAttributeRequest: return "SET_MMIO_ATTRIBUTE_REQUEST";
    case Code::kVdmRequest: return "VDM_REQUEST";
  }
  return "?";
}

std::string_view name_of(State state) {
  switch (state) {
    case State::kConfigUnlocked: return "CONFIG_UNLOCKED";
    case State::kConfigLocked: return "CONFIG_LOCKED";
    case State::kRun: return "RUN";
    case State::kError: return "ERROR";
  }
  return "?";
}

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidRequest: return "INVALID_REQUEST";
    case ErrorCode::kBusy: return "BUSY";
    case ErrorCode::kInvalidInterfaceState: return "INVALID_INTERFACE_STATE";
    case ErrorCode::kUnspecified: return "UNSPECIFIED";
    case ErrorCode::kUnsupportedRequest: return "UNSUPPORTED_REQUEST";
    case ErrorCode::kVersionMismatch: return "VERSION_MISMATCH";
    case ErrorCode::kVendorSpecific: return "VENDOR_SPECIFIC_ERROR";
    case ErrorCode::kInvalidInterface: return "INVALID_INTERFACE";
    case ErrorCode::kInvalidNonce: return "INVALID_NONCE";
    case ErrorCode::kInsufficientEntropy: return "INSUFFICIENT_ENTROPY";
    case ErrorCode::kInvalidDeviceConfiguration: return "INVALID_DEVICE_CONFIGURATION";
  }
  return "?";
}

std::optional<Header> header_of(base::View payload) {
  auto header = wire::decode_front<Header>(payload);
  if (!header || header->protocol_id != kProtocolId) return std::nullopt;
  return *header;
}

}  // namespace tdisp
