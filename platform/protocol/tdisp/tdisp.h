#pragma once
// TEE device interface security protocol 1.0 (PCIe 6.1, chapter 11): how a TSM locks one interface of a device to a
// confidential VM, learns what it locked, and starts it. Each message is the payload of an SPDM VENDOR_DEFINED message
// of the PCI-SIG and starts with its protocol id; receivers ignore reserved bytes. Numbers are little-endian.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace tdisp {

inline constexpr std::uint16_t kStandardId = 3;
inline constexpr std::uint16_t kVendorId = 1;
inline constexpr std::uint8_t kProtocolId = 1;
inline constexpr std::uint8_t kVersion10 = 0x10;

enum class Code : std::uint8_t {
  kVersion = 0x01,
  kCapabilities = 0x02,
  kLockInterfaceResponse = 0x03,
  kDeviceInterfaceReport = 0x04,
  kDeviceInterfaceState = 0x05,
  kStartInterfaceResponse = 0x06,
  kStopInterfaceResponse = 0x07,
  kBindP2pStreamResponse = 0x08,
  kUnbindP2pStreamResponse = 0x09,
  kSetMmioAttributeResponse = 0x0a,
  kVdmResponse = 0x0b,
  kError = 0x7f,
  kGetVersion = 0x81,
  kGetCapabilities = 0x82,
  kLockInterfaceRequest = 0x83,
  kGetDeviceInterfaceReport = 0x84,
  kGetDeviceInterfaceState = 0x85,
  kStartInterfaceRequest = 0x86,
  kStopInterfaceRequest = 0x87,
  kBindP2pStreamRequest = 0x88,
  kUnbindP2pStreamRequest = 0x89,
  kSetMmioAttributeRequest = 0x8a,
  kVdmRequest = 0x8b,
};
std::string_view name_of(Code code);  // "LOCK_INTERFACE_REQUEST"; "?" when unknown

enum class State : std::uint8_t { kConfigUnlocked = 0, kConfigLocked = 1, kRun = 2, kError = 3 };
std::string_view name_of(State state);  // "CONFIG_LOCKED"

enum class ErrorCode : std::uint32_t {
  kInvalidRequest = 0x001,
  kBusy = 0x003,
  kInvalidInterfaceState = 0x004,
  kUnspecified = 0x005,
  kUnsupportedRequest = 0x007,
  kVersionMismatch = 0x041,
  kVendorSpecific = 0x0ff,
  kInvalidInterface = 0x101,
  kInvalidNonce = 0x102,
  kInsufficientEntropy = 0x103,
  kInvalidDeviceConfiguration = 0x104,
};
std::string_view name_of(ErrorCode code);  // "INVALID_NONCE"

using Nonce = base::Block<32>;

// Requester id 15:0, segment 23:16, segment valid 24.
struct FunctionId {
  std::uint32_t bits = 0;
  bool operator==(const FunctionId&) const = default;
  std::uint16_t requester_id() const { return static_cast<std::uint16_t>(bits); }
  using Wire = wire::Layout<&FunctionId::bits>;
};

struct Header {
  std::uint8_t protocol_id = kProtocolId;
  std::uint8_t version = kVersion10;
  Code code{};
  FunctionId function_id{};
  bool operator==(const Header&) const = default;
  using Wire = wire::Layout<&Header::protocol_id, &Header::version, &Header::code, wire::Loose<2>{},
                            &Header::function_id, wire::Loose<8>{}>;
};
inline constexpr std::size_t kHeaderSize = 17;  // with the protocol id
static_assert(wire::min_size<Header>() == kHeaderSize);

// The header in front of a payload, nothing when it is too short or of another protocol.
std::optional<Header> header_of(base::View payload);

// A message that is all header.
template <Code kCode>
struct Plain {
  Header header{.code = kCode};
  bool operator==(const Plain&) const = default;
  using Wire = wire::Layout<&Plain::header>;
};
using GetVersion = Plain<Code::kGetVersion>;
using GetDeviceInterfaceState = Plain<Code::kGetDeviceInterfaceState>;
using StartInterfaceResponse = Plain<Code::kStartInterfaceResponse>;
using StopInterfaceRequest = Plain<Code::kStopInterfaceRequest>;
using StopInterfaceResponse = Plain<Code::kStopInterfaceResponse>;
using BindP2pStreamResponse = Plain<Code::kBindP2pStreamResponse>;
using UnbindP2pStreamResponse = Plain<Code::kUnbindP2pStreamResponse>;
using SetMmioAttributeResponse = Plain<Code::kSetMmioAttributeResponse>;

