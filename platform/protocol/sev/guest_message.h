#pragma once
// Messages between a guest and the security processor (SNP ABI 1.58, chapter 7), which the host carries. A message is a
// header of 0x60 bytes and a payload sealed with AES-256-GCM under a VMPCK; the IV is the sequence number, the
// additional data are the header's bytes from ALGO on.
#include <array>
#include <cstdint>
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace sevproto {

enum class MessageType : std::uint8_t {
  kCpuidReq = 1,
  kCpuidRsp = 2,
  kKeyReq = 3,
  kKeyRsp = 4,
  kReportReq = 5,
  kReportRsp = 6,
  kExportReq = 7,
  kExportRsp = 8,
  kImportReq = 9,
  kImportRsp = 10,
  kAbsorbReq = 11,
  kAbsorbRsp = 12,
  kVmrkReq = 13,
  kVmrkRsp = 14,
  kTscInfoReq = 17,
  kTscInfoRsp = 18,
  kTdiInfoReq = 19,  // tio.h, as to the numbers
  kTdiInfoRsp = 20,
  kMmioValidateReq = 21,
  kMmioValidateRsp = 22,
  kSdteWriteReq = 25,
  kSdteWriteRsp = 26,
};

// "MSG_REPORT_REQ"; empty for a number that has no name.
std::string_view name_of(MessageType type);

using Vmpck = base::Block<32>;

inline constexpr std::uint8_t kAlgoAes256Gcm = 1;
inline constexpr std::size_t kMessageHeaderSize = 0x60;
inline constexpr std::size_t kMessageAadOffset = 0x30;
inline constexpr std::size_t kMessagePayloadMax = 0x1000 - kMessageHeaderSize;

struct MessageHeader {
  std::array<std::uint8_t, 32> authtag{};  // 16 are used
  std::uint64_t msg_seqno = 0;
  std::uint8_t algo = kAlgoAes256Gcm;
  std::uint8_t hdr_version = 1;
  std::uint16_t hdr_size = kMessageHeaderSize;
  MessageType msg_type{};
  std::uint8_t msg_version = 1;
  std::uint16_t msg_size = 0;
  std::uint8_t msg_vmpck = 0;
  bool operator==(const MessageHeader&) const = default;
  using Wire = wire::Layout<&MessageHeader::authtag, &MessageHeader::msg_seqno, wire::At<kMessageAadOffset>{},
                            &MessageHeader::algo, &MessageHeader::hdr_version, &MessageHeader::hdr_size,
                            &MessageHeader::msg_type, &MessageHeader::msg_version, &MessageHeader::msg_size,
                            wire::At<0x3c>{}, &MessageHeader::msg_vmpck, wire::At<kMessageHeaderSize>{}>;
};
static_assert(wire::min_size<MessageHeader>() == kMessageHeaderSize);

// A message on its way: the payload is ciphertext, as long as the header says.
struct SealedMessage {
  MessageHeader header;
  base::Bytes payload;
  std::size_t payload_size() const { return header.msg_size; }
  bool operator==(const SealedMessage&) const = default;
  using Wire = wire::Layout<&SealedMessage::header, wire::Run<&SealedMessage::payload, &SealedMessage::payload_size>{}>;
};

base::Block<12> message_iv(std::uint64_t seqno);

// Seals under the header as it stands, lies included; only the tag is filled in.
SealedMessage seal_message(const Vmpck& key, MessageHeader header, base::View payload);
// As above with the header that the payload deserves.
SealedMessage seal_message(const Vmpck& key, std::uint8_t vmpck, std::uint64_t seqno, MessageType type,
                           base::View payload);

// Reads the message at the front of a page, whatever follows it, and opens it. Refuses another algorithm, header
// version or header size, and a tag that does not fit. Sequence number, type and VMPCK are for the caller to judge.
wire::Decoded<base::Bytes> open_message(const Vmpck& key, const SealedMessage& message);
wire::Decoded<base::Bytes> open_message(const Vmpck& key, base::View page);

// Is this the header that answers `request`: next sequence number, next type, same key?
bool answers(const MessageHeader& response, const MessageHeader& request);

// ---- payloads -------------------------------------------------------------------------------------------------------

enum class ReportKey : std::uint32_t { kAuto = 0, kVcek = 1, kVlek = 2 };

struct ReportRequest {
  std::array<std::uint8_t, 64> report_data{};
  std::uint32_t vmpl = 0;
  ReportKey key_sel = ReportKey::kAuto;
  bool operator==(const ReportRequest&) const = default;
  using Wire =
      wire::Layout<&ReportRequest::report_data, &ReportRequest::vmpl, &ReportRequest::key_sel, wire::At<96>{}>;
};
static_assert(wire::min_size<ReportRequest>() == 96);

inline constexpr std::uint32_t kMessageStatusOk = 0;
inline constexpr std::uint32_t kMessageStatusInvalidParam = 0x16;
inline constexpr std::uint32_t kMessageStatusInvalidKey = 0x27;

// The report is empty, and its size 0, when the status is not 0.
struct ReportResponse {
  std::uint32_t status = kMessageStatusOk;
  std::uint32_t report_size = 0;
  base::Bytes report;
  bool operator==(const ReportResponse&) const = default;
  using Wire = wire::Layout<&ReportResponse::status, &ReportResponse::report_size, wire::At<0x20>{},
                            wire::Run<&ReportResponse::report, &ReportResponse::report_size>{}>;
};

inline constexpr std::uint64_t kMixPolicy = 1u << 0;
inline constexpr std::uint64_t kMixImageId = 1u << 1;
inline constexpr std::uint64_t kMixFamilyId = 1u << 2;
inline constexpr std::uint64_t kMixMeasurement = 1u << 3;
inline constexpr std::uint64_t kMixGuestSvn = 1u << 4;
inline constexpr std::uint64_t kMixTcbVersion = 1u << 5;
inline constexpr std::uint64_t kMixMitVector = 1u << 6;

struct KeyRequest {
  std::uint32_t root_key_select = 0;  // bit 0: VMRK instead of VCEK
  std::uint64_t guest_field_select = 0;
  std::uint32_t vmpl = 0;
  std::uint32_t guest_svn = 0;
  std::uint64_t tcb_version = 0;
  bool operator==(const KeyRequest&) const = default;
  using Wire = wire::Layout<&KeyRequest::root_key_select, wire::Reserved<4>{}, &KeyRequest::guest_field_select,
                            &KeyRequest::vmpl, &KeyRequest::guest_svn, &KeyRequest::tcb_version>;
};
static_assert(wire::min_size<KeyRequest>() == 0x20);

// msg_version 2.
struct KeyRequestV2 {
  KeyRequest request;
  std::uint64_t launch_mit_vector = 0;
  bool operator==(const KeyRequestV2&) const = default;
  using Wire = wire::Layout<&KeyRequestV2::request, &KeyRequestV2::launch_mit_vector>;
};

struct KeyResponse {
  std::uint32_t status = kMessageStatusOk;
  std::array<std::uint8_t, 32> derived_key{};
  bool operator==(const KeyResponse&) const = default;
  using Wire = wire::Layout<&KeyResponse::status, wire::At<0x20>{}, &KeyResponse::derived_key>;
};
static_assert(wire::min_size<KeyResponse>() == 0x40);

struct TscInfoRequest {
  bool operator==(const TscInfoRequest&) const = default;
  using Wire = wire::Layout<wire::Reserved<128>{}>;
};

struct TscInfoResponse {
  std::uint32_t status = kMessageStatusOk;
  std::uint64_t tsc_scale = 0;
  std::uint64_t tsc_offset = 0;
  std::uint32_t tsc_factor = 0;
  bool operator==(const TscInfoResponse&) const = default;
  using Wire = wire::Layout<&TscInfoResponse::status, wire::At<8>{}, &TscInfoResponse::tsc_scale,
                            &TscInfoResponse::tsc_offset, &TscInfoResponse::tsc_factor, wire::At<128>{}>;
};

}  // namespace sevproto
