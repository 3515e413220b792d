#include "tsm/cove/io_transcript.h"

#include "platform/crypto/hash.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/vendor_defined.h"
#include "platform/protocol/tdisp/tdisp.h"

namespace cove {
namespace {

using coveproto::TranscriptElement;
using spdm::Code;

bool belongs_to(Code code, TranscriptElement which) {
  switch (which) {
    case TranscriptElement::kFullTranscript: return true;
    case TranscriptElement::kVca:
      return code == Code::kGetVersion || code == Code::kVersion || code == Code::kGetCapabilities || code == Code::kCapabilities ||
             code == Code::kNegotiateAlgorithms || code == Code::kAlgorithms;
    case TranscriptElement::kDeviceMeasurement: return code == Code::kGetMeasurements || code == Code::kMeasurements;
    case TranscriptElement::kSession:
      return code == Code::kKeyExchange || code == Code::kKeyExchangeRsp || code == Code::kFinish || code == Code::kFinishRsp;
    case TranscriptElement::kDeviceCertificate: return code == Code::kCertificate;
    case TranscriptElement::kTdispVc: return false;
  }
  return false;
}

// What of a vendor-defined request is TDISP's, and which message; nothing else of them is kept, for IDE_KM carries keys.
std::optional<tdisp::Code> tdisp_code(base::View request) {
  const auto message = wire::decode<spdm::VendorDefinedRequest>(request);
  if (!message || message->payload.size() < 3 || message->payload[0] != tdisp::kProtocolId) return std::nullopt;
  return static_cast<tdisp::Code>(message->payload[2]);
}

}  // namespace

void IoTranscript::end() {
  open_.clear(), messages_.clear(), tdisp_.clear();
  digest_ = {};
  hearing_ = finished_ = false;
}

void IoTranscript::begin() {
  end();
  hearing_ = true;
}

void IoTranscript::note(base::View message) {
  const auto header = spdm::header_of(message);
  if (!header) return;
  messages_.push_back({header->code, open_.size(), message.size()});
  base::append(open_, message);
}

void IoTranscript::hear(base::View request, base::View response) {
  const auto header = spdm::header_of(request);
  if (!header) return;
  if (header->code == Code::kVendorDefinedRequest) {
    const auto code = tdisp_code(request);
    if (code != tdisp::Code::kGetVersion && code != tdisp::Code::kGetCapabilities) return;
    if (code == tdisp::Code::kGetVersion) tdisp_.clear();
    base::append(tdisp_, request), base::append(tdisp_, response);
    return;
  }
  if (!hearing_) return;
  note(request), note(response);
}

base::Bytes IoTranscript::finish() {
  hearing_ = false, finished_ = true;
  digest_ = crypto::sha384(open_);
  ends_[digest_] = messages_;
  return std::exchange(open_, {});
}

bool IoTranscript::is_of_this(base::View bytes) const { return finished_ && crypto::sha384(bytes) == digest_; }

base::Bytes IoTranscript::element(base::View bytes, TranscriptElement which, std::uint8_t slot) const {
  if (which == TranscriptElement::kTdispVc) return tdisp_;
  base::Bytes out;
  const auto known = ends_.find(crypto::sha384(bytes));
  for (const Message& message : known == ends_.end() ? messages_ : known->second) {
    if (!belongs_to(message.code, which) || message.at > bytes.size() || message.size > bytes.size() - message.at) continue;
    const base::View there = bytes.subspan(message.at, message.size);
    if (which != TranscriptElement::kDeviceCertificate) {
      base::append(out, there);
      continue;
    }
    const auto portion = wire::decode<spdm::CertificateResponse>(there);
    if (portion && (portion->header.param1 & spdm::kSlotMask) == slot) base::append(out, portion->portion);
  }
  return out;
}

}  // namespace cove
