#include <algorithm>

#include "platform/protocol/doe/data_object.h"
#include "platform/protocol/doe/discovery.h"
#include "platform/protocol/ide/ide.h"
#include "platform/protocol/ide_km/ide_km.h"
#include "platform/protocol/spdm/capabilities.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/challenge.h"
#include "platform/protocol/spdm/chunk.h"
#include "platform/protocol/spdm/encapsulated.h"
#include "platform/protocol/spdm/error.h"
#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/measurements.h"
#include "platform/protocol/spdm/negotiate.h"
#include "platform/protocol/spdm/opaque.h"
#include "platform/protocol/spdm/psk.h"
#include "platform/protocol/spdm/secured_message.h"
#include "platform/protocol/spdm/session_control.h"
#include "platform/protocol/spdm/vendor_defined.h"
#include "platform/protocol/spdm/version.h"
#include "platform/protocol/tdisp/tdisp.h"
#include "scenarios/exports/dissector.h"

namespace exports {

namespace {

std::string lowered(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

template <wire::Message M>
Dissected of(const std::string& name) {
  return {name, "glacis." + lowered(name), wire::outline_of<M>()};
}
template <wire::Message M>
Dissected spdm_of(const std::string& name) { return of<M>("spdm." + name); }
template <tdisp::Code kCode>
Dissected plain(const std::string& name) { return of<tdisp::Plain<kCode>>("tdisp." + name); }

}  // namespace

// Names as in the folders' own schemas, where those have the message; tests hold the two against each other.
const std::vector<Dissected>& dissected() {
  using namespace spdm;
  using ide_km::Object;
  using TdispCode = tdisp::Code;
  static const std::vector<Dissected> kAll = {
      {"doe.OBJECT", "glacis.doe", wire::outline_of<doe::Object>()},
      of<doe::DiscoveryRequest>("doe.DISCOVERY_REQUEST"),
      of<doe::DiscoveryResponse>("doe.DISCOVERY_RESPONSE"),
      {"tlp.TLP", "glacis.tlp", wire::outline_of<tlp::Tlp>()},
      {"ide.PACKET", "glacis.ide", wire::outline_of<ide::Packet>()},
      spdm_of<Header>("HEADER"),
      spdm_of<GetVersion>("GET_VERSION"),
      spdm_of<VersionResponse>("VERSION"),
      spdm_of<GetCapabilities>("GET_CAPABILITIES"),
      spdm_of<Capabilities>("CAPABILITIES"),
      spdm_of<NegotiateAlgorithms>("NEGOTIATE_ALGORITHMS"),
      spdm_of<AlgorithmsResponse>("ALGORITHMS"),
      spdm_of<AlgorithmTable>("ALGORITHM_TABLE"),
      spdm_of<GetDigests>("GET_DIGESTS"),
      spdm_of<Digests>("DIGESTS"),
      spdm_of<GetCertificate>("GET_CERTIFICATE"),
      spdm_of<CertificateResponse>("CERTIFICATE"),
      spdm_of<Challenge>("CHALLENGE"),
      spdm_of<ChallengeAuth>("CHALLENGE_AUTH"),
      spdm_of<GetMeasurements>("GET_MEASUREMENTS"),
      spdm_of<Measurements>("MEASUREMENTS"),
      spdm_of<MeasurementBlock>("MEASUREMENT_BLOCK"),
      spdm_of<DmtfMeasurement>("DMTF_MEASUREMENT"),
      spdm_of<DeviceMode>("DEVICE_MODE"),
      spdm_of<KeyExchange>("KEY_EXCHANGE"),
      spdm_of<KeyExchangeResponse>("KEY_EXCHANGE_RSP"),
      spdm_of<Finish>("FINISH"),
      spdm_of<FinishResponse>("FINISH_RSP"),
      spdm_of<PskExchange>("PSK_EXCHANGE"),
      spdm_of<PskExchangeResponse>("PSK_EXCHANGE_RSP"),
      spdm_of<PskFinish>("PSK_FINISH"),
      spdm_of<PskFinishResponse>("PSK_FINISH_RSP"),
      spdm_of<Heartbeat>("HEARTBEAT"),
      spdm_of<HeartbeatAck>("HEARTBEAT_ACK"),
      spdm_of<KeyUpdate>("KEY_UPDATE"),
      spdm_of<KeyUpdateAck>("KEY_UPDATE_ACK"),
      spdm_of<EndSession>("END_SESSION"),
      spdm_of<EndSessionAck>("END_SESSION_ACK"),
      spdm_of<GetEncapsulatedRequest>("GET_ENCAPSULATED_REQUEST"),
      spdm_of<EncapsulatedRequest>("ENCAPSULATED_REQUEST"),
      spdm_of<DeliverEncapsulatedResponse>("DELIVER_ENCAPSULATED_RESPONSE"),
      spdm_of<EncapsulatedResponseAck>("ENCAPSULATED_RESPONSE_ACK"),
      spdm_of<ChunkSend>("CHUNK_SEND"),
      spdm_of<ChunkSendAck>("CHUNK_SEND_ACK"),
      spdm_of<ChunkGet>("CHUNK_GET"),
      spdm_of<ChunkResponse>("CHUNK_RESPONSE"),
      spdm_of<VendorDefinedRequest>("VENDOR_DEFINED_REQUEST"),
      spdm_of<VendorDefinedResponse>("VENDOR_DEFINED_RESPONSE"),
      spdm_of<Error>("ERROR"),
      spdm_of<NotReady>("NOT_READY"),
      spdm_of<RespondIfReady>("RESPOND_IF_READY"),
      spdm_of<OpaqueData>("OPAQUE_DATA"),
      spdm_of<OpaqueTable>("OPAQUE_TABLE"),
      spdm_of<SupportedVersions>("SUPPORTED_VERSIONS"),
      spdm_of<VersionSelection>("VERSION_SELECTION"),
      spdm_of<SecuredRecord>("SECURED_RECORD"),
      spdm_of<SecuredPlain>("SECURED_PLAIN"),
      of<ide_km::Query>("ide_km.QUERY"),
      of<ide_km::QueryResp>("ide_km.QUERY_RESP"),
      of<ide_km::KeyProg>("ide_km.KEY_PROG"),
      of<ide_km::KpAck>("ide_km.KP_ACK"),
      of<ide_km::KeySet<Object::kSetGo>>("ide_km.K_SET_GO"),
      of<ide_km::SetStop>("ide_km.K_SET_STOP"),
      of<ide_km::GoStopAck>("ide_km.K_GOSTOP_ACK"),
      of<tdisp::Header>("tdisp.HEADER"),
      plain<TdispCode::kGetVersion>("GET_TDISP_VERSION"),
      of<tdisp::Version>("tdisp.TDISP_VERSION"),
      of<tdisp::GetCapabilities>("tdisp.GET_TDISP_CAPABILITIES"),
      of<tdisp::Capabilities>("tdisp.TDISP_CAPABILITIES"),
      of<tdisp::LockInterfaceRequest>("tdisp.LOCK_INTERFACE_REQUEST"),
      of<tdisp::LockInterfaceResponse>("tdisp.LOCK_INTERFACE_RESPONSE"),
      of<tdisp::GetDeviceInterfaceReport>("tdisp.GET_DEVICE_INTERFACE_REPORT"),
      of<tdisp::DeviceInterfaceReport>("tdisp.DEVICE_INTERFACE_REPORT"),
      of<tdisp::InterfaceReport>("tdisp.INTERFACE_REPORT"),
      plain<TdispCode::kGetDeviceInterfaceState>("GET_DEVICE_INTERFACE_STATE"),
      of<tdisp::DeviceInterfaceState>("tdisp.DEVICE_INTERFACE_STATE"),
      of<tdisp::StartInterfaceRequest>("tdisp.START_INTERFACE_REQUEST"),
      plain<TdispCode::kStartInterfaceResponse>("START_INTERFACE_RESPONSE"),
      plain<TdispCode::kStopInterfaceRequest>("STOP_INTERFACE_REQUEST"),
      plain<TdispCode::kStopInterfaceResponse>("STOP_INTERFACE_RESPONSE"),
      of<tdisp::BindP2pStreamRequest>("tdisp.BIND_P2P_STREAM_REQUEST"),
      plain<TdispCode::kBindP2pStreamResponse>("BIND_P2P_STREAM_RESPONSE"),
      of<tdisp::UnbindP2pStreamRequest>("tdisp.UNBIND_P2P_STREAM_REQUEST"),
      plain<TdispCode::kUnbindP2pStreamResponse>("UNBIND_P2P_STREAM_RESPONSE"),
      of<tdisp::SetMmioAttributeRequest>("tdisp.SET_MMIO_ATTRIBUTE_REQUEST"),
      plain<TdispCode::kSetMmioAttributeResponse>("SET_MMIO_ATTRIBUTE_RESPONSE"),
      of<tdisp::VdmRequest>("tdisp.VDM_REQUEST"),
      of<tdisp::VdmResponse>("tdisp.VDM_RESPONSE"),
      of<tdisp::Error>("tdisp.TDISP_ERROR"),
  };
  return kAll;
}

namespace {

template <class E>
std::map<unsigned, std::string> names(unsigned below = 0x100) {
  std::map<unsigned, std::string> out;
  for (unsigned i = 0; i < below; ++i) {
    const std::string text(name_of(static_cast<E>(i)));
    if (!text.empty() && text != "?") out[i] = text;
  }
  return out;
}

}  // namespace

std::map<std::string, std::map<unsigned, std::string>> value_names() {
  std::map<std::string, std::map<unsigned, std::string>> out;
  out["glacis.spdm.header.code"] = names<spdm::Code>();
  out["glacis.spdm.not_ready.request_code"] = names<spdm::Code>();
  out["glacis.tdisp.header.code"] = names<tdisp::Code>();
  out["glacis.tdisp.tdisp_error.error_code"] = names<tdisp::ErrorCode>(0x200);
  out["glacis.tdisp.device_interface_state.tdi_state"] = names<tdisp::State>();
  out["glacis.ide_km.kp_ack.status"] = names<ide_km::Status>();
  for (const auto& layout : dissected())
    if (layout.name.starts_with("ide_km.")) out[layout.prefix + ".object_id"] = names<ide_km::Object>();
  out["glacis.tlp.type"] = names<tlp::Type>();
  out["glacis.doe.header.type"] = {{0, "discovery"}, {1, "SPDM"}, {2, "secured SPDM"}, {3, "SPDM with connection id"},
                                   {4, "secured SPDM with connection id"}};
  return out;
}

}  // namespace exports
