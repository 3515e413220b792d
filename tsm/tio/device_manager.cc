#include "tsm/tio/device_manager.h"

#include "platform/crypto/hash.h"
#include "tsm/tio/manager_rules.h"

namespace tio {

namespace {

// The root port's end of the stream, which is firmware's own.
class OwnEnd final : public requester::PeerPort {
 public:
  explicit OwnEnd(PortFirmware& port) : port_(port) {}
  bool program(std::uint8_t stream, const requester::MirrorKey& key) override {
    const pcie::KeySlot slot{key.key_set, key.direction, key.sub_stream};
    return static_cast<bool>(port_.program(kFirmware, stream, slot, key.key));
  }
  bool go(std::uint8_t stream, unsigned key_set, ide::Direction direction) override {
    return static_cast<bool>(port_.go(kFirmware, stream, key_set, direction));
  }

 private:
  PortFirmware& port_;
};

base::Bytes signed_part(const requester::SignedEvidence& from) {
  return wire::encode(SignedPart{.transcript_size = static_cast<std::uint32_t>(from.transcript.size()), .transcript = from.transcript,
                                 .signature = from.signature});
}

}  // namespace

DeviceManager::DeviceManager(std::string at, Function function, PortFirmware& port, requester::Random random,
                             requester::CarryObject carry, trust::Defences& defences)
    : at_(std::move(at)), function_(function), port_(port), random_(std::move(random)), carry_(std::move(carry)), defences_(defences) {
  start_over();
}

void DeviceManager::start_over() { device_.emplace(requester::Settings{}, function_.interface, random_, carry_, defences_, at_); }

trust::Result<> DeviceManager::in_order(bool holds) const {
  if (auto no = defences_.first_refusal<CommandCase>(kCommandRules, CommandCase{holds}, at_)) return *no;
  return trust::ok();
}

trust::Result<> DeviceManager::connect(std::uint8_t slot, ide::StreamId stream) {
  if (auto ordered = in_order(!connected() && owner_ == 0); !ordered) return ordered;
  start_over();
  slot_ = slot, stream_ = stream, key_set_ = 0;
  port_.erase_keys(kFirmware, stream);
  OwnEnd end(port_);
  if (auto done = device_->connect(); !done) return done;
  if (auto done = device_->read_certificates(static_cast<std::uint8_t>(1u << slot)); !done) return done;
  if (auto done = device_->open_session(slot); !done) return done;
  if (auto done = device_->measure(slot); !done) return done;
  return device_->key_stream(stream, key_set_, end);
}

trust::Result<> DeviceManager::disconnect(bool force) {
  if (auto ordered = in_order(owner_ == 0 && (force || connected())); !ordered) return ordered;
  auto done = connected() ? device_->close_session() : trust::ok();
  if (!force) return done;
  start_over();
  return trust::ok();
}

trust::Result<> DeviceManager::measure() {
  if (auto ordered = in_order(connected()); !ordered) return ordered;
  fresh_ = false;
  if (auto done = device_->measure(slot_); !done) return done;
  fresh_ = owner_ != 0;
  return trust::ok();
}

trust::Result<std::uint64_t> DeviceManager::bind(Owner owner, std::uint16_t lock_flags) {
  if (auto ordered = in_order(connected() && owner_ == 0); !ordered) return ordered.refusal();
  if (auto done = device_->ask_interface(); !done) return done.refusal();
  // What befell the interface before is over once it was stopped.
  const auto state = device_->state();
  if (!state) return state.refusal();
  if (*state == tdisp::State::kError)
    if (auto done = device_->stop(); !done) return done.refusal();
  const bool can_redirect = (device_->interface().capabilities()->lock_flags_supported & tdisp::kLockAllRequestRedirect) != 0;
  const LockCase c{.no_p2p = (lock_flags & tdisp::kLockBindP2p) == 0,
                   .redirects_all = !can_redirect || (lock_flags & tdisp::kLockAllRequestRedirect) != 0};
  if (auto no = defences_.first_refusal<LockCase>(kLockRules, c, at_)) return *no;
  if (auto done = device_->lock({.flags = lock_flags, .default_stream = static_cast<std::uint8_t>(stream_)}); !done) return done.refusal();
  owner_ = owner, lock_flags_ = lock_flags, tdi_ = ++bindings_, reports_ = 0;
  fresh_ = running_ = dma_ = false;
  if (auto done = device_->read_report(); !done) return done.refusal();
  ++reports_;
  return tdi_;
}

trust::Result<> DeviceManager::run() {
  if (auto ordered = in_order(owner_ != 0 && !running_); !ordered) return ordered;
  if (auto done = device_->start(); !done) return done;
  running_ = true;
  return trust::ok();
}

// Whatever the device says: a host may always take an interface away, and the guest then has none.
trust::Result<> DeviceManager::unbind() {
  if (auto ordered = in_order(owner_ != 0); !ordered) return ordered;
  port_.release(owner_, function_.id);
  owner_ = 0, tdi_ = 0;
  fresh_ = running_ = dma_ = false;
  return device_->stop();
}

trust::Result<> DeviceManager::roll_keys() {
  if (auto ordered = in_order(connected()); !ordered) return ordered;
  OwnEnd end(port_);
  key_set_ ^= 1;
  return device_->key_stream(static_cast<std::uint8_t>(stream_), key_set_, end);
}

base::Bytes DeviceManager::evidence(EvidencePart part) const {
  const auto& learned = device_->learned();
  switch (part) {
    case EvidencePart::kNegotiation: return learned.vca;
    case EvidencePart::kCertificates: return learned.slots[slot_] ? learned.slots[slot_]->chain : base::Bytes{};
    case EvidencePart::kKeyExchange:
      return learned.session && learned.session->evidence ? signed_part(*learned.session->evidence) : base::Bytes{};
    case EvidencePart::kMeasurements:
      return learned.measurements && learned.measurements->evidence ? signed_part(*learned.measurements->evidence) : base::Bytes{};
    case EvidencePart::kReport: return device_->interface().report_bytes();
  }
  return {};
}

trust::Result<> DeviceManager::may_change(Owner owner) const {
  if (auto no = defences_.first_refusal<GuestCase>(kGuestRules, GuestCase{owner_ != 0 && owner_ == owner}, at_)) return *no;
  return trust::ok();
}

trust::Result<DeviceManager::Info> DeviceManager::info(Owner owner) const {
  if (auto may = may_change(owner); !may) return may.refusal();
  const auto& learned = device_->learned();
  Info out{.measured = learned.measurements.has_value(), .fresh = fresh_, .lock_flags = lock_flags_, .algorithms = learned.algorithms,
           .report_count = reports_};
  out.certificates = crypto::sha384(evidence(EvidencePart::kCertificates));
  if (learned.measurements && learned.measurements->evidence) out.measurements = crypto::sha384(learned.measurements->evidence->transcript);
  out.report = crypto::sha384(device_->interface().report_bytes());
  return out;
}

trust::Result<> DeviceManager::enable_dma(Owner owner) {
  if (auto may = may_change(owner); !may) return may;
  if (auto bound = port_.bind(owner, stream_, function_.id); !bound) return bound;
  dma_ = true;
  return trust::ok();
}

trust::Result<> DeviceManager::disable_dma(Owner owner) {
  if (auto may = may_change(owner); !may) return may;
  port_.release(owner, function_.id);
  dma_ = false;
  return trust::ok();
}

std::vector<const trust::Defence*> manager_defences() {
  std::vector<const trust::Defence*> out;
  for (const auto& rule : kCommandRules) out.push_back(&rule.defence);
  for (const auto& rule : kLockRules) out.push_back(&rule.defence);
  for (const auto& rule : kGuestRules) out.push_back(&rule.defence);
  return out;
}

}  // namespace tio
