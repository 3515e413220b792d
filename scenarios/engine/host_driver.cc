#include "scenarios/engine/host_driver.h"

#include <span>

#include "platform/requester/doe.h"

namespace engine {

namespace {

constexpr std::uint8_t kStream = 1;
constexpr unsigned kKeySet = 1;  // the one that no guest begins with

// A host that asks a device for keys has no other end to give them to.
class NoPeer final : public requester::PeerPort {
 public:
  bool program(std::uint8_t, const requester::MirrorKey&) override { return true; }
  bool go(std::uint8_t, unsigned, ide::Direction) override { return false; }
};

}  // namespace

HostDriver::HostDriver(const trust::Boundary& doe, tdisp::FunctionId function, std::uint64_t seed)
    : doe_(doe), function_(function), random_(seed, "host driver"),
      session_({}, function_, [this](std::span<std::uint8_t> out) { random_.fill(out); },
               [this](base::View object) { return carry(object); }, defences_, "host"),
      tdisp_(function_, defences_, "host"),
      ide_km_([this](std::span<std::uint8_t> out) { random_.fill(out); }, defences_, "host") {}

void HostDriver::overhears(const trust::Message& message) {
  if (message.object != "SPDM" && message.object != "DISCOVERY") return;
  if (!message.reply) last_ = message.bytes;
  else if (!last_.empty()) overheard_.insert_or_assign(std::exchange(last_, {}), message.bytes);
}

std::optional<base::Bytes> HostDriver::carry(base::View object) {
  if (const auto known = overheard_.find(base::bytes_of(object)); known != overheard_.end()) return known->second;
  if (listens_only_) return std::nullopt;
  const auto carried = requester::doe_unwrap(object);
  const bool secured = carried && carried->secured;
  const auto answer = doe_.deliver({.object = secured ? "SECURED_SPDM" : "SPDM", .bytes = base::bytes_of(object)});
  if (!answer) return std::nullopt;
  return answer->bytes;
}

bool HostDriver::connect() {
  if (connected_) return true;
  listens_only_ = true;
  connected_ = session_.connect() && session_.read_certificates();
  listens_only_ = false;
  return connected_;
}

std::optional<base::Bytes> HostDriver::in_clear(std::uint8_t protocol, base::View payload) {
  const auto request = spdm::pci_request(session_.learned().version, protocol, payload.subspan(1));
  const auto object = carry(requester::doe_wrap({.bytes = wire::encode(request)}));
  const auto answer = object ? requester::doe_unwrap(*object) : std::nullopt;
  if (!answer) return std::nullopt;
  const auto response = doe::decode_padded<spdm::VendorDefinedResponse>(answer->bytes);
  if (!response) return std::nullopt;
  return response->message.payload;
}

template <class Part, class Goal>
bool HostDriver::speak_in_clear(Part& part, std::uint8_t protocol, const Goal& goal) {
  if (!part.start(goal)) return false;
  while (const auto payload = part.next()) {
    const auto answer = in_clear(protocol, *payload);
    if (!part.receive(answer ? *answer : base::Bytes{})) return false;
  }
  return true;
}

bool HostDriver::ask(const std::string& what, bool in_session, std::uint16_t flags) {
  using requester::IdeKm, requester::Tdisp;
  if (!connect()) return false;
  const Tdisp::Lock lock{.flags = flags, .default_stream = kStream};
  if (!in_session) {
    if (what == "KEY_PROG")
      return speak_in_clear(ide_km_, spdm::kPciProtocolIdeKm,
                            IdeKm::Goal{IdeKm::Program{.stream = kStream, .key_set = kKeySet}});
    const Tdisp::Goal goal = what == "LOCK_INTERFACE_REQUEST"    ? Tdisp::Goal{lock}
                             : what == "START_INTERFACE_REQUEST" ? Tdisp::Goal{Tdisp::Start{}}
                                                                 : Tdisp::Goal{Tdisp::Stop{}};
    return speak_in_clear(tdisp_, spdm::kPciProtocolTdisp, goal);
  }
  if (!session_.in_session() && !session_.open_session(0)) return false;
  NoPeer nobody;
  if (what == "KEY_PROG") {
    (void)session_.key_stream(kStream, kKeySet, nobody);  // ends where the other end would have to go
    return true;
  }
  if (what == "LOCK_INTERFACE_REQUEST") return static_cast<bool>(session_.lock(lock));
  if (what == "START_INTERFACE_REQUEST") return static_cast<bool>(session_.start());
  return static_cast<bool>(session_.stop());
}

std::optional<base::Bytes> HostDriver::answer(const std::string& what) {
  if (!connect()) return std::nullopt;
  base::Bytes payload;
  if (what == "START_INTERFACE_RESPONSE") {
    tdisp::StartInterfaceResponse message;
    message.header.function_id = function_;
    payload = wire::encode(message);
  } else if (what == "DEVICE_INTERFACE_STATE") {
    tdisp::DeviceInterfaceState message{.tdi_state = tdisp::State::kRun};
    message.header.function_id = function_;
    payload = wire::encode(message);
  } else {
    return std::nullopt;
  }
  const auto response =
      spdm::pci_response(session_.learned().version, spdm::kPciProtocolTdisp, base::View(payload).subspan(1));
  return requester::doe_wrap({.bytes = wire::encode(response)});
}

}  // namespace engine
