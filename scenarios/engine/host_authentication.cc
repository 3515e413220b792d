// A host kernel with native control of CMA: it authenticates a device for itself as it enumerates it, and hands on no device that
// fails. Its judgement protects nobody but itself: a guest that trusts it trusts the host.
#include "guest/device_trust/judge.h"
#include "platform/crypto/calendar_time.h"
#include "platform/requester/doe.h"
#include "platform/requester/spdm.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/device_image.h"

namespace engine {

bool DeviceBay::authenticate_for_host() {
  trust::Defences own;  // what the host refuses is nobody's defence
  sim::Random random(world_.run.seed, "host.cma");
  requester::Spdm spdm({}, [&](std::span<std::uint8_t> out) { random.fill(out); }, own, "vmm");
  const auto carry = [this](const requester::Message& message) -> std::optional<requester::Message> {
    const auto asked = requester::doe_wrap(message);
    keep(asked);
    const auto object = through_mailbox(asked);
    if (object) keep(*object);
    return object ? requester::doe_unwrap(*object) : std::nullopt;
  };
  handed_on_ = false;
  for (const requester::Goal& goal : {requester::Goal{requester::Connect{}}, requester::Goal{requester::ReadCertificates{.slots = 1}},
                                      requester::Goal{requester::Challenge{}}})
    if (!spdm.run(goal, carry)) return false;
  const auto& learned = spdm.learned();
  const auto& proof = learned.challenge->evidence;
  device_trust::DeviceEvidence evidence{.vca = learned.vca};
  evidence.slots[0] = {.model = learned.slots[0]->model, .chain_size = 0, .chain = learned.slots[0]->chain};
  evidence.proof = {.kind = device_trust::ProofKind::kChallenge, .transcript_size = static_cast<std::uint32_t>(proof.transcript.size()),
                    .transcript = proof.transcript, .signature_size = static_cast<std::uint16_t>(proof.signature.size()),
                    .signature = proof.signature};
  device_trust::Policy policy;
  policy.chain.keyring = device_policy(settings_.kind, false, world_.run.seed, world_.library).chain.keyring;
  policy.measurements.require = false;
  policy.interface.require_report = false;
  const auto dword = [&](unsigned offset) { return root_.config_read(place_.card, offset, 4); };
  device_trust::Seen seen;
  seen.identity = {.vendor_id = static_cast<std::uint16_t>(dword(0)), .device_id = static_cast<std::uint16_t>(dword(0) >> 16),
                   .class_code = dword(8) >> 8, .revision = static_cast<std::uint8_t>(dword(8)), .subsystem = {}, .serial_number = {}};
  seen.identity.subsystem = {static_cast<std::uint16_t>(dword(0x2c)), static_cast<std::uint16_t>(dword(0x2c) >> 16)};
  const device_trust::Question question{.seen = seen, .asked = {.proof = proof.nonce}, .now = crypto::calendar_time(2026, 1, 15)};
  const auto decision = device_trust::judge(evidence, question, policy, own, "vmm");
  handed_on_ = decision.accepted();
  const std::string why = decision.refusal ? ": " + std::string(decision.refusal->by->promise) : "";
  world_.record.say("vmm", (handed_on_ ? "authenticates " : "does not hand on ") + settings_.device + why);
  return handed_on_;
}

}  // namespace engine
