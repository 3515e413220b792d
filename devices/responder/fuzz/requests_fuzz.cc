// Whatever a host sends a responder, in whatever order, it answers with one message or none, to refuse is to send an ERROR, and no
// session is established but by who finished its handshake. An input is a version and a row of messages: how each is sent, its length
// in two bytes, itself. Ways: in clear, as a record as it stands, sealed in the session that a requester opens, altered where an honest one
// would ask.
#include "platform/base/check.h"
#include "devices/responder/test_requester.h"
#include "tests/fuzz/target.h"

namespace {

using namespace responder;

constexpr std::size_t kMessagesMax = 32;

void talk(base::View in) {
  if (in.empty()) return;
  constexpr spdm::Version kVersions[] = {spdm::Version::k10, spdm::Version::k11, spdm::Version::k12, spdm::Version::k13};
  TestDevice device(TestDevice::settings(), crypto::Curve::kP256, kVersions[in[0] % 4]);
  if (in[0] & 4) device.requester.negotiate();
  std::optional<TestSession> session;
  if ((in[0] & 12) == 12 && in[0] % 4 != 0) session = device.open();
  const std::size_t established = session ? 1 : 0;
  base::check(device.responder.sessions().size() == established, "a session is established by its handshake");
  in = in.subspan(1);
  for (std::size_t i = 0; i < kMessagesMax && in.size() >= 3; ++i) {
    const std::uint8_t how = in[0];
    const std::size_t size = std::min<std::size_t>(base::load_le<std::uint16_t>(in, 1), in.size() - 3);
    const base::View message = in.subspan(3, size);
    in = in.subspan(3 + size);
    std::optional<base::Bytes> reply;
    switch (how % 4) {
      case 0: reply = device.responder.receive(message); break;
      case 1: (void)device.responder.receive_secured(message); break;
      case 2:
        if (session) reply = device.requester.secured(*session, message);
        break;
      default: device.responder.time_passes(message.size()); break;
    }
    if (reply) base::check(reply->size() >= 4, "an answer has a header");
    base::check(device.responder.sessions().size() <= established + 0, "no message of nobody's opens a session");
    base::check(device.responder.handshakes() <= 4, "handshakes have a limit");
  }
}

base::Bytes seed() {
  base::Bytes out{2};
  TestDevice device(TestDevice::settings(), crypto::Curve::kP256, spdm::Version::k12);
  const auto say = [&](std::uint8_t how, const base::Bytes& message) {
    out.push_back(how);
    base::append_le(out, static_cast<std::uint16_t>(message.size()));
    base::append(out, message);
  };
  auto& q = device.requester;
  q.negotiate();
  say(0, q.get_version());
  say(0, q.get_capabilities());
  say(0, q.negotiate_algorithms());
  say(0, wire::encode(spdm::GetDigests{.header = q.header(spdm::Code::kGetDigests)}));
  say(0, q.key_exchange());
  say(0, q.psk_exchange());
  say(2, wire::encode(spdm::Heartbeat{.header = q.header(spdm::Code::kHeartbeat)}));
  say(2, q.vendor(spdm::kRegistryPciSig, base::Bytes{1, 2}));
  return out;
}

}  // namespace

SLOW_FUZZ_TARGET(talk, seed())
