// Whatever a responder answers, a requester goes on or refuses, and never says that a goal is reached without an answer. The first bytes
// choose version, goal and answer; the rest is laid over that answer, or stands in its place.
#include "platform/base/check.h"
#include "platform/requester/doe.h"
#include "platform/requester/spdm.h"
#include "platform/requester/test_responder.h"
#include "tests/fuzz/target.h"

namespace {

using namespace requester;

constexpr std::size_t kMessagesMax = 200;

const Goal& goal_of(std::uint8_t number) {
  static const Goal kGoals[] = {ReadCertificates{}, Challenge{.summary = spdm::kSummaryAll}, Measure{}, Measure{.how = Measure::How::kOneByOne},
                                OpenSession{.summary = spdm::kSummaryAll}, OpenPskSession{.psk = {'k', 'e', 'y'}}, SendHeartbeat{}, UpdateKeys{true},
                                SendVendorDefined{.payload = {1, 2, 3}}, CloseSession{}};
  return kGoals[number % std::size(kGoals)];
}

void talk(base::View in) {
  if (in.size() < 4) return;
  constexpr spdm::Version kVersions[] = {spdm::Version::k10, spdm::Version::k11, spdm::Version::k12, spdm::Version::k13};
  const auto version = kVersions[in[0] % 4];
  const std::size_t which = in[2];
  const bool instead = in[3] & 1, on_the_wire = in[3] & 2;
  const std::size_t at = in[3] >> 2;
  const base::View lies = in.subspan(4);
  TestResponder responder(version);
  std::size_t answers = 0;
  const auto spoil = [&](base::Bytes& answer) {
    if (answers++ != which) return;
    if (instead) answer = base::bytes_of(lies);
    else
      for (std::size_t i = 0; i < lies.size() && at + i < answer.size(); ++i) answer[at + i] ^= lies[i];
  };
  if (on_the_wire) responder.spoil_wire = [&](Message& answer) { spoil(answer.bytes); };
  else responder.spoil = [&](spdm::Code, base::Bytes& answer) { spoil(answer); };

  trust::Defences defences;
  Settings settings;
  settings.versions = {version};
  Spdm requester(settings, counting_random(), defences, "x");
  std::size_t messages = 0;
  const auto carry = [&](const Message& message) -> std::optional<Message> {
    if (++messages > kMessagesMax) return std::nullopt;
    return responder(message);
  };
  const Goal goals[] = {Connect{}, ReadCertificates{}, OpenSession{}, goal_of(in[1])};
  for (const Goal& goal : goals) {
    const std::size_t before = messages;
    if (!requester.run(goal, carry)) continue;
    base::check(messages > before || std::holds_alternative<ReadCertificates>(goal), "who has reached a goal has asked for it");
  }
  base::check(messages <= 4 * kMessagesMax, "a conversation ends");

  if (const auto message = doe_unwrap(lies)) (void)doe_wrap(*message);
  DoeDiscovery walk(defences, "x");
  for (std::size_t steps = 0; walk.next(); ++steps) {
    base::check(steps < 8, "a walk ends");
    if (!walk.receive(lies)) break;
  }
}

}  // namespace

FUZZ_TARGET(talk, base::Bytes{2, 4, 3, 0, 0, 0, 1, 2, 3})
