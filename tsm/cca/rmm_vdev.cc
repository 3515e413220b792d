// Interfaces of devices: their life cycle, and what a conversation with one does.
#include <algorithm>

#include "platform/crypto/hash.h"
#include "platform/protocol/tdisp/tdisp.h"
#include "tsm/cca/da_rules.h"
#include "tsm/cca/digest.h"
#include "tsm/cca/rmi_steps.h"

namespace cca {
namespace {

// convention: the reference implementation asks for whatever the device supports but the lock of MSI-X; for ours that is this.
constexpr std::uint16_t kLockFlags = tdisp::kLockNoFwUpdate;

}  // namespace

const Vdev* Rmm::vdev(std::uint64_t address) const {
  const auto found = vdevs_.find(address);
  return found == vdevs_.end() ? nullptr : &found->second;
}

bool Rmm::is_taken(const ccaproto::VdevParams& params) const {
  for (const auto& [address, known] : vdevs_) {
    if (known.tdi_id == params.tdi_id) return true;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(params.num_addr_range, ccaproto::kVdevRangesMax); ++i)
      for (const auto& range : known.ranges)
        if (params.addr_range[i].base < range.top && range.base < params.addr_range[i].top) return true;
  }
  return false;
}

std::optional<std::uint64_t> Rmm::mapped_of(const Vdev& vdev) const {
  for (const auto& [pa, granule] : granules_.entries())
    if (granule.state == GranuleState::kDevMapped && vdev.has(pa)) return pa;
  return std::nullopt;
}

std::uint64_t Rmm::fresh_nonce() {
  base::Bytes from;
  base::append_le<std::uint64_t>(from, seed_);
  base::append_le<std::uint64_t>(from, nonces_made_++);
  return base::load_le<std::uint64_t>(crypto::hkdf_sha256(from, base::view_of(name_), base::view_of("nonce of an interface"), 8)) | 1;
}

CallResult Rmm::vdev_call(Rmi call, const Registers& in, const DaOperands& given) {
  switch (call) {
    case Rmi::kVdevCreate: return vdev_create(in, given.vdev);
    case Rmi::kVdevGetState: return done({.x1 = static_cast<std::uint64_t>(vdevs_.at(in.x1).state)});
    case Rmi::kVdevComplete: recs_.at(in.x1).vdev_request->vdev = in.x2; return done();
    default: break;
  }
  Vdev& vdev = vdevs_.at(in.x3);
  switch (call) {
    case Rmi::kVdevCommunicate: return vdev_communicate(vdev, in.x4);
    case Rmi::kVdevLock: return vdev_begin(vdev, VdevTask::kLock);
    case Rmi::kVdevStart: return vdev_begin(vdev, VdevTask::kStart);
    case Rmi::kVdevGetMeasurements: return vdev_begin(vdev, VdevTask::kMeasure);
    case Rmi::kVdevGetInterfaceReport: return vdev_begin(vdev, VdevTask::kReport);
    case Rmi::kVdevUnlock: return vdev_unlock(vdev);
    case Rmi::kVdevAbort: vdev.state = VdevState::kError, vdev.talk = Talk::kIdle; return done();
    default: vdev_destroy(vdev); return done();
  }
}

CallResult Rmm::vdev_create(const Registers& in, const ccaproto::VdevParams& params) {
  Pdev& pdev = pdevs_.at(in.x2);
  Vdev made{.vdev = in.x3, .rd = in.x1, .pdev = in.x2, .id = params.vdev_id, .tdi_id = params.tdi_id};
  for (const auto& function : pdev.device->functions())
    if (function.id == params.tdi_id) made.interface = function.interface;
  made.ranges.assign(params.addr_range.begin(), params.addr_range.begin() + static_cast<std::ptrdiff_t>(params.num_addr_range));
  vdevs_[in.x3] = made;
  granules_.use(in.x3, GranuleState::kVdev, in.x1);
  ++pdev.vdevs, ++realms_.at(in.x1).vdevs;
  return done();
}

CallResult Rmm::vdev_begin(Vdev& vdev, VdevTask task) {
  vdev.task = task;
  vdev.talk = Talk::kPending;
  return done();
}

// The interface's DMA ends before the device is told anything.
CallResult Rmm::vdev_unlock(Vdev& vdev) {
  stop_dma(vdev);
  return vdev_begin(vdev, VdevTask::kUnlock);
}

void Rmm::stop_dma(Vdev& vdev) {
  if (!vdev.dma) return;
  (void)pdev_of(vdev).device->disable_dma(vdev.interface, realms_.at(vdev.rd).vmid);
  vdev.dma = false;
}

CallResult Rmm::vdev_communicate(Vdev& vdev, std::uint64_t data) {
  const bool ended_well = talk(vdev);
  (void)memory_.write(memory::KeyId::kNone, data + ccaproto::kCommExitAt, wire::encode(ccaproto::DevCommExit{}));
  vdev.talk = ended_well ? Talk::kIdle : Talk::kError;
  if (!ended_well) vdev.state = VdevState::kError;
  vdev.task = VdevTask::kNone;
  return done();
}

bool Rmm::talk(Vdev& vdev) {
  const Pdev& pdev = pdev_of(vdev);
  tio::DeviceManager& device = *pdev.device;
  const auto digest = [&](tio::EvidencePart part) { return digest_of(pdev.params.hash_algo, device.evidence(vdev.interface, part)); };
  const auto owner = static_cast<tio::Owner>(realms_.at(vdev.rd).vmid);
  switch (vdev.task) {
    case VdevTask::kNone: return false;
    case VdevTask::kUnlock:
      // convention: a device that does not answer any more does not keep its interface; nothing of it reaches the realm.
      if (device.owner(vdev.interface) == owner) (void)device.unbind(vdev.interface);
      vdev.state = VdevState::kUnlocked;
      return true;
    case VdevTask::kLock:
      if (!device.lock(vdev.interface, owner, kLockFlags)) return false;
      vdev.state = VdevState::kLocked;
      vdev.lock_nonce = fresh_nonce();
      // convention: what was known of the interface before says nothing of it now.
      vdev.meas_nonce = vdev.report_nonce = 0;
      vdev.measurements = vdev.report = {};
      return true;
    case VdevTask::kStart:
      if (!device.run(vdev.interface)) return false;
      vdev.state = VdevState::kStarted;
      return true;
    case VdevTask::kMeasure: {
      if (!device.measure(vdev.interface)) return false;
      // The digest is of the transcript that was signed, without the signature.
      const auto part = wire::decode<tio::SignedPart>(device.evidence(vdev.interface, tio::EvidencePart::kMeasurements));
      if (!part) return false;
      vdev.measurements = digest_of(pdev.params.hash_algo, part->transcript);
      vdev.meas_nonce = fresh_nonce();
      return true;
    }
    case VdevTask::kReport:
      if (!device.read_report(vdev.interface)) return false;
      vdev.report = digest(tio::EvidencePart::kReport);
      vdev.report_nonce = fresh_nonce();
      return true;
  }
  return false;
}

void Rmm::vdev_destroy(Vdev& vdev) {
  --pdev_of(vdev).vdevs, --realms_.at(vdev.rd).vdevs;
  const std::uint64_t address = vdev.vdev;
  vdevs_.erase(address);
  release(address);
}

}  // namespace cca