struct Version {
  Header header{.code = Code::kVersion};
  std::uint8_t version_count = 1;
  base::Bytes versions{kVersion10};
  bool operator==(const Version&) const = default;
  using Wire =
      wire::Layout<&Version::header, &Version::version_count, wire::Run<&Version::versions, &Version::version_count>{}>;
};

struct GetCapabilities {
  Header header{.code = Code::kGetCapabilities};
  std::uint32_t tsm_caps = 0;
  bool operator==(const GetCapabilities&) const = default;
  using Wire = wire::Layout<&GetCapabilities::header, &GetCapabilities::tsm_caps>;
};

struct Capabilities {
  Header header{.code = Code::kCapabilities};
  std::uint32_t dsm_caps = 0;
  std::array<std::uint8_t, 16> req_msgs_supported{0xfe};  // bit n: request 80h + n
  std::uint16_t lock_flags_supported = 0;
  std::uint8_t dev_addr_width = 0;
  std::uint8_t num_req_this = 0;
  std::uint8_t num_req_all = 0;
  bool operator==(const Capabilities&) const = default;
  using Wire =
      wire::Layout<&Capabilities::header, &Capabilities::dsm_caps, &Capabilities::req_msgs_supported,
                   &Capabilities::lock_flags_supported, wire::Loose<3>{}, &Capabilities::dev_addr_width,
                   &Capabilities::num_req_this, &Capabilities::num_req_all>;
};

inline constexpr std::uint16_t kLockNoFwUpdate = 1 << 0;
inline constexpr std::uint16_t kLockSystemCacheLineSize128 = 1 << 1;
inline constexpr std::uint16_t kLockMsix = 1 << 2;
inline constexpr std::uint16_t kLockBindP2p = 1 << 3;
inline constexpr std::uint16_t kLockAllRequestRedirect = 1 << 4;

struct LockInterfaceRequest {
  Header header{.code = Code::kLockInterfaceRequest};
  std::uint16_t flags = 0;
  std::uint8_t default_stream_id = 0;
  std::uint64_t mmio_reporting_offset = 0;  // added to each address of the report; two's complement
  std::uint64_t bind_p2p_address_mask = 0;
  bool operator==(const LockInterfaceRequest&) const = default;
  using Wire = wire::Layout<&LockInterfaceRequest::header, &LockInterfaceRequest::flags,
                            &LockInterfaceRequest::default_stream_id, wire::Loose<1>{},
                            &LockInterfaceRequest::mmio_reporting_offset, &LockInterfaceRequest::bind_p2p_address_mask>;
};

struct LockInterfaceResponse {
  Header header{.code = Code::kLockInterfaceResponse};
  Nonce start_interface_nonce{};
  bool operator==(const LockInterfaceResponse&) const = default;
  using Wire = wire::Layout<&LockInterfaceResponse::header, &LockInterfaceResponse::start_interface_nonce>;
};

inline constexpr std::uint16_t kWholeReport = 0xffff;  // as a length: as much as fits

struct GetDeviceInterfaceReport {
  Header header{.code = Code::kGetDeviceInterfaceReport};
  std::uint16_t offset = 0;
  std::uint16_t length = kWholeReport;
  bool operator==(const GetDeviceInterfaceReport&) const = default;
  using Wire = wire::Layout<&GetDeviceInterfaceReport::header, &GetDeviceInterfaceReport::offset,
                            &GetDeviceInterfaceReport::length>;
};

struct DeviceInterfaceReport {
  Header header{.code = Code::kDeviceInterfaceReport};
  std::uint16_t portion_length = 0;
  std::uint16_t remainder_length = 0;
  base::Bytes report_bytes;
  bool operator==(const DeviceInterfaceReport&) const = default;
  using Wire = wire::Layout<&DeviceInterfaceReport::header, &DeviceInterfaceReport::portion_length,
                            &DeviceInterfaceReport::remainder_length,
                            wire::Run<&DeviceInterfaceReport::report_bytes, &DeviceInterfaceReport::portion_length>{}>;
};

struct DeviceInterfaceState {
  Header header{.code = Code::kDeviceInterfaceState};
  State tdi_state{};
  bool operator==(const DeviceInterfaceState&) const = default;
  using Wire = wire::Layout<&DeviceInterfaceState::header, &DeviceInterfaceState::tdi_state>;
};

struct StartInterfaceRequest {
  Header header{.code = Code::kStartInterfaceRequest};
  Nonce start_interface_nonce{};
  bool operator==(const StartInterfaceRequest&) const = default;
  using Wire = wire::Layout<&StartInterfaceRequest::header, &StartInterfaceRequest::start_interface_nonce>;
};

