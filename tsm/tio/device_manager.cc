#include "tsm/tio/device_manager.h"

#include <algorithm>
#include <utility>

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

DeviceManager::DeviceManager(std::string at, std::vector<Function> functions, PortFirmware& port, requester::Random random,
                             requester::CarryObject carry, trust::Defences& defences)
    : at_(std::move(at)), functions_(std::move(functions)), port_(port), random_(std::move(random)), carry_(std::move(carry)),
      defences_(defences) {
  for (const Function& function : functions_) bound_[function.interface.bits].id = function.id;
  start_over();
}

void DeviceManager::start_over() {
  device_.emplace(requester::Settings{}, functions_.front().interface, random_, carry_, defences_, at_);
  if (heard_) device_->on_exchange(heard_);
}

void DeviceManager::on_exchange(requester::Spdm::Heard heard) {
  heard_ = std::move(heard);
  device_->on_exchange(heard_);
}

trust::Result<> DeviceManager::key_current_set() {
  OwnEnd own(port_);
  keyed_ = true;
  return device_->key_stream(static_cast<std::uint8_t>(stream_), key_set_, end_ ? *end_ : own);
}

trust::Result<> DeviceManager::in_order(bool holds) const {
  if (auto no = defences_.first_refusal<CommandCase>(kCommandRules, CommandCase{holds}, at_)) return *no;
  return trust::ok();
}

bool DeviceManager::any_bound() const {
  return std::ranges::any_of(bound_, [](const auto& entry) { return entry.second.owner != 0; });
}

Owner DeviceManager::owner(tdisp::FunctionId interface) const { return has(interface) ? at(interface).owner : 0; }

bool DeviceManager::dma_enabled(tdisp::FunctionId interface) const { return has(interface) && at(interface).dma; }

const tdisp::InterfaceReport* DeviceManager::report(tdisp::FunctionId interface) const {
  return has(interface) && at(interface).decoded ? &*at(interface).decoded : nullptr;
}

trust::Result<> DeviceManager::connect(std::uint8_t slot, ide::StreamId stream) {
  if (auto ordered = in_order(!connected() && !any_bound()); !ordered) return ordered;
  stream_ = stream;
  if (!end_) port_.erase_keys(kFirmware, stream);
  if (auto done = open(slot); !done) return done;
  return key_stream(stream);
}

trust::Result<> DeviceManager::open(std::uint8_t slot) {
  if (auto done = identify(slot); !done) return done;
  if (auto done = open_session(); !done) return done;
  return device_->measure(slot);
}

trust::Result<> DeviceManager::identify(std::uint8_t slot) {
  if (auto ordered = in_order(!connected() && !any_bound()); !ordered) return ordered;
  start_over();
  slot_ = slot, key_set_ = 0, keyed_ = false;
  if (auto done = device_->connect(); !done) return done;
  return device_->read_certificates(static_cast<std::uint8_t>(1u << slot));
}

void DeviceManager::use_key(base::Bytes public_key_info) { device_->use_key(slot_, std::move(public_key_info)); }

trust::Result<> DeviceManager::open_session() {
  if (auto ordered = in_order(!connected()); !ordered) return ordered;
  return device_->open_session(slot_);
}

trust::Result<> DeviceManager::key_stream(ide::StreamId stream) {
  if (auto ordered = in_order(connected()); !ordered) return ordered;
  stream_ = stream;
  if (!end_) port_.erase_keys(kFirmware, stream);
  return key_current_set();
}

// The device's end keeps what it has: what is keyed next takes the other set.
void DeviceManager::erase_keys() {
  port_.erase_keys(kFirmware, stream_);
  if (std::exchange(keyed_, false)) key_set_ ^= 1;
}

trust::Result<> DeviceManager::disconnect(bool force) {
  if (auto ordered = in_order(!any_bound() && (force || connected())); !ordered) return ordered;
  auto done = connected() ? device_->close_session() : trust::ok();
  if (!force) return done;
  start_over();
  return trust::ok();
}

