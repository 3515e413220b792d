#pragma once
// What the owner refuses before it looks at evidence.
#include "guest/relying_party/appraiser.h"
#include "platform/trust/defence.h"

namespace relying_party {

// One message as it came in.
struct MessageCase {
  bool well_formed = false;  // a HELLO or an EVIDENCE of this version, exactly
  bool known_kind = true;
};

inline constexpr trust::Rule<MessageCase> kMessageRules[] = {
    {{"rp.message.format", "RFC 9334, 8", "A message is exactly one that the owner knows, of its version.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const MessageCase& c) { return c.well_formed; }},
    {{"rp.message.kind", "RFC 9334, 8", "Evidence is of a kind that the owner can appraise.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const MessageCase& c) { return c.known_kind; }},
};

// Evidence against the challenge that it names.
struct SessionCase {
  bool known = false;
  bool answered = false;
  Picoseconds age = 0;
  Picoseconds age_max = 0;
};

inline constexpr trust::Rule<SessionCase> kSessionRules[] = {
    {{"rp.session.challenge", "RFC 9334, 10.2", "Evidence answers a challenge that the owner issued and remembers.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const SessionCase& c) { return c.known; }},
    {{"rp.session.nonce-single-use", "RFC 9334, 10.2", "A nonce that was answered once is never accepted again.",
      trust::Act::kDetect},
     [](const SessionCase& c) { return !c.answered; }},
    {{"rp.session.age", "RFC 9334, 10.2", "A challenge is answered within the time that the owner allows.",
      trust::Act::kDetect},
     [](const SessionCase& c) { return c.age <= c.age_max; }},
};

// The key that a secret is to be sealed to.
struct ChannelCase {
  bool is_point = false;
};

inline constexpr trust::Rule<ChannelCase> kChannelRules[] = {
    {{"rp.channel.key", "SEC 1 2.0, 3.2.2.1", "A channel key is a point of the curve.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const ChannelCase& c) { return c.is_point; }},
};

}  // namespace relying_party
