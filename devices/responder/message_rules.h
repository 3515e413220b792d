#pragma once
// What the responder refuses of single messages. Row by row: clause, promise, and the ERROR given.
#include <algorithm>

#include "devices/responder/rules.h"
#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/chunk.h"
#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/measurements.h"
#include "platform/protocol/spdm/session_control.h"

namespace responder {

// Most of what follows is asked for by the specification and needed by no attack.
constexpr trust::Defence conformance(std::string_view id, std::string_view clause, std::string_view promise) {
  return {id, clause, promise, trust::Act::kRefuse, trust::Kind::kConformance};
}

// ---- every message --------------------------------------------------------------------------------------------------

struct FormCase {
  bool well_formed;
};
inline constexpr MessageRule<FormCase> kFormRules[] = {
    {conformance("spdm.request.form", "DSP0274 1.3, 10.12", "A request has the fields and lengths of its kind."),
     [](const FormCase& c) { return c.well_formed; }, ErrorCode::kInvalidRequest},
};

inline constexpr MessageRule<FormCase> kReadyRules[] = {
    {conformance("spdm.respond-if-ready.token", "DSP0274 1.3, 10.13", "An answer goes to whom it was put off for."),
     [](const FormCase& c) { return c.well_formed; }, ErrorCode::kInvalidRequest},
};

// ---- NEGOTIATE_ALGORITHMS -------------------------------------------------------------------------------------------

struct NegotiateCase {
  const spdm::NegotiateAlgorithms& request;
  const spdm::Algorithms& chosen;
  bool measurements;  // offered by us
  bool sessions;      // both sides can open one
  bool certificates;