trust::Result<> DeviceManager::measure(const std::optional<spdm::Nonce>& nonce, bool raw) {
  if (auto ordered = in_order(connected()); !ordered) return ordered;
  for (auto& [interface, bound] : bound_) bound.fresh = false;
  if (auto done = device_->measure(slot_, nonce, raw); !done) return done;
  for (auto& [interface, bound] : bound_) bound.fresh = bound.owner != 0;
  return trust::ok();
}

trust::Result<> DeviceManager::measure(tdisp::FunctionId interface, const std::optional<spdm::Nonce>& nonce, bool raw) {
  if (auto ordered = in_order(connected() && owner(interface) != 0); !ordered) return ordered;
  at(interface).measurements.clear();
  if (auto done = device_->measure(slot_, nonce, raw); !done) return done;
  at(interface).measurements = evidence(interface, EvidencePart::kMeasurements);
  at(interface).fresh = true;
  return trust::ok();
}

trust::Result<> DeviceManager::bind(tdisp::FunctionId interface, Owner owner, std::uint16_t lock_flags) {
  if (auto done = lock(interface, owner, lock_flags); !done) return done;
  return read_report(interface);
}

trust::Result<> DeviceManager::lock(tdisp::FunctionId interface, Owner owner, std::uint16_t lock_flags) {
  if (auto ordered = in_order(connected() && has(interface) && at(interface).owner == 0); !ordered) return ordered;
  device_->turn_to(interface);
  if (auto done = device_->ask_interface(); !done) return done;
  // What befell the interface before is over once it was stopped.
  const auto state = device_->state();
  if (!state) return state.refusal();
  if (*state == tdisp::State::kError)
    if (auto done = device_->stop(); !done) return done;
  const bool can_redirect = (device_->interface().capabilities()->lock_flags_supported & tdisp::kLockAllRequestRedirect) != 0;
  const LockCase c{.no_p2p = (lock_flags & tdisp::kLockBindP2p) == 0,
                   .redirects_all = !can_redirect || (lock_flags & tdisp::kLockAllRequestRedirect) != 0};
  if (auto no = defences_.first_refusal<LockCase>(kLockRules, c, at_)) return *no;
  if (auto done = device_->lock({.flags = lock_flags, .default_stream = static_cast<std::uint8_t>(stream_)}); !done) return done;
  Bound& bound = at(interface);
  bound = {.id = bound.id, .owner = owner, .lock_flags = lock_flags, .report = {}, .decoded = {}};
  return trust::ok();
}

trust::Result<> DeviceManager::read_report(tdisp::FunctionId interface) {
  if (auto ordered = in_order(owner(interface) != 0); !ordered) return ordered;
  device_->turn_to(interface);
  Bound& bound = at(interface);
  if (auto done = device_->read_report(); !done) return done;
  ++bound.reports;
  bound.report = device_->interface().report_bytes();
  bound.decoded = device_->interface().report();
  return trust::ok();
}

trust::Result<> DeviceManager::run(tdisp::FunctionId interface) {
  if (auto ordered = in_order(owner(interface) != 0 && !at(interface).running); !ordered) return ordered;
  device_->turn_to(interface);
  if (auto done = device_->start(); !done) return done;
  at(interface).running = true;
  return trust::ok();
}

// Whatever the device says: a host may always take an interface away, and the guest then has none.
trust::Result<> DeviceManager::unbind(tdisp::FunctionId interface) {
  if (auto ordered = in_order(owner(interface) != 0); !ordered) return ordered;
  Bound& bound = at(interface);
  port_.release(bound.owner, bound.id);
  bound.owner = 0;
  bound.fresh = bound.running = bound.dma = false;
  device_->turn_to(interface);
  return device_->stop();
}

trust::Result<> DeviceManager::roll_keys() {
  if (auto ordered = in_order(connected()); !ordered) return ordered;
  key_set_ ^= 1;
  return key_current_set();
}

