#pragma once
// A host kernel that keys a stream at boot for its own traffic with a card: a session of its own, IDE_KM there, and the port at the
// other end written directly, since it is the host's. Its keys live as long as its session.
#include <memory>

#include "platform/pcie/ide_port.h"
#include "platform/requester/assignment.h"
#include "platform/sim/random.h"

namespace engine {

class HostKeys {
 public:
  // `carry` leads to the card's mailbox, `name` is of the host's random stream.
  HostKeys(std::uint64_t seed, const std::string& name, requester::CarryObject carry);
  // Both ends' keys of this stream, in use; neither end is enabled yet. False: the card does not take them.
  bool key(pcie::IdePort& above, ide::StreamId stream);

 private:
  sim::Random random_;
  trust::Defences defences_;  // what the host refuses is nobody's defence
  requester::Assignment side_;
};

}  // namespace engine
