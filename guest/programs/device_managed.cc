// A guest whose platform firmware speaks to the device: it asks for the binding, judges what firmware found, of which it has digests
// that the host cannot touch, and has firmware open memory and DMA.
#include "guest/device_trust/evidence.h"
#include "guest/programs/device_look.h"
#include "guest/programs/device_taking.h"
#include "platform/crypto/calendar_time.h"
#include "platform/protocol/tio/evidence.h"
#include "platform/protocol/tio/managed.h"

namespace programs {

namespace {

constexpr std::uint16_t kLockFlags = tdisp::kLockNoFwUpdate;

using device_trust::ProofKind;

class ManagedTaking final : public Taking {
 public:
  ManagedTaking(abi::Guest& guest, Wanted wanted, trust::Defences& defences)
      : guest_(guest), device_(wanted.device), policy_(std::move(wanted.policy)), defences_(defences), function_(wanted.function) {
    // Who holds the leaf's key is what the firmware asked, with a nonce of its own.
    policy_.require_own_proof = false;
    policy_.interface.require_tsm_digests = true;
  }

  bool take(const std::optional<device_trust::Remembered>& before) override {
    const auto seen = look(guest_, device_, function_);
    if (!ask(tio::ManagedCall::kBind)) return false;
    guest_.moment("locked");
    const auto told = ask(tio::ManagedCall::kInfo);
    const auto info = told ? wire::decode<tio::InterfaceInfo>(*told) : wire::Decoded<tio::InterfaceInfo>(wire::Error{});
    if (!info) return false;
    if (!guest_.defend("guest.tdi.lock-flags", info->lock_flags == kLockFlags)) return false;
    if (!guest_.defend("guest.tdi.fresh", info->measured && info->fresh)) return false;
    const auto evidence = read_evidence();
    guest_.moment("reported");
    device_trust::Question question{.seen = seen, .asked = {.lock_flags = kLockFlags},
                                    .tsm = device_trust::TsmDigests{.certificates = info->certificates,
                                                                    .measurements = info->measurements,
                                                                    .report = info->report},
                                    .before = before, .now = crypto::calendar_time(2026, 1, 15)};
    const auto decision = device_trust::judge(evidence, question, policy_, defences_, "guest");
    if (decision.trust != device_trust::Trust::kInterface) return false;
    guest_.moment("judged");
    remembered_ = decision.remembered;
    if (!ask(tio::ManagedCall::kRun)) return false;
    guest_.moment("started");
    if (!validate(evidence.report)) return false;
    guest_.moment("bound");
    if (!lent()) return false;
    guest_.device_accept(device_, kLockFlags);
    return true;
  }
  // All of the guest's private memory is the device's to reach from the start.
  bool lend(std::uint64_t, std::uint64_t, bool) override { return true; }
  bool lent() override { return ask(tio::ManagedCall::kEnableDma).has_value(); }
  bool new_keys() override { return false; }  // firmware's affair, at the host's request
  bool give_back() override {
    (void)ask(tio::ManagedCall::kDisableDma);
    return ask(tio::ManagedCall::kUnbind).has_value();
  }
  void let_go() override { (void)give_back(); }

 private:
  std::optional<base::Bytes> ask(tio::ManagedCall call, base::View in = {}) {
    return guest_.tdi_call(device_, static_cast<std::uint32_t>(call), in);
  }
  base::Bytes part(tio::EvidencePart which) {
    return guest_.device_evidence(device_, static_cast<std::uint32_t>(which)).value_or(base::Bytes{});
  }
  device_trust::SignedEvidence signed_part(tio::EvidencePart which, ProofKind kind, bool in_session) {
    const auto read = wire::decode<tio::SignedPart>(part(which));
    if (!read) return {};
    return {.kind = kind, .in_session = static_cast<std::uint8_t>(in_session), .transcript_size = read->transcript_size,
            .transcript = read->transcript, .signature_size = static_cast<std::uint16_t>(read->signature.size()), .signature = read->signature};
  }
  device_trust::DeviceEvidence read_evidence() {
    device_trust::DeviceEvidence out;
    out.vca = part(tio::EvidencePart::kNegotiation);
    out.slots[0] = {.model = {}, .chain_size = 0, .chain = part(tio::EvidencePart::kCertificates)};
    out.proof = signed_part(tio::EvidencePart::kKeyExchange, ProofKind::kKeyExchange, false);
    out.measurements = signed_part(tio::EvidencePart::kMeasurements, ProofKind::kMeasurements, true);
    out.interface = function_;
    out.state = tdisp::State::kConfigLocked;  // what bound means
    out.report_in_session = 1;
    out.report = part(tio::EvidencePart::kReport);
    return out;
  }
  // Every range that is private by the report the guest just judged.
  bool validate(base::View report) {
    const auto decoded = wire::decode<tdisp::InterfaceReport>(report);
    if (!decoded) return false;
    for (const auto& range : decoded->mmio_ranges) {
      const tio::MmioRange same{.first_page = range.first_page, .page_count = range.page_count, .range_id = range.range_id};
      if (!ask(tio::ManagedCall::kValidate, wire::encode(same))) return false;
    }
    return true;
  }

  abi::Guest& guest_;
  const char* device_;
  device_trust::Policy policy_;
  trust::Defences& defences_;
  tdisp::FunctionId function_;
};

}  // namespace

std::unique_ptr<Taking> managed_taking(abi::Guest& guest, Wanted wanted, trust::Defences& defences) {
  return std::make_unique<ManagedTaking>(guest, std::move(wanted), defences);
}

}  // namespace programs
