#pragma once
// A requester's side of a DOE mailbox as bytes: which types of objects an instance serves, and how SPDM messages go in
// and out of objects (PCIe 6.x, 6.30 and 6.31).
#include <optional>
#include <string>
#include <vector>

#include "platform/protocol/doe/discovery.h"
#include "platform/requester/message.h"
#include "platform/trust/defence.h"

namespace requester {

// The object that carries this message.
base::Bytes doe_wrap(const Message& message);
// The message in an object. Padding stays: SPDM knows its own length. Empty for anything that carries no SPDM.
std::optional<Message> doe_unwrap(base::View object);

// The discovery walk. Each request is a whole object.
class DoeDiscovery {
 public:
  struct Served {
    std::uint16_t vendor_id = 0;
    doe::ObjectType type{};
    bool operator==(const Served&) const = default;
  };
  // `steps_max` is at most doe::kDiscoveryStepsMax.
  DoeDiscovery(trust::Defences& defences, std::string at, std::size_t steps_max = 6,
               std::uint8_t version = doe::kDiscoveryVersion1);

  std::optional<base::Bytes> next() const;
  trust::Result<Progress> receive(base::View object);
  const std::vector<Served>& served() const { return served_; }
  bool serves(doe::ObjectType type) const;  // of the PCI-SIG

 private:
  trust::Defences& defences_;
  const std::string at_;
  const std::size_t steps_max_;
  const std::uint8_t version_;
  std::uint8_t index_ = 0;
  bool walking_ = true;
  std::vector<Served> served_;
};

}  // namespace requester
