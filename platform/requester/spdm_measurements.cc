// GET_MEASUREMENTS: a block, all of them, or one after the other. One by one, a first pass finds out which indices have
// a block; the second pass reads those and has the last one signed. A single pass would not do: an ERROR for an index
// without a block makes the responder forget what the signature was to cover.
#include "platform/protocol/spdm/signing.h"
#include "platform/requester/spdm.h"
#include "platform/requester/spdm_evidence_rules.h"

namespace requester {
namespace {

constexpr std::uint8_t kIndexMax = 0xfe;

}  // namespace

base::Bytes Spdm::ask_measurements() {
  const Measure& goal = std::get<Measure>(goal_);
  using Pass = Measuring::Pass;
  measuring_.signs = goal.with_signature &&
                     (measuring_.pass == Pass::kOnly ||
                      (measuring_.pass == Pass::kCollect && measuring_.collected + 1 == measuring_.indices.size()));
  std::uint8_t attributes = measuring_.signs ? spdm::kSignatureRequested : 0;
  if (goal.raw && learned_.version >= spdm::Version::k12) attributes |= spdm::kRawBitStreamRequested;
  spdm::GetMeasurements message{.header = header(spdm::Code::kGetMeasurements, attributes, measuring_.index),
                                .slot_id = goal.slot};
  if (measuring_.signs) message.nonce = nonce_ = goal.nonce ? *goal.nonce : random_block<spdm::kNonceSize>();
  if (message.has_context()) message.requester_context = context_ = random_block<spdm::kRequesterContextSize>();
  return wire::encode(message);
}

Spdm::No Spdm::take_measurements(base::View response) {
  const Measure& goal = std::get<Measure>(goal_);
  spdm::Shape form = shape();
  form.signed_measurements = measuring_.signs;
  doe::Padded<spdm::Measurements> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::Measurements{.shape = form}, message)})) return no;
  const spdm::Measurements& found = message.message;

  const std::size_t signature = measuring_.signs ? form.signature : 0;
  base::append(measurements_log_, request_);
  base::append(measurements_log_, base::View(message.raw).first(message.raw.size() - signature));
  SignedEvidence evidence;
  if (measuring_.signs) {
    const spdm::MeasurementsTranscript transcript{.vca = learned_.vca, .log = measurements_log_};
    evidence = {.slot = goal.slot,
                .nonce = nonce_,
                .transcript = transcript.bytes(learned_.version),
                .signature = found.signature,
                .opaque_data = found.opaque_data};
  }

  auto blocks = spdm::blocks_of(found.measurement_record);
  const bool counts = measuring_.index == spdm::kMeasurementCount;
  const bool takes_all = measuring_.index == spdm::kMeasurementAll;
  MeasurementsCase c{.has_blocks = blocks && blocks->size() == found.number_of_blocks,
                     .of_index = true,
                     .of_slot = true,
                     .of_request = !found.has_context() || found.requester_context == context_,
                     .has_opaque_size = found.opaque_data.size() <= spdm::kOpaqueSizeMax,
                     .is_signed = true};
  if (c.has_blocks && counts) c.of_index = blocks->empty();
  if (c.has_blocks && !counts && !takes_all)
    c.of_index = blocks->size() == 1 && blocks->front().index == measuring_.index;
  if (measuring_.signs) {
    if (learned_.version >= spdm::Version::k11) c.of_slot = (found.header.param2 & spdm::kSlotMask) == goal.slot;
    c.is_signed = spdm::verify(learned_.algorithms, learned_.algorithms.base_asym, spdm::Purpose::kMeasurements,
                               evidence.transcript, learned_.slots[goal.slot]->public_key, found.signature);
  }
  if (auto no = refused(kMeasurementsRules, c)) return no;
  if (measuring_.signs) {
    measuring_.result.evidence = std::move(evidence);
    measuring_.result.content_changed = found.header.param2 & spdm::kContentChangeMask;
    measurements_log_.clear();
  }
  return take_measured(*std::move(blocks), found);
}

Spdm::No Spdm::take_measured(std::vector<spdm::MeasurementBlock> blocks, const spdm::Measurements& message) {
  using Pass = Measuring::Pass;
  const bool wants_signature = std::get<Measure>(goal_).with_signature;
  if (measuring_.pass == Pass::kCount) {
    measuring_.count = message.header.param1;
    if (measuring_.count != 0) return probe_next();
    if (wants_signature) {  // of nothing at all, then
      measuring_.pass = Pass::kOnly;
      begin(Step::kMeasurements);
      return std::nullopt;
    }
  }
  if (measuring_.pass == Pass::kProbe) {
    measuring_.indices.push_back(measuring_.index);
    if (measuring_.indices.size() < measuring_.count) {
      if (!wants_signature) measuring_.result.blocks.push_back(blocks.front());
      return probe_next();
    }
    if (wants_signature) {
      measuring_.pass = Pass::kCollect;
      measuring_.index = measuring_.indices.front();
      begin(Step::kMeasurements);
      return std::nullopt;
    }
  }
  for (spdm::MeasurementBlock& block : blocks) measuring_.result.blocks.push_back(std::move(block));
  if (measuring_.pass == Pass::kCollect && ++measuring_.collected < measuring_.indices.size()) {
    measuring_.index = measuring_.indices[measuring_.collected];
    begin(Step::kMeasurements);
    return std::nullopt;
  }
  measuring_.result.in_session = in_session();
  if (!wants_signature)
    measuring_.result.transcript =
        spdm::MeasurementsTranscript{.vca = learned_.vca, .log = measurements_log_}.bytes(learned_.version);
  learned_.measurements = std::move(measuring_.result);
  return std::nullopt;
}

bool Spdm::may_lack_index(spdm::ErrorCode code) const {
  return step_ == Step::kMeasurements && measuring_.pass == Measuring::Pass::kProbe &&
         code == spdm::ErrorCode::kInvalidRequest;
}

Spdm::No Spdm::probe_next() {
  measuring_.pass = Measuring::Pass::kProbe;
  if (auto no = refused<ProbeCase>(kProbeRules, {.found_all = measuring_.index < kIndexMax})) return no;
  ++measuring_.index;
  begin(Step::kMeasurements);
  return std::nullopt;
}

}  // namespace requester
