#pragma once
// What a guest refuses of whoever answers it over TLS.
#include "platform/trust/defence.h"

namespace net {

struct ServerCase {
  bool pinned = false;
  bool valid_now = false;
};

inline constexpr trust::Rule<ServerCase> kServerRules[] = {
    {{"guest.net.pin", "RFC 8446, 4.4.2; RFC 5280, 6.1", "The server's certificate was issued by the key of the root that lies in the guest's image.",
      trust::Act::kDetect},
     [](const ServerCase& c) { return c.pinned; }},
    {{"guest.net.validity", "RFC 5280, 6.1.3 (a) (2)", "The server's certificate is valid at the time that the guest believes.",
      trust::Act::kDetect},
     [](const ServerCase& c) { return c.valid_now; }},
};

struct RecordCase {
  bool in_order = false;
};

inline constexpr trust::Rule<RecordCase> kRecordRules[] = {
    {{"guest.net.record", "RFC 8446, 5.2 and 5.3", "Records arrive as they were sent, each once, in their order.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const RecordCase& c) { return c.in_order; }},
};

}  // namespace net
