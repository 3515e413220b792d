#pragma once
// The host as a requester of its own: what any driver may ask of a device, in the clear or in a session that it opens
// itself. It listened when the guest connected, so it knows version, algorithms and certificates without asking again,
// which would end the guest's connection. It has no key but those of its own sessions.
#include <map>
#include <memory>
#include <string>

#include "platform/requester/assignment.h"
#include "platform/sim/random.h"
#include "platform/trust/boundary.h"

namespace engine {

class HostDriver {
 public:
  HostDriver(const trust::Boundary& doe, tdisp::FunctionId function, std::uint64_t seed);

  // Objects as they pass on their way, request and reply in turn.
  void overhears(const trust::Message& message);
  // Whether the device did what it was asked for. `what` is a request of TDISP or IDE_KM; `flags` are for a lock.
  bool ask(const std::string& what, bool in_session, std::uint16_t flags);
  // A data object with an answer of TDISP in the clear, as if the device spoke; nothing when `what` is no answer.
  std::optional<base::Bytes> answer(const std::string& what);

 private:
  bool connect();
  std::optional<base::Bytes> carry(base::View object);
  std::optional<base::Bytes> in_clear(std::uint8_t protocol, base::View payload);
  template <class Part, class Goal>
  bool speak_in_clear(Part& part, std::uint8_t protocol, const Goal& goal);

  const trust::Boundary& doe_;
  tdisp::FunctionId function_;  // as the topology of the machine file has it
  trust::Defences defences_;  // its own: what it refuses is nobody's defence
  sim::Random random_;
  std::map<base::Bytes, base::Bytes> overheard_;
  base::Bytes last_;
  bool listens_only_ = false, connected_ = false;
  requester::Assignment session_;
  requester::Tdisp tdisp_;
  requester::IdeKm ide_km_;
};

}  // namespace engine
