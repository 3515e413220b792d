// A guest that speaks to its device itself: SPDM, IDE_KM and TDISP through a mailbox that the host works.
#include "guest/device_trust/collect.h"
#include "guest/programs/device_look.h"
#include "guest/programs/device_taking.h"
#include "platform/crypto/calendar_time.h"
#include "platform/protocol/tio/calls.h"
#include "platform/requester/assignment.h"

namespace programs {

namespace {

constexpr std::uint16_t kLockFlags = tdisp::kLockNoFwUpdate;

// The root port's end of the stream, through whoever holds its keys.
class RootPortKeys final : public requester::PeerPort {
 public:
  RootPortKeys(abi::Guest& guest, const char* device) : guest_(guest), device_(device) {}
  bool program(std::uint8_t stream, const requester::MirrorKey& key) override {
    const tio::ProgramKey call{.stream = stream, .key_set = static_cast<std::uint8_t>(key.key_set),
                               .direction = static_cast<std::uint8_t>(key.direction),
                               .sub_stream = static_cast<std::uint8_t>(key.sub_stream), .key = key.key};
    guest_.secret("stream-key", key.key);
    return guest_.device_call(device_, static_cast<std::uint32_t>(tio::Call::kProgramKey), wire::encode(call));
  }
  bool go(std::uint8_t stream, unsigned key_set, ide::Direction direction) override {
    const tio::Go call{.stream = stream, .key_set = static_cast<std::uint8_t>(key_set), .direction = static_cast<std::uint8_t>(direction)};
    return guest_.device_call(device_, static_cast<std::uint32_t>(tio::Call::kGo), wire::encode(call));
  }

 private:
  abi::Guest& guest_;
  const char* device_;
};

class OwnTaking final : public Taking, public TakingSteps {
 public:
  OwnTaking(abi::Guest& guest, Wanted wanted, trust::Defences& defences)
      : guest_(guest), device_(wanted.device), policy_(std::move(wanted.policy)), defences_(defences), function_(wanted.function), stream_(wanted.stream),
        port_(guest, wanted.device) {}

  bool take(const std::optional<device_trust::Remembered>& before) override {
    before_ = before;
    if (!connect()) return false;
    if (before) {  // what befell the interface is over once it was stopped
      const auto state = side_->state();
      if (!state || (*state == tdisp::State::kError && !side_->stop())) return false;
    }
    return lock() && accept();
  }

  // TakingSteps
  bool connect() override {
    begin();
    // convention: this guest sees bus addresses in its BARs, and locks with no offset to them.
    question_ = {.seen = look(guest_, device_, function_), .asked = {.lock_flags = kLockFlags, .mmio_reporting_offset = 0}, .before = before_,
                 .now = crypto::calendar_time(2026, 1, 15)};
    if (!reach("connected", side_->connect())) return false;
    if (!reach("certified", side_->read_certificates())) return false;
    const auto slot = device_trust::choose_slot(told(), question_, policy_, defences_);
    if (!slot) {  // the judgement says why
      (void)device_trust::judge(told(), question_, policy_, defences_, "guest");
      return false;
    }
    if (!reach("in-session", side_->open_session(*slot))) return false;
    if (!reach("measured", side_->measure(*slot))) return false;
    if (!reach("keyed", side_->key_stream(stream_, 0, port_))) return false;
    return reach("versions", side_->ask_interface());
  }
  bool lock() override {
    if (!reach("locked", side_->lock({.flags = kLockFlags, .default_stream = stream_}))) return false;
    if (!reach("reported", side_->read_report())) return false;
    return static_cast<bool>(side_->state());
  }
  bool accept() override {
    question_.asked.proof = side_->own_proof();
    question_.asked.measurements = side_->own_measurements();
    const auto decision = device_trust::judge(told(), question_, policy_, defences_, "guest");
    if (decision.trust != device_trust::Trust::kInterface) return false;
    guest_.moment("judged");
    remembered_ = decision.remembered;
    if (!call(tio::Call::kBind, wire::encode(tio::Bind{stream_}))) return false;
    guest_.moment("bound");
    if (!reach("started", side_->start())) return false;
    const auto state = side_->state();
    if (!state || *state != tdisp::State::kRun) return false;
    guest_.device_accept(device_, kLockFlags);
    return true;
  }
  bool unlock() override {
    if (!side_->stop()) return false;
    let_go();
    return true;
  }
  bool disconnect() override { return static_cast<bool>(side_->close_session()); }
  device_trust::DeviceEvidence told() const override {
    return device_trust::collect(side_->learned(), side_->interface(), function_);
  }
  bool lend(std::uint64_t gpa, std::uint64_t bytes, bool writable) override {
    return call(tio::Call::kMapDma, wire::encode(tio::MapDma{.gpa = gpa, .bytes = bytes, .writable = static_cast<std::uint8_t>(writable)}));
  }
  bool new_keys() override { return static_cast<bool>(side_->key_stream(stream_, 1, port_)); }
  bool give_back() override { return unlock() && disconnect(); }
  void let_go() override { (void)call(tio::Call::kRelease, wire::encode(tio::Bind{stream_})); }

 private:
  // Nothing of an earlier conversation is of use after a reset.
  void begin() {
    side_.emplace(
        requester::Settings{}, function_,
        [this](std::span<std::uint8_t> out) {
          const auto bytes = guest_.random(out.size());
          std::copy(bytes.begin(), bytes.end(), out.begin());
        },
        [this](base::View object) { return guest_.device_object(device_, object); }, defences_, "guest");
  }
  bool reach(const char* moment, const trust::Result<>& step) {
    if (step) guest_.moment(moment);
    return static_cast<bool>(step);
  }
  bool call(tio::Call which, base::View in) { return guest_.device_call(device_, static_cast<std::uint32_t>(which), in); }

  abi::Guest& guest_;
  const char* device_;
  const device_trust::Policy policy_;
  trust::Defences& defences_;
  tdisp::FunctionId function_;
  std::uint8_t stream_;
  RootPortKeys port_;
  std::optional<requester::Assignment> side_;
  std::optional<device_trust::Remembered> before_;
  device_trust::Question question_;
};

}  // namespace

std::unique_ptr<Taking> own_taking(abi::Guest& guest, Wanted wanted, trust::Defences& defences) {
  return std::make_unique<OwnTaking>(guest, std::move(wanted), defences);
}

std::unique_ptr<TakingSteps> steps_of(abi::Guest& guest, const std::string& device, trust::Defences& defences) {
  auto policy = owners_policy(guest, device);
  const auto function = function_of(guest, device);
  if (!policy || !function || guest.device_managed(device.c_str())) return nullptr;
  return std::make_unique<OwnTaking>(guest, Wanted{device.c_str(), std::move(*policy), *function, stream_of(guest, device)}, defences);
}

std::unique_ptr<Taking> taking_of(abi::Guest& guest, const std::string& device, trust::Defences& defences) {
  auto policy = owners_policy(guest, device);
  const auto function = function_of(guest, device);
  if (!policy || !function) return nullptr;
  Wanted wanted{device.c_str(), std::move(*policy), *function, stream_of(guest, device)};
  return guest.device_managed(device.c_str()) ? managed_taking(guest, std::move(wanted), defences)
                                              : own_taking(guest, std::move(wanted), defences);
}

}  // namespace programs
