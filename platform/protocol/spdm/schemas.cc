#include "platform/protocol/spdm/schemas.h"

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

namespace spdm {
namespace {

template <wire::Message M>
wire::Schema schema(std::string name) {
  return wire::schema_of<M>("spdm." + name, wire::sized(M{}));
}

}  // namespace

const std::vector<wire::Schema>& schemas() {
  static const std::vector<wire::Schema> kSchemas = {
      schema<Header>("HEADER"),
      schema<GetVersion>("GET_VERSION"),
      schema<VersionResponse>("VERSION"),
      schema<GetCapabilities>("GET_CAPABILITIES"),
      schema<Capabilities>("CAPABILITIES"),
      schema<NegotiateAlgorithms>("NEGOTIATE_ALGORITHMS"),
      schema<AlgorithmsResponse>("ALGORITHMS"),
      schema<AlgorithmTable>("ALGORITHM_TABLE"),
      schema<GetDigests>("GET_DIGESTS"),
      schema<Digests>("DIGESTS"),
      schema<GetCertificate>("GET_CERTIFICATE"),
      schema<CertificateResponse>("CERTIFICATE"),
      schema<Challenge>("CHALLENGE"),
      schema<ChallengeAuth>("CHALLENGE_AUTH"),
      schema<GetMeasurements>("GET_MEASUREMENTS"),
      schema<Measurements>("MEASUREMENTS"),
      schema<MeasurementBlock>("MEASUREMENT_BLOCK"),
      schema<DmtfMeasurement>("DMTF_MEASUREMENT"),
      schema<DeviceMode>("DEVICE_MODE"),
      schema<KeyExchange>("KEY_EXCHANGE"),
      schema<KeyExchangeResponse>("KEY_EXCHANGE_RSP"),
      schema<Finish>("FINISH"),
      schema<FinishResponse>("FINISH_RSP"),
      schema<PskExchange>("PSK_EXCHANGE"),
      schema<PskExchangeResponse>("PSK_EXCHANGE_RSP"),
      schema<PskFinish>("PSK_FINISH"),
      schema<PskFinishResponse>("PSK_FINISH_RSP"),
      schema<Heartbeat>("HEARTBEAT"),
      schema<HeartbeatAck>("HEARTBEAT_ACK"),
      schema<KeyUpdate>("KEY_UPDATE"),
      schema<KeyUpdateAck>("KEY_UPDATE_ACK"),
      schema<EndSession>("END_SESSION"),
      schema<EndSessionAck>("END_SESSION_ACK"),
      schema<GetEncapsulatedRequest>("GET_ENCAPSULATED_REQUEST"),
      schema<EncapsulatedRequest>("ENCAPSULATED_REQUEST"),
      schema<DeliverEncapsulatedResponse>("DELIVER_ENCAPSULATED_RESPONSE"),
      schema<EncapsulatedResponseAck>("ENCAPSULATED_RESPONSE_ACK"),
      schema<ChunkSend>("CHUNK_SEND"),
      schema<ChunkSendAck>("CHUNK_SEND_ACK"),
      schema<ChunkGet>("CHUNK_GET"),
      schema<ChunkResponse>("CHUNK_RESPONSE"),
      schema<VendorDefinedRequest>("VENDOR_DEFINED_REQUEST"),
      schema<VendorDefinedResponse>("VENDOR_DEFINED_RESPONSE"),
      schema<Error>("ERROR"),
      schema<NotReady>("NOT_READY"),
      schema<RespondIfReady>("RESPOND_IF_READY"),
      schema<OpaqueData>("OPAQUE_DATA"),
      schema<OpaqueTable>("OPAQUE_TABLE"),
      schema<SupportedVersions>("SUPPORTED_VERSIONS"),
      schema<VersionSelection>("VERSION_SELECTION"),
      schema<SecuredRecord>("SECURED_RECORD"),
      schema<SecuredPlain>("SECURED_PLAIN"),
  };
  return kSchemas;
}

}  // namespace spdm
