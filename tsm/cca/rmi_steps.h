#pragma once
// What each RMI command is refused for, in which order and with which status: one table for each command (RMM 1.0, "RMI commands",
// failure conditions and their ordering; where the specification leaves the order open, ours is the reference implementation's).
#include <optional>
#include <span>

#include "tsm/cca/rmm.h"

namespace cca {

// Of calls of device assignment, what they hand over.
struct DaOperands {
  ccaproto::PdevParams pdev{};
  ccaproto::PublicKeyParams key{};
  ccaproto::PdevStreamParams stream{};
  ccaproto::VdevParams vdev{};
  ccaproto::DevCommEnter comm{};
};

// One call as the rules see it. What lies in the host's memory was read once.
struct RmiCase {
  const Rmm& m;
  const Registers& in;
  std::optional<ccaproto::RealmParams> realm_params{};
  std::optional<ccaproto::RecParams> rec_params{};
  std::optional<RecEnter> enter{};
  DaOperands da{};

  Granule granule(std::uint64_t pa) const { return m.granules().at(pa); }
  const Realm& realm() const { return *m.realm(in.x1); }
};

struct Step {
  const trust::Defence* row;
  bool (*holds)(const RmiCase&);
  RmiStatus status;
  unsigned (*index)(const RmiCase&) = nullptr;
};

struct Command {
  Rmi call;
  std::span<const Step> steps;
};
// Null: a call that RMM 1.0 does not have, or not even one with device assignment.
const Command* command_of(std::uint64_t function);
std::span<const Command> commands();
const Command* da_command_of(std::uint64_t function);
std::span<const Command> pdev_commands();
std::span<const Command> vdev_commands();

// A walk in X1's realm; where the address lies outside, one that ends at the first level.
Rtt::Walk walk_of(const Realm& realm, std::uint64_t ipa, std::uint64_t level);

}  // namespace cca
