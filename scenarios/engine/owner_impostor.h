#pragma once
// Software of the adversary's own that answers a guest in its owner's place: it speaks TLS, and keeps what it is told.
#include <memory>

#include "platform/trust/boundary.h"

namespace engine {

class World;

class OwnerImpostor {
 public:
  // With a key of its own and a certificate that it issued itself; or with the key that the owner's server had before, which leaked,
  // and the certificate of that one, which has run out since.
  OwnerImpostor(World& world, bool leaked_key);
  ~OwnerImpostor();
  OwnerImpostor(const OwnerImpostor&) = delete;
  OwnerImpostor& operator=(const OwnerImpostor&) = delete;

  const trust::Boundary& door() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace engine
