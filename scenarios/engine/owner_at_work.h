#pragma once
// The owner at run time, put into a world: his services, his configuration as ground truth.
#include <memory>
#include <string>

#include "guest/relying_party/services.h"
#include "platform/sim/random.h"

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

  // The configuration that counts now.
  const std::string& config() const;

 private:
  World& world_;
  sim::Random random_;
  std::unique_ptr<relying_party::Services> services_;
};

}  // namespace engine