trust::Result<> DeviceManager::heartbeat() {
  if (auto ordered = in_order(connected()); !ordered) return ordered;
  return device_->heartbeat();
}

trust::Result<> DeviceManager::update_session_keys() {
  if (auto ordered = in_order(connected()); !ordered) return ordered;
  return device_->update_keys();
}

trust::Result<> DeviceManager::stop_stream() {
  if (auto ordered = in_order(connected() && !any_bound()); !ordered) return ordered;
  return device_->stop_stream(static_cast<std::uint8_t>(stream_), key_set_);
}

trust::Result<tdisp::State> DeviceManager::state(tdisp::FunctionId interface) {
  if (auto ordered = in_order(connected() && has(interface)); !ordered) return ordered.refusal();
  device_->turn_to(interface);
  return device_->state();
}

base::Bytes DeviceManager::evidence(tdisp::FunctionId interface, EvidencePart part) const {
  const auto& learned = device_->learned();
  switch (part) {
    case EvidencePart::kNegotiation: return learned.vca;
    case EvidencePart::kCertificates: return learned.slots[slot_] ? learned.slots[slot_]->chain : base::Bytes{};
    case EvidencePart::kKeyExchange:
      return learned.session && learned.session->evidence ? signed_part(*learned.session->evidence) : base::Bytes{};
    case EvidencePart::kMeasurements:
      if (has(interface) && !at(interface).measurements.empty()) return at(interface).measurements;
      return learned.measurements && learned.measurements->evidence ? signed_part(*learned.measurements->evidence) : base::Bytes{};
    case EvidencePart::kReport: return has(interface) ? at(interface).report : base::Bytes{};
  }
  return {};
}

trust::Result<> DeviceManager::may_change(tdisp::FunctionId interface, Owner owner) const {
  const Owner is = this->owner(interface);
  if (auto no = defences_.first_refusal<GuestCase>(kGuestRules, GuestCase{is != 0 && is == owner}, at_)) return *no;
  return trust::ok();
}

trust::Result<DeviceManager::Info> DeviceManager::info(tdisp::FunctionId interface, Owner owner) const {
  if (auto may = may_change(interface, owner); !may) return may.refusal();
  const auto& learned = device_->learned();
  const Bound& bound = at(interface);
  Info out{.measured = learned.measurements.has_value(), .fresh = bound.fresh, .lock_flags = bound.lock_flags,
           .algorithms = learned.algorithms, .report_count = bound.reports};
  out.certificates = crypto::sha384(evidence(interface, EvidencePart::kCertificates));
  if (learned.measurements && learned.measurements->evidence) out.measurements = crypto::sha384(learned.measurements->evidence->transcript);
  out.report = crypto::sha384(bound.report);
  return out;
}

trust::Result<> DeviceManager::enable_dma(tdisp::FunctionId interface, Owner owner) {
  if (auto may = may_change(interface, owner); !may) return may;
  if (auto bound = port_.bind(owner, stream_, at(interface).id); !bound) return bound;
  at(interface).dma = true;
  return trust::ok();
}

trust::Result<> DeviceManager::disable_dma(tdisp::FunctionId interface, Owner owner) {
  if (auto may = may_change(interface, owner); !may) return may;
  port_.release(owner, at(interface).id);
  at(interface).dma = false;
  return trust::ok();
}

void DeviceManager::lead(tdisp::FunctionId interface, pcie::Iommu::Walk walk) {
  if (has(interface)) port_.lead(at(interface).id, std::move(walk));
}

std::vector<const trust::Defence*> manager_defences() {
  std::vector<const trust::Defence*> out;
  for (const auto& rule : kCommandRules) out.push_back(&rule.defence);
  for (const auto& rule : kLockRules) out.push_back(&rule.defence);
  for (const auto& rule : kGuestRules) out.push_back(&rule.defence);
  return out;
}

}  // namespace tio