  std::size_t external() const {
    std::size_t n = request.ext_asym.size() + request.ext_hash.size();
    for (const auto& table : request.tables) n += table.external_count();
    return n;
  }
  bool tables_ascend() const {
    for (std::size_t i = 0; i < request.tables.size(); ++i) {
      const spdm::AlgorithmTable& t = request.tables[i];
      if (t.type < spdm::TableType::kDhe || t.type > spdm::TableType::kKeySchedule) return false;
      if (t.fixed_size() != 2 || t.supported == 0) return false;
      if (i > 0 && t.type <= request.tables[i - 1].type) return false;
    }
    return true;
  }
};
inline constexpr std::size_t kExternalAlgorithmsMax = 20;    // 1.1 and later
inline constexpr std::size_t kExternalAlgorithmsMax10 = 16;
inline constexpr std::uint16_t kNegotiateLengthMax = 128;
inline constexpr std::uint16_t kNegotiateLengthMax10 = 64;
inline constexpr MessageRule<NegotiateCase> kNegotiateRules[] = {
    {conformance("spdm.algorithms.length", "DSP0274 1.3, 10.5", "The length told is the length of the lists."),
     [](const NegotiateCase& c) { return c.request.length == spdm::length_of(c.request); },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.algorithms.size", "DSP0274 1.3, 10.5", "The lists keep within the sizes of the version."),
     [](const NegotiateCase& c) {
       const bool later = c.request.header.version >= spdm::Version::k11;
       return c.external() <= (later ? kExternalAlgorithmsMax : kExternalAlgorithmsMax10) &&
              c.request.length <= (later ? kNegotiateLengthMax : kNegotiateLengthMax10);
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.algorithms.tables", "DSP0274 1.3, 10.5", "The tables are known, not empty, and ascend."),
     [](const NegotiateCase& c) { return c.tables_ascend(); }, ErrorCode::kInvalidRequest},
    {conformance("spdm.algorithms.common", "DSP0274 1.3, 10.5",
                 "A connection has a hash, and signatures, that both sides know."),
     [](const NegotiateCase& c) {
       return (!(c.certificates || c.sessions) || c.chosen.base_hash != 0) &&
              (!c.certificates || c.chosen.base_asym != 0);
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.algorithms.measurements", "DSP0274 1.3, 10.5", "Measurements asked for are of a known form."),
     [](const NegotiateCase& c) {
       return !c.measurements || c.request.measurement_specification == 0 || c.chosen.measurement_specification != 0;
     },
     ErrorCode::kInvalidRequest},
};

// ---- certificates, CHALLENGE, GET_MEASUREMENTS ----------------------------------------------------------------------

struct SlotCase {
  bool provisioned;
  std::size_t offset = 0;
  std::size_t size = 1;
};
inline constexpr MessageRule<SlotCase> kSlotRules[] = {
    {conformance("spdm.slot.provisioned", "DSP0274 1.3, 10.7", "A slot that is asked for holds a chain."),
     [](const SlotCase& c) { return c.provisioned; }, ErrorCode::kInvalidRequest},
    {conformance("spdm.certificate.offset", "DSP0274 1.3, 10.7", "A portion begins inside the chain."),
     [](const SlotCase& c) { return c.offset < c.size; }, ErrorCode::kInvalidRequest},
};

struct SummaryCase {
  std::uint8_t type;
  bool measurements;  // there and agreed on
};
inline constexpr MessageRule<SummaryCase> kSummaryRules[] = {
    {conformance("spdm.summary.type", "DSP0274 1.3, 10.8", "A summary of measurements is of a known kind and exists."),
     [](const SummaryCase& c) {
       return c.type == spdm::kSummaryNone ||
              (c.measurements && (c.type == spdm::kSummaryTcb || c.type == spdm::kSummaryAll));
     },
     ErrorCode::kInvalidRequest},
};

struct MeasurementCase {
  bool signature_asked;
  bool signs;
  bool index_exists;
};
inline constexpr MessageRule<MeasurementCase> kMeasurementRules[] = {
    {conformance("spdm.measurements.signer", "DSP0274 1.3, 10.11", "A signature is asked of one who signs."),
     [](const MeasurementCase& c) { return !c.signature_asked || c.signs; }, ErrorCode::kInvalidRequest},
    {conformance("spdm.measurements.index", "DSP0274 1.3, 10.11", "A measurement asked for exists."),
     [](const MeasurementCase& c) { return c.index_exists; }, ErrorCode::kInvalidRequest},
};

// ---- opening a session ----------------------------------------------------------------------------------------------

struct OpeningCase {
  const spdm::Algorithms& algorithms;
  std::uint32_t capabilities;  // of both
  bool algorithms_computable;
  std::uint8_t policy;
  std::size_t sessions;
  std::size_t sessions_max;
  bool secured_version_common;
};
inline constexpr MessageRule<OpeningCase> kOpeningRules[] = {
    {conformance("spdm.session.protection", "DSP0277 1.2, 5", "Sessions encrypt and authenticate."),
     [](const OpeningCase& c) {
       constexpr std::uint32_t kBoth = spdm::kCapEncrypt | spdm::kCapMac;
       return (c.capabilities & kBoth) == kBoth;
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.session.opaque-format", "DSP0274 1.3, 10.14", "Sessions open with opaque data of format 1."),
     [](const OpeningCase& c) {
       return c.algorithms.version < spdm::Version::k12 || (c.algorithms.other_params & spdm::kOpaqueFormat1) != 0;
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.session.algorithms", "DSP0274 1.3, 10.5", "A session's algorithms were agreed on."),
     [](const OpeningCase& c) { return c.algorithms_computable; }, ErrorCode::kInvalidRequest},
    {conformance("spdm.session.policy", "DSP0274 1.3, 10.14", "A session's policy asks for nothing that we lack."),
     [](const OpeningCase& c) {
       return c.algorithms.version < spdm::Version::k13 || (c.policy & spdm::kSubscribeAllEvents) == 0;
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.session.secured-version", "DSP0277 1.2, 6", "Both sides know one version of secured messages."),
     [](const OpeningCase& c) { return c.secured_version_common; }, ErrorCode::kInvalidRequest},
    {conformance("spdm.session.limit", "DSP0274 1.3, 10.14", "There are no more sessions than there is room for."),
     [](const OpeningCase& c) { return c.sessions < c.sessions_max; }, ErrorCode::kSessionLimitExceeded},
};

// Not of a request: what befalls sessions when other firmware runs.
inline constexpr trust::Defence kEndsWithFirmware{
    "spdm.session.update", "DSP0274 1.3, 10.14",
    "A session whose requester did not allow for other firmware ends when such runs.", trust::Act::kDetect};

struct MutualCase {
  bool wanted;
  bool possible;
};
inline constexpr MessageRule<MutualCase> kMutualRules[] = {
    {conformance("spdm.key-exchange.mutual", "DSP0274 1.3, 10.14",
                 "A requester that cannot authenticate itself opens no session where that is asked."),
     [](const MutualCase& c) { return !c.wanted || c.possible; }, ErrorCode::kInvalidPolicy},
};

struct HintCase {
  bool known;
};
inline constexpr MessageRule<HintCase> kHintRules[] = {
    {conformance("spdm.psk-exchange.hint", "DSP0274 1.3, 10.16", "A hint names a key that both sides hold."),
     [](const HintCase& c) { return c.known; }, ErrorCode::kUnspecified},
};

// ---- finishing it ---------------------------------------------------------------------------------------------------

struct FinishKindCase {
  bool message_is_psk;
  bool session_is_psk;
  bool handshake_open;
};
inline constexpr MessageRule<FinishKindCase> kFinishKindRules[] = {
    {conformance("spdm.session.handshake", "DSP0274 1.3, 10.15", "A handshake is finished once, and was begun."),
     [](const FinishKindCase& c) { return c.handshake_open; }, ErrorCode::kUnexpectedRequest},
    {{"spdm.finish.kind", "DSP0274 1.3, 10.15 and 10.17",
      "A session is finished by the message of the exchange that opened it.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const FinishKindCase& c) { return c.message_is_psk == c.session_is_psk; },
     ErrorCode::kUnexpectedRequest},
};

struct FinishCase {
  bool mutual;
  bool signature_included;
  bool slot_agreed;
  bool chain_trusted;    // the requester's, received whole
  bool signature_fits;
  bool verify_data_fits;
};
inline constexpr MessageRule<FinishCase> kFinishRules[] = {
    {{"spdm.finish.signed", "DSP0274 1.3, 10.15",
      "Where a requester has to authenticate itself, no session is finished without its signature.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const FinishCase& c) { return !c.mutual || c.signature_included; },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.finish.unasked", "DSP0274 1.3, 10.15", "A signature stands where it was asked for."),
     [](const FinishCase& c) { return c.mutual || !c.signature_included; }, ErrorCode::kInvalidRequest},
    {conformance("spdm.finish.slot", "DSP0274 1.3, 10.15", "The requester signs with the slot that was agreed on."),
     [](const FinishCase& c) { return !c.signature_included || c.slot_agreed; }, ErrorCode::kInvalidRequest},
    {{"spdm.finish.requester-chain", "DSP0274 1.3, 10.7",
      "A requester that authenticates itself has a chain that begins at a root that the device knows.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const FinishCase& c) { return !c.signature_included || c.chain_trusted; },
     ErrorCode::kDecryptError},
    {{"spdm.finish.signature", "DSP0274 1.3, 10.15",
      "A requester that authenticates itself signed this handshake with its certified key.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const FinishCase& c) { return !c.signature_included || c.signature_fits; },
     ErrorCode::kDecryptError},
    {conformance("spdm.finish.verify-data", "DSP0274 1.3, 10.15",
                 "Who finishes a handshake knows its secrets and saw the same messages."),
     [](const FinishCase& c) { return c.verify_data_fits; }, ErrorCode::kDecryptError},
};

struct VerifyCase {
  bool fits;
};
inline constexpr MessageRule<VerifyCase> kPskFinishRules[] = {
    {conformance("spdm.psk-finish.verify-data", "DSP0274 1.3, 10.17",
                 "Who finishes a handshake knows its secrets and saw the same messages."),
     [](const VerifyCase& c) { return c.fits; }, ErrorCode::kDecryptError},
};

// ---- in a session ---------------------------------------------------------------------------------------------------

struct RecordCase {
  bool opens;   // at the sequence number expected
  bool was_in;  // at one that has been
};
// The answer to a record that is refused is always DecryptError.
inline constexpr MessageRule<RecordCase> kRecordRules[] = {
    {{"spdm.session.sequence", "DSP0277 1.2, 7", "A record of a session is taken once, and in its order."},
     [](const RecordCase& c) { return c.opens || !c.was_in; },
     ErrorCode::kDecryptError},
    {{"spdm.record.tag", "DSP0277 1.2, 7", "A record is taken only as the other side of its session sealed it."},
     [](const RecordCase& c) { return c.opens || c.was_in; },
     ErrorCode::kDecryptError},
};

struct KeyUpdateCase {
  spdm::KeyOperation operation;
  bool pending;  // an update waits to be verified
};
inline constexpr MessageRule<KeyUpdateCase> kKeyUpdateRules[] = {
    {conformance("spdm.key-update.operation", "DSP0274 1.3, 10.19",
                 "Keys are updated and then verified, one update at a time."),
     [](const KeyUpdateCase& c) {
       using enum spdm::KeyOperation;
       return c.operation == kVerifyNewKey ? c.pending
                                           : !c.pending && (c.operation == kUpdateKey || c.operation == kUpdateAllKeys);
     },
     ErrorCode::kInvalidRequest},
};

struct HeartbeatCase {
  std::uint8_t period;
};
inline constexpr MessageRule<HeartbeatCase> kHeartbeatRules[] = {
    {conformance("spdm.heartbeat.period", "DSP0274 1.3, 10.18", "A heartbeat is heard where one was agreed on."),
     [](const HeartbeatCase& c) { return c.period != 0; }, ErrorCode::kUnexpectedRequest},
};

struct VendorCase {
  bool is_pci;
  Place place;
};
inline constexpr MessageRule<VendorCase> kVendorRules[] = {
    {{"spdm.vendor-defined.session", "PCIe 6.1, 6.33.3 and 11.2",
      "Keys of links and states of interfaces are managed in a session alone."},
     [](const VendorCase& c) { return !c.is_pci || c.place != Place::kClear; },
     ErrorCode::kUnexpectedRequest},
};

// ---- several messages as one ----------------------------------------------------------------------------------------

struct PendingCase {
  bool busy;  // something unfinished that this request does not belong to
};
inline constexpr MessageRule<PendingCase> kChunkingRules[] = {
    {conformance("spdm.chunk.uninterrupted", "DSP0274 1.3, 10.27", "Nothing comes between the pieces of a message."),
     [](const PendingCase& c) { return !c.busy; }, ErrorCode::kUnexpectedRequest},
};
struct ChunkCase {
  bool handle_fits;
  bool number_fits;
  bool whole_fits;
  bool piece_fits;
};
inline constexpr MessageRule<ChunkCase> kChunkRules[] = {
    {conformance("spdm.chunk.handle", "DSP0274 1.3, 10.27", "Pieces of one message have one handle."),
     [](const ChunkCase& c) { return c.handle_fits; }, ErrorCode::kInvalidRequest},
    {conformance("spdm.chunk.number", "DSP0274 1.3, 10.27", "Pieces come in their order, from number 0."),
     [](const ChunkCase& c) { return c.number_fits; }, ErrorCode::kInvalidRequest},
    {conformance("spdm.chunk.whole", "DSP0274 1.3, 10.27", "The whole is larger than one transfer may be small."),
     [](const ChunkCase& c) { return c.whole_fits; }, ErrorCode::kInvalidRequest},
    {conformance("spdm.chunk.piece", "DSP0274 1.3, 10.27", "Pieces fit a transfer and, together, the whole."),
     [](const ChunkCase& c) { return c.piece_fits; }, ErrorCode::kInvalidRequest},
};
inline constexpr MessageRule<FormCase> kChunkGetRules[] = {
    {conformance("spdm.chunk.pending", "DSP0274 1.3, 10.27", "Pieces are fetched of a message that waits."),
     [](const FormCase& c) { return c.well_formed; }, ErrorCode::kUnexpectedRequest},
};

struct FlowCase {
  bool pending;
  bool identified = true;
  bool answered = true;  // with the response that the encapsulated request has
};
inline constexpr MessageRule<FlowCase> kFlowRules[] = {
    {conformance("spdm.encapsulated.pending", "DSP0274 1.3, 10.20", "An encapsulated request is fetched if one waits."),
     [](const FlowCase& c) { return c.pending; }, ErrorCode::kNoPendingRequests},
    {conformance("spdm.encapsulated.id", "DSP0274 1.3, 10.21", "An encapsulated response names its request."),
     [](const FlowCase& c) { return c.identified; }, ErrorCode::kInvalidRequest},
    {conformance("spdm.encapsulated.response", "DSP0274 1.3, 10.21", "An encapsulated request is answered."),
     [](const FlowCase& c) { return c.answered; }, ErrorCode::kInvalidResponseCode},
};

inline constexpr MessageRule<PendingCase> kEncapsulatedRules[] = {
    {conformance("spdm.encapsulated.uninterrupted", "DSP0274 1.3, 10.20",
                 "Nothing comes between the encapsulated messages of one flow."),
     [](const PendingCase& c) { return !c.busy; }, ErrorCode::kRequestInFlight},
};

}  // namespace responder
