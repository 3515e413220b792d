#include "platform/protocol/spdm/measurements.h"

#include <algorithm>

#include "devices/responder/state.h"

namespace responder {

bool Responder::State::measurements_negotiated() const {
  return connection.state >= ConnectionState::kNegotiated && algorithms().measurement_specification != 0 &&
         algorithms().measurement_hash != 0;
}

base::Bytes Responder::State::summary(std::uint8_t type) const {
  if (type == spdm::kSummaryNone) return {};
  const auto digest = spdm::measurement_digest_of(algorithms().measurement_hash);
  const auto blocks = type == spdm::kSummaryTcb ? firmware.tcb_blocks(digest) : firmware.blocks(digest, false);
  return spdm::measurement_summary(spdm::hash_of(algorithms()), blocks);
}

base::Bytes Responder::State::get_measurements(const Request& request) {
  base::Bytes no;
  const auto asked = decode<spdm::GetMeasurements>(request, no);
  if (!asked) return no;
  const spdm::GetMeasurements& message = asked->message;
  const std::uint8_t attributes = message.header.param1, index = message.header.param2;
  const bool raw = connection.version >= spdm::Version::k12 && (attributes & spdm::kRawBitStreamRequested) != 0;
  std::vector<spdm::MeasurementBlock> blocks =
      firmware.blocks(spdm::measurement_digest_of(algorithms().measurement_hash), raw);
  const std::size_t count = blocks.size();
  if (index == spdm::kMeasurementCount) blocks.clear();
  else if (index != spdm::kMeasurementAll)
    std::erase_if(blocks, [&](const auto& block) { return block.index != index; });

  const bool wants = message.wants_signature();
  const bool signs = (connection.capabilities & spdm::kCapMeasurementsMask) == spdm::kCapMeasurementsSigned;
  const std::uint8_t number = message.slot_id & spdm::kSlotMask;
  const identity::Slot* from = wants ? slot(number) : nullptr;
  const MeasurementCase c{wants, signs, index == spdm::kMeasurementCount || !blocks.empty()};
  if (auto refused = refusal<MeasurementCase>(kMeasurementRules, c, request.header.code)) return *refused;
  if (auto refused = refusal<SlotCase>(kSlotRules, {!wants || from != nullptr}, request.header.code)) return *refused;

  base::Bytes& log = request.session != nullptr ? request.session->log : connection.log;
  bool& changed = request.session != nullptr ? request.session->changed_in_log : connection.changed_in_log;
  if (log.empty()) changed = false;  // what changed before is not of this transcript
  spdm::Measurements response{.header = header(Code::kMeasurements)};
  if (index == spdm::kMeasurementCount) response.header.param1 = static_cast<std::uint8_t>(count);
  if (wants && connection.version >= spdm::Version::k11) response.header.param2 = number;
  if (wants && connection.version >= spdm::Version::k12)
    response.header.param2 |= changed ? spdm::kContentChangeDetected : spdm::kContentUnchanged;
  response.number_of_blocks = static_cast<std::uint8_t>(blocks.size());
  response.measurement_record = spdm::record_of(blocks);
  response.measurement_record_length = static_cast<std::uint32_t>(response.measurement_record.size());
  response.nonce = random<spdm::kNonceSize>("MEASUREMENTS nonce");
  response.requester_context = message.requester_context;
  base::Bytes reply = wire::encode(response);

  base::append(log, asked->raw);
  base::append(log, reply);
  if (!wants) return reply;
  const spdm::MeasurementsTranscript l1{connection.vca, log};
  base::append(reply, sign(spdm::Purpose::kMeasurements, l1.bytes(connection.version), *from));
  log.clear();
  return reply;
}

}  // namespace responder
