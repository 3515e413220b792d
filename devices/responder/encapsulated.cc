#include "platform/protocol/spdm/encapsulated.h"

#include <algorithm>
#include <bit>

#include "devices/responder/state.h"

namespace responder {
namespace {

constexpr std::uint16_t kPortion = 0x200;
constexpr std::size_t kChainMax = 0x4000;

// Whom a requester's chain belongs to, or nothing: it begins at that root, and each certificate has signed the next.
std::optional<base::Bytes> key_of(base::View certificates, base::View root) {
  const auto parts = spdm::split_certificates(certificates);
  if (parts.empty() || !std::ranges::equal(parts.front(), root)) return std::nullopt;
  std::optional<crypto::Certificate> issuer = crypto::Certificate::from_der(parts.front());
  if (!issuer) return std::nullopt;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    auto child = crypto::Certificate::from_der(parts[i]);
    const bool linked = child && issuer->is_authority() && child->names_as_issuer(*issuer) &&
                        child->signed_by(issuer->public_key());
    if (!linked) return std::nullopt;
    issuer = std::move(child);
  }
  return issuer->public_key();
}

base::Bytes get_certificate_request(const spdm::Header& header, std::size_t offset) {
  spdm::GetCertificate ask{.header = header};
  ask.offset = static_cast<std::uint16_t>(offset);
  ask.length = kPortion;
  return wire::encode(ask);
}

}  // namespace

base::Bytes Responder::State::get_encapsulated_request(const Request& request) {
  base::Bytes no;
  if (!decode<spdm::GetEncapsulatedRequest>(request, no)) return no;
  const std::uint32_t id = request.session != nullptr ? request.session->id : 0;
  const bool here = encapsulated && (encapsulated->in_clear ? id == 0 : id == encapsulated->session_id);
  if (auto refused = refusal<FlowCase>(kFlowRules, {here}, request.header.code)) return *refused;
  if (!encapsulated) return error(ErrorCode::kNoPendingRequests);
  *encapsulated = {.session_id = encapsulated->session_id, .in_clear = encapsulated->in_clear, .request_id = 1};
  spdm::EncapsulatedRequest out{.header = header(Code::kEncapsulatedRequest, encapsulated->request_id)};
  out.request = wire::encode(spdm::GetDigests{.header = header(Code::kGetDigests)});
  return wire::encode(out);
}

base::Bytes Responder::State::deliver_encapsulated_response(const Request& request) {
  base::Bytes no;
  const auto asked = decode<spdm::DeliverEncapsulatedResponse>(request, no);
  if (!asked) return no;
  const std::uint32_t id = request.session != nullptr ? request.session->id : 0;
  const bool here = encapsulated && encapsulated->request_id != 0 &&
                    (encapsulated->in_clear ? id == 0 : id == encapsulated->session_id);
  FlowCase c{here, here && request.header.param1 == encapsulated->request_id};
  // What waits for no response is unexpected, whatever the version (10.21).
  if (!here) return error(ErrorCode::kUnexpectedRequest);
  if (auto refused = refusal<FlowCase>(kFlowRules, c, request.header.code)) return *refused;
  Encapsulated& flow = *encapsulated;
  Session* session = find(flow.session_id);

  const base::View response = asked->message.response;
  base::Bytes next;
  spdm::Shape form = shape();
  form.multi_key = connection.requester_multi_key;
  if (!flow.has_digests) {
    const auto digests = doe::decode_padded<spdm::Digests>(response, {.shape = form});
    c.answered = digests && digests->message.header.code == Code::kDigests && digests->message.header.param2 != 0;
    if (c.answered) {
      flow.has_digests = true;
      flow.digests = digests->raw;
      flow.slot = static_cast<std::uint8_t>(std::countr_zero(digests->message.header.param2));
      next = get_certificate_request(header(Code::kGetCertificate, flow.slot), 0);
    }
  } else {
    const auto portion = doe::decode_padded<spdm::CertificateResponse>(response);
    c.answered = portion && portion->message.header.code == Code::kCertificate &&
                 (portion->message.header.param1 & spdm::kSlotMask) == flow.slot &&
                 portion->message.portion_length != 0 &&
                 flow.chain.size() + portion->message.portion_length <= kChainMax;
    if (c.answered) {
      base::append(flow.chain, portion->message.portion);
      if (portion->message.remainder_length != 0)
        next = get_certificate_request(header(Code::kGetCertificate, flow.slot), flow.chain.size());
    }
  }
  if (session == nullptr) c.answered = false;
  if (auto refused = refusal<FlowCase>(kFlowRules, c, request.header.code)) {
    encapsulated.reset();
    return *refused;
  }

  spdm::EncapsulatedResponseAck ack{.header = header(Code::kEncapsulatedResponseAck)};
  ack.ack_request_id = request.header.param1;
  if (!next.empty()) {
    ack.header.param1 = ++flow.request_id;
    ack.header.param2 = spdm::kPayloadPresent;
    ack.payload = next;
    return wire::encode(ack);
  }
  const auto chain = wire::decode<spdm::CertificateChain>(flow.chain, {.shape = form});
  const auto key = chain ? key_of(chain->certificates, settings.requester_root) : std::nullopt;
  session->requester_trusted = key.has_value();
  session->requester_slot = flow.slot;
  session->exchange.requester_certificate_chain = flow.chain;
  if (form.multi_key) session->exchange.requester_digests = flow.digests;
  // The key counts even if nobody vouches for it: whether that matters is for FINISH to say.
  if (key) session->requester_key = *key;
  else if (chain)
    if (const auto parts = spdm::split_certificates(chain->certificates); !parts.empty())
      if (const auto leaf = crypto::Certificate::from_der(parts.back())) session->requester_key = leaf->public_key();
  if (flow.slot != 0) {
    ack.header.param2 = spdm::kPayloadSlotNumber;
    ack.payload = {flow.slot};
  }
  encapsulated.reset();
  return wire::encode(ack);
}

}  // namespace responder
