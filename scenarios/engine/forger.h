#pragma once
// An adversary's program: answers an owner's challenge in a guest's place, with a channel key whose other half it keeps. The evidence
// beside that key is a `Counterfeit` of the technology's: signed with nothing that the forger does not hold; all else is taken from
// genuine evidence passing by and from what the vendor publishes.
#include <optional>
#include <string>

#include "guest/relying_party/channel.h"
#include "guest/relying_party/messages.h"
#include "scenarios/engine/forgery.h"

namespace engine {

class Forger {
 public:
  explicit Forger(std::uint64_t seed) : seed_(seed) {}

  // What evidence has to be bound to, that vouches for the forger's key in answer to this challenge.
  base::Block<64> binding(const relying_party::Nonce& nonce) const;
  // Evidence for the same challenge, with the forger's channel key.
  relying_party::Evidence present(const relying_party::Evidence& genuine, Counterfeit shown) const;
  // What the owner sealed, if it sealed it to the forger.
  std::optional<base::Bytes> open(base::View answer) const;

 private:
  std::uint64_t seed_;
};

}  // namespace engine