template <Code kCode>
struct P2pStream {
  Header header{.code = kCode};
  std::uint8_t p2p_stream_id = 0;
  bool operator==(const P2pStream&) const = default;
  using Wire = wire::Layout<&P2pStream::header, &P2pStream::p2p_stream_id>;
};
using BindP2pStreamRequest = P2pStream<Code::kBindP2pStreamRequest>;
using UnbindP2pStreamRequest = P2pStream<Code::kUnbindP2pStreamRequest>;

// ---- the report -----------------------------------------------------------------------------------------------------

inline constexpr std::uint16_t kRangeMsixTable = 1 << 0;
inline constexpr std::uint16_t kRangeMsixPba = 1 << 1;
inline constexpr std::uint16_t kRangeIsNonTeeMem = 1 << 2;
inline constexpr std::uint16_t kRangeIsMemAttrUpdatable = 1 << 3;

struct MmioRange {
  std::uint64_t first_page = 0;  // number of the 4 KiB page, reporting offset included
  std::uint32_t page_count = 0;
  std::uint16_t attributes = 0;
  std::uint16_t range_id = 0;  // BAR equivalent indicator
  bool operator==(const MmioRange&) const = default;
  using Wire =
      wire::Layout<&MmioRange::first_page, &MmioRange::page_count, &MmioRange::attributes, &MmioRange::range_id>;
};

inline constexpr std::uint16_t kInfoNoFwUpdateAfterLock = 1 << 0;
inline constexpr std::uint16_t kInfoDmaWithoutPasid = 1 << 1;
inline constexpr std::uint16_t kInfoDmaWithPasid = 1 << 2;
inline constexpr std::uint16_t kInfoAts = 1 << 3;
inline constexpr std::uint16_t kInfoPrs = 1 << 4;

struct InterfaceReport {
  std::uint16_t interface_info = 0;
  std::uint16_t msix_message_control = 0;
  std::uint16_t lnr_control = 0;
  std::uint32_t tph_control = 0;
  std::uint32_t mmio_range_count = 0;
  std::vector<MmioRange> mmio_ranges;
  std::uint32_t device_specific_info_length = 0;
  base::Bytes device_specific_info{};
  bool operator==(const InterfaceReport&) const = default;
  using Wire = wire::Layout<&InterfaceReport::interface_info, wire::Loose<2>{}, &InterfaceReport::msix_message_control,
                            &InterfaceReport::lnr_control, &InterfaceReport::tph_control,
                            &InterfaceReport::mmio_range_count,
                            wire::Run<&InterfaceReport::mmio_ranges, &InterfaceReport::mmio_range_count>{},
                            &InterfaceReport::device_specific_info_length,
                            wire::Run<&InterfaceReport::device_specific_info,
                                      &InterfaceReport::device_specific_info_length>{}>;
};

struct SetMmioAttributeRequest {
  Header header{.code = Code::kSetMmioAttributeRequest};
  MmioRange mmio_range;
  bool operator==(const SetMmioAttributeRequest&) const = default;
  using Wire = wire::Layout<&SetMmioAttributeRequest::header, &SetMmioAttributeRequest::mmio_range>;
};

template <Code kCode>
struct VendorMessage {
  Header header{.code = kCode};
  std::uint8_t registry_id = 0;  // 0 PCI-SIG, 1 CXL
  std::uint8_t vendor_id_length = 0;
  base::Bytes vendor_id;
  base::Bytes vendor_data{};
  bool operator==(const VendorMessage&) const = default;
  using Wire = wire::Layout<&VendorMessage::header, &VendorMessage::registry_id, &VendorMessage::vendor_id_length,
                            wire::Run<&VendorMessage::vendor_id, &VendorMessage::vendor_id_length>{},
                            wire::Rest<&VendorMessage::vendor_data>{}>;
};
using VdmRequest = VendorMessage<Code::kVdmRequest>;
using VdmResponse = VendorMessage<Code::kVdmResponse>;

struct Error {
  Header header{.code = Code::kError};
  ErrorCode error_code{};
  std::uint32_t error_data = 0;  // the refused request's code for kUnsupportedRequest
  base::Bytes extended_error_data{};
  bool operator==(const Error&) const = default;
  using Wire = wire::Layout<&Error::header, &Error::error_code, &Error::error_data,
                            wire::Rest<&Error::extended_error_data>{}>;
};

}  // namespace tdisp
