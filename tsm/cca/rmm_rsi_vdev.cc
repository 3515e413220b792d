// What a realm asks about its interfaces. Each call leaves for the host, which says which object the realm's name stands for; the RMM
// answers when the realm comes back.
#include "tsm/cca/da_rules.h"
#include "tsm/cca/rmm.h"

namespace cca {
namespace {

constexpr std::uint64_t kPage = ccaproto::kGranule;

constexpr std::uint64_t word(RsiStatus status) { return static_cast<std::uint64_t>(status); }

bool is_protected(const Realm& realm, std::uint64_t ipa) { return realm.rtt.contains(ipa) && realm.rtt.is_protected(ipa); }

ccaproto::RsiVdevState shown(VdevState state) {
  switch (state) {
    case VdevState::kNew:
    case VdevState::kUnlocked: return ccaproto::RsiVdevState::kUnlocked;
    case VdevState::kLocked: return ccaproto::RsiVdevState::kLocked;
    case VdevState::kError: return ccaproto::RsiVdevState::kError;
    default: return ccaproto::RsiVdevState::kStarted;
  }
}

}  // namespace

// X1: the realm's name for it. Operands of the realm's own are looked at before the host hears anything.
RsiResult Rmm::vdev_request(Realm& realm, Rec& rec, const Registers& in) {
  const auto refused = [](RsiStatus status) { return RsiResult{.out = {.x0 = word(status)}}; };
  if (!realm.devices) return refused(RsiStatus::kErrorState);
  if (rec.dev_mem.pending() && !rec.dev_mem.told) {
    rec.dev_mem.told = true;
    return {.out = in,
            .exit = RecExit{.reason = ccaproto::ExitReason::kDevMemMap,
                            .vdev_id_1 = rec.dev_mem.vdev_id,
                            .dev_mem_base = rec.dev_mem.base,
                            .dev_mem_top = rec.dev_mem.top,
                            .dev_mem_pa = rec.dev_mem.pa}};
  }
  switch (static_cast<Rsi>(in.x0)) {
    case Rsi::kVdevGetInfo: {
      if (in.x2 % ccaproto::kVdevInfoBytes != 0 || !is_protected(realm, in.x2)) return refused(RsiStatus::kErrorInput);
      base::Bytes there(ccaproto::kVdevInfoBytes);
      if (auto no = copy_operand(realm, in, in.x2, there, {})) return *no;
      break;
    }
    case Rsi::kVdevValidateMapping: {
      const bool range = in.x2 % kPage == 0 && in.x3 % kPage == 0 && in.x4 % kPage == 0 && in.x3 > in.x2 && in.x3 <= realm.rtt.unprotected_bit();
      if (!range) return refused(RsiStatus::kErrorInput);
      break;
    }
    default: break;
  }
  rec.vdev_request = VdevRequest{.call = in};
  return {.out = in, .exit = RecExit{.reason = ccaproto::ExitReason::kVdevRequest, .vdev_id_1 = in.x1}};
}

// The host entered the REC again, having said which object is meant, or not.
void Rmm::finish_vdev_request(Rec& rec) {
  const VdevRequest asked = *std::exchange(rec.vdev_request, std::nullopt);
  const auto found = vdevs_.find(asked.vdev);
  if (found == vdevs_.end()) {
    rec.answer = Registers{.x0 = word(RsiStatus::kErrorInput)};
    return;
  }
  Vdev& vdev = found->second;
  const Realm& mine = *realm_of(rec);
  switch (static_cast<Rsi>(asked.call.x0)) {
    case Rsi::kVdevGetInfo: rec.answer = vdev_info(mine, rec, vdev, asked.call); break;
    case Rsi::kVdevValidateMapping: {
      const Registers answer = vdev_validate(rec, vdev, asked.call);
      // Else the realm leaves a second time, for the mapping.
      if (!rec.dev_mem.pending()) rec.answer = answer;
      break;
    }
    default: rec.answer = vdev_dma(mine, vdev, asked.call); break;
  }
}

// Nothing: the realm's page is away, and the call is made again.
std::optional<Registers> Rmm::vdev_info(const Realm& realm, Rec&, const Vdev& vdev, const Registers& call) {
  const Pdev& pdev = pdev_of(vdev);
  const ccaproto::VdevInfo info{.cert_id = pdev.params.id_index,
                                .hash_algo = pdev.params.hash_algo,
                                .lock_nonce = vdev.lock_nonce,
                                .meas_nonce = vdev.meas_nonce,
                                .report_nonce = vdev.report_nonce,
                                .format_type = ccaproto::kReportTdisp,
                                .format_version = ccaproto::kReportTdisp10,
                                .state = shown(vdev.state),
                                .vca_digest = pdev.vca,
                                .cert_digest = pdev.certificates,
                                .pubkey_digest = pdev.key,
                                .meas_digest = vdev.measurements,
                                .report_digest = vdev.report};
  if (copy_operand(realm, call, call.x2, {}, wire::encode(info))) return std::nullopt;
  return Registers{.x0 = word(RsiStatus::kSuccess)};
}

std::optional<trust::Refusal> Rmm::as_it_looked(const Vdev& vdev, std::uint64_t lock, std::uint64_t measurements, std::uint64_t report) {
  const bool same = lock == vdev.lock_nonce && measurements == vdev.meas_nonce && report == vdev.report_nonce;
  return defences_.refuse_unless(kVdevNonces, same, name_);
}

// X2 and X3: addresses, X4: the memory, X6 to X8: nonces.
Registers Rmm::vdev_validate(Rec& rec, const Vdev& vdev, const Registers& call) {
  const bool locked = vdev.state == VdevState::kLocked || vdev.state == VdevState::kStarted;
  if (defences_.refuse_unless(kVdevState, locked, name_)) return {.x0 = word(RsiStatus::kErrorInput)};
  if (as_it_looked(vdev, call.x6, call.x7, call.x8)) return {.x0 = word(RsiStatus::kErrorDevice)};
  rec.dev_mem = {.base = call.x2, .top = call.x3, .next = call.x2, .pa = call.x4, .vdev_id = call.x1};
  return {};
}

// X4 to X6: nonces, where DMA is to begin.
Registers Rmm::vdev_dma(const Realm& realm, Vdev& vdev, const Registers& call) {
  const auto ends = [](RsiStatus status) { return Registers{.x0 = word(status)}; };
  if (static_cast<Rsi>(call.x0) == Rsi::kVdevDmaDisable) {
    stop_dma(vdev);
    return ends(RsiStatus::kSuccess);
  }
  if (defences_.refuse_unless(kVdevStarted, vdev.state == VdevState::kStarted, name_)) return ends(RsiStatus::kErrorDevice);
  if (as_it_looked(vdev, call.x4, call.x5, call.x6)) return ends(RsiStatus::kErrorDevice);
  if (vdev.dma) return ends(RsiStatus::kSuccess);
  if (!pdev_of(vdev).device->enable_dma(vdev.interface, realm.vmid)) return ends(RsiStatus::kErrorDevice);
  pdev_of(vdev).device->lead(vdev.interface, [this, rd = realm.rd](std::uint64_t page, auto host_says) { return device_page(rd, page, host_says); });
  vdev.dma = true;
  return ends(RsiStatus::kSuccess);
}

// After the exit for a mapping: how far the host went, and whether it wants to go on.
void Rmm::answer_dev_mem(Rec& rec, std::uint64_t flags) {
  if (!rec.dev_mem.pending() || !rec.dev_mem.told) return;
  const bool rejected = rec.dev_mem.next != rec.dev_mem.top && (flags & ccaproto::kEnterDevMemReject);
  rec.answer = Registers{.x0 = word(RsiStatus::kSuccess), .x1 = rec.dev_mem.next,
                         .x2 = rejected ? ccaproto::kResponseReject : ccaproto::kResponseAccept};
  rec.dev_mem = {};
}

}  // namespace cca
