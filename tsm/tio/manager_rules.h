#pragma once
// What firmware that speaks to devices itself refuses its host and its guests.
#include "platform/trust/defence.h"

namespace tio {

struct CommandCase {
  bool in_order;  // the device is connected, and bound where the command needs that
};
inline constexpr trust::Rule<CommandCase> kCommandRules[] = {
    {{"tio.command.order", "SEV-TIO 0.91, device and TDI states", "A command finds its device in the state that it needs.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const CommandCase& c) { return c.in_order; }},
};

struct LockCase {
  bool no_p2p;         // BIND_P2P is not asked for
  bool redirects_all;  // ALL_REQUEST_REDIRECT is, where the device knows it
};
inline constexpr trust::Rule<LockCase> kLockRules[] = {
    {{"tio.lock.no-p2p", "SEV-TIO 0.91, TIO_TDI_BIND", "No interface is locked for direct traffic between devices.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const LockCase& c) { return c.no_p2p; }},
    {{"tio.lock.redirect", "SEV-TIO 0.91, TIO_TDI_BIND", "Translated requests of a locked interface go through the root complex.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const LockCase& c) { return c.redirects_all; }},
};

struct GuestCase {
  bool is_bound_to_it;
};
inline constexpr trust::Rule<GuestCase> kGuestRules[] = {
    {{"tio.tdi.guest", "SEV-TIO 0.91, guest messages", "A guest hears and changes nothing of an interface that is not bound to it.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const GuestCase& c) { return c.is_bound_to_it; }},
};

}  // namespace tio
