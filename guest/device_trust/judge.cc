#include "guest/device_trust/judge.h"

#include "guest/device_trust/chain_rules.h"
#include "guest/device_trust/interface_rules.h"
#include "guest/device_trust/measurement_rules.h"
#include "guest/device_trust/nonces.h"
#include "guest/device_trust/proof_rules.h"

namespace device_trust {
namespace {

// How many rows hold, or are lifted, before one does not.
std::size_t rows_passed(const ChainCase& c, const trust::Defences& defences) {
  std::size_t passed = 0;
  for (const auto& rule : kChainRules) {
    if (!defences.lifted(rule.defence) && !rule.holds(c)) break;
    if (!c.well_formed) break;  // the rules behind the first look into certificates
    ++passed;
  }
  return passed;
}

// The first slot that verifies; without one, the first of those that came furthest, whose refusal tells most.
std::uint8_t best_slot(const DeviceEvidence& evidence, const Question& question, const Policy& policy,
                       const Negotiated& negotiated, const trust::Defences& defences) {
  std::uint8_t best = 0;
  std::size_t furthest = 0;
  for (std::uint8_t slot = 0; slot < spdm::kSlotCount && furthest < std::size(kChainRules); ++slot) {
    const ChainCase c = chain_case(evidence, slot, negotiated, policy.chain, question.seen, question.now);
    const std::size_t passed = rows_passed(c, defences);
    if (passed <= furthest) continue;
    furthest = passed;
    best = slot;
  }
  return best;
}

struct Judgement {
  const DeviceEvidence& evidence;
  const Question& question;
  const Policy& policy;
  trust::Defences& defences;
  std::string_view at;
  Decision decision{};

  template <std::size_t kRows>
  bool passes(const trust::Rule<DeviceCase> (&rules)[kRows], const DeviceCase& c) {
    decision.refusal = defences.first_refusal<DeviceCase>(rules, c, at);
    return !decision.refusal;
  }

  bool chain_passes(DeviceCase& c) {
    c.slot = best_slot(evidence, question, policy, c.negotiated, defences);
    const ChainCase chain = chain_case(evidence, c.slot, c.negotiated, policy.chain, question.seen, question.now);
    decision.refusal = defences.first_refusal<ChainCase>(kChainRules, chain, at);
    if (decision.refusal) return false;
    c.chain = evidence.slots[c.slot].chain;
    c.leaf_key = chain.leaf().public_key();
    c.identity_key = identity_key_of(chain);
    return true;
  }

  void run() {
    DeviceCase c{.evidence = evidence, .question = question, .policy = policy};
    if (!passes(kPresenceRules, c)) return;
    if (evidence.vca.empty()) {
      decision.trust = Trust::kUnauthenticated;
      return;
    }
    c.negotiated = negotiated_of(evidence.vca);
    if (!passes(kNegotiationRules, c) || !chain_passes(c)) return;
    decision.slot = c.slot;
    c.proof = proof_of(evidence, c.negotiated);
    c.measured = measured_of(evidence, c.negotiated);
    if (auto report = wire::decode<tdisp::InterfaceReport>(evidence.report)) c.report = *std::move(report);
    if (!passes(kProofRules, c) || !passes(kMeasurementRules, c) || !passes(kAgainRules, c) ||
        !passes(kInterfaceRules, c))
      return;
    decision.trust = c.report ? Trust::kInterface : Trust::kAuthenticated;
    decision.remembered = {.identity_key = c.identity_key,
                           .leaf_key = c.leaf_key,
                           .identity = question.seen.identity,
                           .measurements = c.measured.blocks};
  }
};

}  // namespace

Decision judge(const DeviceEvidence& evidence, const Question& question, const Policy& policy,
               trust::Defences& defences, std::string_view at) {
  Judgement judgement{evidence, question, policy, defences, at};
  judgement.run();
  Decision& decision = judgement.decision;
  decision.evidence_digest = digest_of(evidence);
  if (!decision.accepted()) decision.teardown = teardown_of(question.held);
  return decision;
}

std::optional<std::uint8_t> choose_slot(const DeviceEvidence& evidence, const Question& question, const Policy& policy,
                                        const trust::Defences& defences) {
  const Negotiated negotiated = negotiated_of(evidence.vca);
  const std::uint8_t best = best_slot(evidence, question, policy, negotiated, defences);
  const ChainCase c = chain_case(evidence, best, negotiated, policy.chain, question.seen, question.now);
  if (rows_passed(c, defences) < std::size(kChainRules)) return std::nullopt;
  return best;
}

std::string_view name_of(Teardown step) {
  switch (step) {
    case Teardown::kQuiesceDriver: return "quiesce driver";
    case Teardown::kDisableDma: return "disable DMA";
    case Teardown::kUnmapMmio: return "unmap MMIO";
    case Teardown::kScrubBuffers: return "scrub buffers";
    case Teardown::kStopInterface: return "stop interface";
    case Teardown::kStopStreams: return "stop streams";
    case Teardown::kEndSession: return "end session";
    case Teardown::kForgetKeys: return "forget keys";
  }
  return "?";
}

std::vector<Teardown> teardown_of(const Held& held) {
  std::vector<Teardown> steps;
  auto add = [&](bool needed, Teardown step) {
    if (needed) steps.push_back(step);
  };
  add(held.started || held.mmio_mapped || held.dma_enabled, Teardown::kQuiesceDriver);
  add(held.dma_enabled, Teardown::kDisableDma);
  add(held.mmio_mapped, Teardown::kUnmapMmio);
  add(held.dma_enabled, Teardown::kScrubBuffers);
  // From here on messages have to reach the device. Keys are forgotten whether they do or not.
  add(held.locked || held.started, Teardown::kStopInterface);
  add(held.streams_keyed, Teardown::kStopStreams);
  add(held.session, Teardown::kEndSession);
  add(held.session || held.streams_keyed, Teardown::kForgetKeys);
  return steps;
}

void collect_device_defences(std::vector<const trust::Defence*>& into) {
  trust::collect<ChainCase>(into, kChainRules);
  trust::collect<DeviceCase>(into, kPresenceRules);
  trust::collect<DeviceCase>(into, kNegotiationRules);
  trust::collect<DeviceCase>(into, kProofRules);
  trust::collect<DeviceCase>(into, kMeasurementRules);
  trust::collect<DeviceCase>(into, kAgainRules);
  trust::collect<DeviceCase>(into, kInterfaceRules);
  collect_nonce_defences(into);
}

}  // namespace device_trust
