#pragma once
// What taking a device in refuses by itself, between the protocols.
#include "platform/trust/defence.h"

namespace requester {

struct MailboxCase {
  bool serves_both;
};
inline constexpr trust::Rule<MailboxCase> kMailboxRules[] = {
    {{"assignment.mailbox.serves", "PCIe 6.0, 6.31", "The mailbox serves SPDM in the clear and in sessions.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const MailboxCase& c) { return c.serves_both; }},
};

struct PeerCase {
  bool took_it;
};
inline constexpr trust::Rule<PeerCase> kPeerRules[] = {
    {{"assignment.peer.keyed", "PCIe 6.0, 6.33.3", "Both ends of a stream hold its keys before it is used.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const PeerCase& c) { return c.took_it; }},
};

}  // namespace requester
