// Which goals an SPDM requester may be given, and where each begins.
#include "platform/requester/spdm.h"
#include "platform/requester/spdm_rules.h"

namespace requester {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;  // clang 14 does not find it by itself

bool needs_summary(std::uint8_t summary) { return summary != spdm::kSummaryNone; }

}  // namespace

Spdm::No Spdm::may_start(const Goal& goal) {
  const auto has = [&](std::uint32_t mask) { return (learned_.capabilities & mask) != 0; };
  const auto has_chain = [&](std::uint8_t slot) {
    return slot < spdm::kSlotCount && learned_.slots[slot] && !learned_.slots[slot]->public_key.empty();
  };
  const bool outside = connected_ && !in_session();
  const bool inside = connected_ && in_session();
  const bool seals = both_can(spdm::kCapEncrypt) && both_can(spdm::kCapMac) && learned_.algorithms.aead != 0 &&
                     learned_.algorithms.key_schedule != 0;
  const bool measures = has(spdm::kCapMeasurementsMask);

  StartCase c =
      std::visit(Overloaded{
                     [](const Connect&) {
                       return StartCase{true, true, true, true};
                     },
                     [&](const ReadCertificates&) {
                       return StartCase{connected_, has(spdm::kCapCert), true, true};
                     },
                     [&](const Challenge& g) {
                       return StartCase{outside, has(spdm::kCapChallenge) && (measures || !needs_summary(g.summary)),
                                        has_chain(g.slot), true};
                     },
                     [&](const Measure& g) {
                       const bool can = g.with_signature ? has(spdm::kCapMeasurementsSigned) : measures;
                       return StartCase{connected_, can, !g.with_signature || has_chain(g.slot), true};
                     },
                     [&](const OpenSession& g) {
                       const bool can = both_can(spdm::kCapKeyExchange) && seals && learned_.algorithms.dhe != 0 &&
                                        (measures || !needs_summary(g.summary));
                       return StartCase{outside, can, has_chain(g.slot), true};
                     },
                     [&](const OpenPskSession& g) {
                       const bool can = has(spdm::kCapPskMask) && (learned_.own_capabilities & spdm::kCapPsk) != 0 &&
                                        seals && (measures || !needs_summary(g.summary));
                       return StartCase{outside, can, true, true};
                     },
                     [&](const SendHeartbeat&) {
                       return StartCase{inside, both_can(spdm::kCapHeartbeat), true, true};
                     },
                     [&](const UpdateKeys&) {
                       return StartCase{inside, both_can(spdm::kCapKeyUpdate), true, true};
                     },
                     [&](const CloseSession&) {
                       return StartCase{inside, true, true, true};
                     },
                     [&](const SendVendorDefined&) {
                       return StartCase{inside, true, true, true};
                     },
                 },
                 goal);
  // New keys and the end are what a requester without records left still may ask for.
  const bool renews = std::holds_alternative<UpdateKeys>(goal) || std::holds_alternative<CloseSession>(goal);
  c.has_records_left = renews || !in_session() || std::holds_alternative<Connect>(goal) ||
                       session_.request.sequence < settings_.limits.records_max;
  return refused(kStartRules, c);
}

trust::Result<> Spdm::start(const Goal& goal) {
  end();
  if (session_.phase == Session::Phase::kHandshake) session_ = {};
  if (auto no = may_start(goal)) return *no;
  goal_ = goal;
  std::visit(Overloaded{
                 [&](const Connect&) {
                   learned_ = {};
                   session_ = {};
                   connected_ = authenticated_ = false;
                   certificates_log_.clear();
                   begin(Step::kVersion);
                 },
                 [&](const ReadCertificates&) { begin(Step::kDigests); },
                 [&](const Challenge&) { begin(Step::kChallenge); },
                 [&](const Measure& g) {
                   measuring_ = {};
                   const bool one_by_one = g.how == Measure::How::kOneByOne;
                   measuring_.pass = one_by_one ? Measuring::Pass::kCount : Measuring::Pass::kOnly;
                   measuring_.index = one_by_one ? spdm::kMeasurementCount : g.index;
                   begin(Step::kMeasurements);
                 },
                 [&](const OpenSession&) { begin(Step::kKeyExchange); },
                 [&](const OpenPskSession&) { begin(Step::kPskExchange); },
                 [&](const SendHeartbeat&) { begin(Step::kHeartbeat); },
                 [&](const UpdateKeys&) { begin(Step::kKeyUpdate); },
                 [&](const CloseSession&) { begin(Step::kEndSession); },
                 [&](const SendVendorDefined&) { begin(Step::kVendorDefined); },
             },
             goal);
  return trust::ok();
}

}  // namespace requester
