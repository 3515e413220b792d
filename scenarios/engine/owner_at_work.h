#pragma once
// The owner at run time, put into a world: his services and his server, and his configuration as ground truth.
#include <memory>
#include <string>

#include "platform/base/bytes.h"

namespace relying_party {
struct ServerIdentity;
}

namespace engine {

class World;

class OwnerAtWork {
 public:
  explicit OwnerAtWork(World& world);
  ~OwnerAtWork();
  OwnerAtWork(const OwnerAtWork&) = delete;
  OwnerAtWork& operator=(const OwnerAtWork&) = delete;

  // Whether a message is for him rather than for who appraises evidence, and what a carrier sees that it is.
  static bool takes(base::View message);
  static std::string object_of(base::View message);
  base::Bytes receive(base::View message);

  // What his server's certificates begin with: it lies in his guests' images.
  const base::Bytes& root_certificate() const;
  // Of the server that he had before: its key leaked, its certificate has run out.
  const relying_party::ServerIdentity& former() const;

  // What he hands the host to pass on, and what he gives to guests himself.
  const std::string& config() const;
  // Ground truth: may whoever holds this key log in, now?
  bool lets_in(const std::string& key) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace engine
