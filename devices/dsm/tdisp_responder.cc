#include "devices/dsm/tdisp_responder.h"

#include <algorithm>
#include <span>

#include "devices/dsm/tdisp_rules.h"

namespace dsm {
namespace {

constexpr std::uint32_t kPhantomFunctions = 1 << 9;  // of device control

tdisp::Header reply_header(tdisp::FunctionId id, tdisp::Code code) { return {.code = code, .function_id = id}; }

template <class M>
M reply_to(const tdisp::Header& header) {
  M message;
  message.header.function_id = header.function_id;
  return message;
}

base::Bytes error(const tdisp::Header& header, tdisp::ErrorCode code) {
  tdisp::Error message{.header = reply_header(header.function_id, tdisp::Code::kError), .error_code = code};
  if (code == tdisp::ErrorCode::kUnsupportedRequest) message.error_data = static_cast<std::uint32_t>(header.code);
  return wire::encode(message);
}

// The code of the first row that is broken and not lifted.
template <class Case>
std::optional<tdisp::ErrorCode> first_error(trust::Defences& defences, std::span<const RequestRule<Case>> rules,
                                            const Case& c, std::string_view at) {
  const RequestRule<Case>* broken = defences.first_broken(rules, c, at);
  return broken ? std::optional(broken->code) : std::nullopt;
}

std::uint32_t control_of(const Tdi& tdi, ide::StreamId stream) {
  const auto& config = tdi.parts().ide_config;
  const unsigned ide = pcie::find(config, pcie::ExtendedCapability::kIde);
  const pcie::IdeStream* found = tdi.parts().port.find(stream);
  for (unsigned i = 0; ide && i < tdi.parts().port.selective_count(); ++i)
    if (&tdi.parts().port.block(i) == found)
      return config.get(pcie::ide_block(config, ide, i) + pcie::kIdeStreamControl, 4);
  return 0;
}

}  // namespace

Tdi* TdispResponder::find(tdisp::FunctionId id) const {
  for (const auto& tdi : interfaces_)
    if (tdi->is(id)) return tdi.get();
  return nullptr;
}

std::optional<base::Bytes> TdispResponder::answer(SessionId session, base::View payload) {
  if (defences_.refuse_unless(kInSession, session != kNoSession, at_)) return std::nullopt;
  // Of a request too short for its header, the answer echoes what there is.
  base::Bytes start_of = base::bytes_of(payload.first(std::min(payload.size(), tdisp::kHeaderSize)));
  start_of.resize(tdisp::kHeaderSize);
  auto header = tdisp::header_of(start_of);
  if (!header) return std::nullopt;
  Tdi* tdi = find(header->function_id);
  RequestCase c{session, payload.size(), *header, kind_of(header->code), tdi};
  const std::string& at = tdi ? tdi->parts().at : at_;
  if (auto code = first_error<RequestCase>(defences_, kRequestRules, c, at)) return error(*header, *code);

  switch (header->code) {
    case tdisp::Code::kGetVersion: return wire::encode(reply_to<tdisp::Version>(*header));
    case tdisp::Code::kGetCapabilities: return capabilities(*tdi, *header);
    case tdisp::Code::kLockInterfaceRequest: return lock(session, *tdi, payload);
    case tdisp::Code::kGetDeviceInterfaceReport: return report(*tdi, payload);
    case tdisp::Code::kGetDeviceInterfaceState: {
      auto state = reply_to<tdisp::DeviceInterfaceState>(*header);
      state.tdi_state = tdi->state();
      return wire::encode(state);
    }
    case tdisp::Code::kStartInterfaceRequest: return start(*tdi, payload);
    case tdisp::Code::kStopInterfaceRequest:
      tdi->stop();
      return wire::encode(reply_to<tdisp::StopInterfaceResponse>(*header));
    case tdisp::Code::kBindP2pStreamRequest: return bind(session, *tdi, payload);
    case tdisp::Code::kUnbindP2pStreamRequest: return unbind(*tdi, payload);
    case tdisp::Code::kSetMmioAttributeRequest: return set_attribute(*tdi, payload);
    default: return std::nullopt;
  }
}

base::Bytes TdispResponder::capabilities(const Tdi& tdi, const tdisp::Header& header) const {
  auto out = reply_to<tdisp::Capabilities>(header);
  out.req_msgs_supported = {};
  for (const auto& kind : kRequestKinds) {
    const unsigned bit = static_cast<unsigned>(kind.code) - 0x80;
    if (kind.supported(tdi.settings())) out.req_msgs_supported[bit / 8] |= static_cast<std::uint8_t>(1 << bit % 8);
  }
  out.lock_flags_supported = tdi.settings().lock_flags_supported;
  out.dev_addr_width = tdi.settings().dev_addr_width;
  out.num_req_this = tdi.settings().num_req_this;
  out.num_req_all = tdi.settings().num_req_all;
  return wire::encode(out);
}

base::Bytes TdispResponder::lock(SessionId session, Tdi& tdi, base::View payload) {
  const auto request = *wire::decode<tdisp::LockInterfaceRequest>(payload);
  const pcie::ConfigSpace& config = tdi.parts().config;
  std::vector<const pcie::ConfigSpace*> functions;
  for (const auto& one : interfaces_) functions.push_back(&one->parts().config);
  const unsigned pcie = pcie::find(config, pcie::Capability::kPcie);
  const auto* stream = tdi.parts().port.find(request.default_stream_id);
  LockCase c{.tdi = tdi,
             .request = request,
             .session = session,
             .stream_control = control_of(tdi, request.default_stream_id),
             .stream_failed = stream && stream->failed(),
             .default_count = tdi.parts().port.default_streams().size(),
             .overlap = bars_overlap(config, functions),
             .phantom = pcie && config.get(pcie + pcie::kDeviceControl, 2) & kPhantomFunctions,
             .msix = pcie::find(config, pcie::Capability::kMsix) != 0};
  if (auto code = first_error<LockCase>(defences_, kLockRules, c, tdi.parts().at)) return error(request.header, *code);
  if (!tdi.lock(session, request)) {
    defences_.refuse_unless(kEntropy, false, tdi.parts().at);
    return error(request.header, tdisp::ErrorCode::kInsufficientEntropy);
  }
  auto out = reply_to<tdisp::LockInterfaceResponse>(request.header);
  out.start_interface_nonce = *tdi.nonce();
  return wire::encode(out);
}

base::Bytes TdispResponder::report(Tdi& tdi, base::View payload) {
  const auto request = *wire::decode<tdisp::GetDeviceInterfaceReport>(payload);
  if (!tdi.shown_report()) return error(request.header, tdisp::ErrorCode::kUnspecified);
  const base::View all = *tdi.shown_report();
  if (auto code = first_error<ReportCase>(defences_, kReportRules, {all.size(), request.offset}, tdi.parts().at))
    return error(request.header, *code);
  const base::View rest = all.subspan(request.offset);
  const std::size_t size = std::min({rest.size(), kReportPortionMax, std::size_t{request.length}});
  auto out = reply_to<tdisp::DeviceInterfaceReport>(request.header);
  out.report_bytes = base::bytes_of(rest.first(size));
  out.portion_length = static_cast<std::uint16_t>(size);
  out.remainder_length = static_cast<std::uint16_t>(rest.size() - size);
  return wire::encode(out);
}

base::Bytes TdispResponder::start(Tdi& tdi, base::View payload) {
  const auto request = *wire::decode<tdisp::StartInterfaceRequest>(payload);
  StartCase c{tdi.nonce(), request.start_interface_nonce};
  if (auto code = first_error<StartCase>(defences_, kStartRules, c, tdi.parts().at))
    return error(request.header, *code);
  tdi.start();
  return wire::encode(reply_to<tdisp::StartInterfaceResponse>(request.header));
}

base::Bytes TdispResponder::bind(SessionId session, Tdi& tdi, base::View payload) {
  const auto request = *wire::decode<tdisp::BindP2pStreamRequest>(payload);
  const pcie::IdeStream* stream = tdi.parts().port.find(request.p2p_stream_id);
  P2pCase c{tdi, request.p2p_stream_id, session, stream && stream->secure()};
  if (auto code = first_error<P2pCase>(defences_, kBindRules, c, tdi.parts().at)) return error(request.header, *code);
  tdi.bind(request.p2p_stream_id);
  return wire::encode(reply_to<tdisp::BindP2pStreamResponse>(request.header));
}

base::Bytes TdispResponder::unbind(Tdi& tdi, base::View payload) {
  const auto request = *wire::decode<tdisp::UnbindP2pStreamRequest>(payload);
  P2pCase c{tdi, request.p2p_stream_id, tdi.owner(), false};
  if (auto code = first_error<P2pCase>(defences_, kUnbindRules, c, tdi.parts().at)) return error(request.header, *code);
  tdi.parts().logic.quiesce();
  tdi.unbind(request.p2p_stream_id);
  return wire::encode(reply_to<tdisp::UnbindP2pStreamResponse>(request.header));
}

base::Bytes TdispResponder::set_attribute(Tdi& tdi, base::View payload) {
  const auto request = *wire::decode<tdisp::SetMmioAttributeRequest>(payload);
  AttributeCase c{tdi, request.mmio_range};
  if (auto code = first_error<AttributeCase>(defences_, kAttributeRules, c, tdi.parts().at))
    return error(request.header, *code);
  tdi.set_attribute(request.mmio_range);
  return wire::encode(reply_to<tdisp::SetMmioAttributeResponse>(request.header));
}

}  // namespace dsm
