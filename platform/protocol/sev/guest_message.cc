#include "platform/protocol/sev/guest_message.h"

#include <algorithm>

#include "platform/crypto/aead.h"

namespace sevproto {
namespace {

base::Bytes aad_of(const MessageHeader& header) {
  base::Bytes raw = wire::encode(header);
  return {raw.begin() + kMessageAadOffset, raw.end()};
}

}  // namespace

base::Block<12> message_iv(std::uint64_t seqno) {
  base::Block<12> iv{};
  base::store_le(iv, 0, seqno);
  return iv;
}

SealedMessage seal_message(const Vmpck& key, MessageHeader header, base::View payload) {
  base::Bytes sealed = crypto::aes256_gcm_seal(key, message_iv(header.msg_seqno), aad_of(header), payload);
  header.authtag = {};
  std::copy(sealed.end() - crypto::kGcmTagSize, sealed.end(), header.authtag.begin());
  sealed.resize(sealed.size() - crypto::kGcmTagSize);
  return {header, std::move(sealed)};
}

SealedMessage seal_message(const Vmpck& key, std::uint8_t vmpck, std::uint64_t seqno, MessageType type,
                           base::View payload) {
  base::check(payload.size() <= kMessagePayloadMax, "a message fits into its page");
  MessageHeader header;
  header.msg_seqno = seqno;
  header.msg_type = type;
  header.msg_size = static_cast<std::uint16_t>(payload.size());
  header.msg_vmpck = vmpck;
  return seal_message(key, header, payload);
}

wire::Decoded<base::Bytes> open_message(const Vmpck& key, const SealedMessage& message) {
  const MessageHeader& header = message.header;
  if (header.algo != kAlgoAes256Gcm) return wire::Error{0x30, "header.algo", "is not AES-256-GCM"};
  if (header.hdr_version != 1) return wire::Error{0x31, "header.hdr_version", "is not 1"};
  if (header.hdr_size != kMessageHeaderSize) return wire::Error{0x32, "header.hdr_size", "is not 0x60"};
  base::Bytes sealed = message.payload;
  base::append(sealed, base::View(header.authtag).first(crypto::kGcmTagSize));
  auto plain = crypto::aes256_gcm_open(key, message_iv(header.msg_seqno), aad_of(header), sealed);
  if (!plain) return wire::Error{0, "header.authtag", "does not fit"};
  return *std::move(plain);
}

wire::Decoded<base::Bytes> open_message(const Vmpck& key, base::View page) {
  auto message = wire::decode_front<SealedMessage>(page);
  if (!message) return message.error();
  return open_message(key, *message);
}

bool answers(const MessageHeader& response, const MessageHeader& request) {
  return response.msg_seqno == request.msg_seqno + 1 &&
         static_cast<int>(response.msg_type) == static_cast<int>(request.msg_type) + 1 &&
         response.algo == request.algo && response.hdr_version == request.hdr_version &&
         response.msg_vmpck == request.msg_vmpck;
}

std::string_view name_of(MessageType type) {
  switch (type) {
    case MessageType::kCpuidReq: return "MSG_CPUID_REQ";
    case MessageType::kCpuidRsp: return "MSG_CPUID_RSP";
    case MessageType::kKeyReq: return "MSG_KEY_REQ";
    case MessageType::kKeyRsp: return "MSG_KEY_RSP";
    case MessageType::kReportReq: return "MSG_REPORT_REQ";
    case MessageType::kReportRsp: return "MSG_REPORT_RSP";
    case MessageType::kExportReq: return "MSG_EXPORT_REQ";
    case MessageType::kExportRsp: return "MSG_EXPORT_RSP";
    case MessageType::kImportReq: return "MSG_IMPORT_REQ";
    case MessageType::kImportRsp: return "MSG_IMPORT_RSP";
    case MessageType::kAbsorbReq: return "MSG_ABSORB_REQ";
    case MessageType::kAbsorbRsp: return "MSG_ABSORB_RSP";
    case MessageType::kVmrkReq: return "MSG_VMRK_REQ";
    case MessageType::kVmrkRsp: return "MSG_VMRK_RSP";
    case MessageType::kTscInfoReq: return "MSG_TSC_INFO_REQ";
    case MessageType::kTscInfoRsp: return "MSG_TSC_INFO_RSP";
    case MessageType::kTdiInfoReq: return "MSG_TDI_INFO_REQ";
    case MessageType::kTdiInfoRsp: return "MSG_TDI_INFO_RSP";
    case MessageType::kMmioValidateReq: return "MSG_MMIO_VALIDATE_REQ";
    case MessageType::kMmioValidateRsp: return "MSG_MMIO_VALIDATE_RSP";
    case MessageType::kSdteWriteReq: return "MSG_SDTE_WRITE_REQ";
    case MessageType::kSdteWriteRsp: return "MSG_SDTE_WRITE_RSP";
  }
  return "";
}

}  // namespace sevproto
