#include "scenarios/engine/owner_at_work.h"

#include "scenarios/engine/world.h"

namespace engine {

namespace {

// The second one takes back a key of the first one, which was lost.
std::vector<relying_party::Published> configurations() {
  return {{0, "#cloud-config\nssh_authorized_keys:\n  - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOwnerOwnerOwnerOwnerOwner admin@owner\n"}};
}

}  // namespace

OwnerAtWork::OwnerAtWork(World& world) : world_(world), random_(world.run.seed, "owner.services") {
  const auto draw = [this](std::size_t size) {
    base::Bytes out(size);
    random_.fill(out);
    return out;
  };
  services_ = std::make_unique<relying_party::Services>(world.owner_secret, configurations(), draw, world.defences);
}

OwnerAtWork::~OwnerAtWork() = default;

bool OwnerAtWork::takes(base::View message) { return relying_party::Services::takes(message); }
std::string OwnerAtWork::object_of(base::View) { return "SERVICE"; }

base::Bytes OwnerAtWork::receive(base::View message) {
  return services_->receive(message, {.at = world_.sim.now(), .calendar = calendar()});
}

const std::string& OwnerAtWork::config() const { return services_->config(world_.sim.now()); }

}  // namespace engine
